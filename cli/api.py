"""Calls the deployed HTTP API, and turns its problems into sentences."""

from __future__ import annotations

import time
from typing import Any

import httpx2

from cli.calls_made import note
from cli.failure import Failure

TIMEOUT_S = 60.0


def call(
    url: str,
    path: str,
    *,
    key: str | None = None,
    body: dict[str, Any] | None = None,
    method: str | None = None,
    params: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Sends a GET, or a POST if there is a body, or `method`; returns the JSON of the response.

    Raises Failure with the problem's detail and request id when the API answers with an error.
    """
    return dict(content_of(_sent(url, path, key, body, method, params), path))


def text(url: str, path: str, *, key: str, params: dict[str, Any]) -> str:
    """Sends a GET; returns the text of the response. Raises Failure as `call` does."""
    response = _sent(url, path, key, None, None, params)
    if not response.is_success:
        content_of(response, path)
    return response.text


def _sent(
    url: str,
    path: str,
    key: str | None,
    body: dict[str, Any] | None,
    method: str | None,
    params: dict[str, Any] | None,
) -> httpx2.Response:
    headers = {"x-api-key": key} if key else {}
    method = method or ("GET" if body is None else "POST")
    started, asked = time.perf_counter(), f"{method} {path}"
    try:
        with httpx2.Client(timeout=TIMEOUT_S, trust_env=not is_local(url)) as client:
            response = client.request(method, url + path, headers=headers, json=body, params=params)
    except httpx2.TransportError as err:
        note(asked, type(err).__name__, 0, 0, started)
        raise Failure(f"{url} cannot be reached ({type(err).__name__}): is it running?") from err
    sent = len(response.request.content)
    note(asked, str(response.status_code), sent, len(response.content), started)
    return response


def content_of(response: httpx2.Response, path: str) -> dict[str, Any]:
    """The JSON of a response that was read. Raises Failure with what an error's problem says."""
    content: dict[str, Any]
    try:
        content = response.json()
    except ValueError:
        content = {}
    if response.is_success or (path == "/ready" and content):
        return content
    raise Failure(told(response.status_code, content, response.reason_phrase))


def told(status: int, problem: dict[str, Any], otherwise: str) -> str:
    """A problem's sentence with its status, and the request id to quote."""
    said = problem.get("detail") or problem.get("message") or otherwise
    request_id = problem.get("request_id")
    suffix = f" (request {request_id})" if request_id else ""
    return f"{status}: {said}{suffix}"


def is_local(url: str) -> bool:
    """Whether a URL is this machine's own, which no proxy stands before."""
    return url.startswith("http://127.0.0.1:")
