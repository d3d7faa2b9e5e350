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
    return dict(_content(_sent(url, path, key, body, method, params), path))


def text(url: str, path: str, *, key: str, params: dict[str, Any]) -> str:
    """Sends a GET; returns the text of the response. Raises Failure as `call` does."""
    response = _sent(url, path, key, None, None, params)
    if not response.is_success:
        _content(response, path)
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
        with httpx2.Client(timeout=TIMEOUT_S, trust_env=not _is_local(url)) as client:
            response = client.request(method, url + path, headers=headers, json=body, params=params)
    except httpx2.TransportError as err:
        note(asked, type(err).__name__, 0, 0, started)
        raise Failure(f"{url} cannot be reached ({type(err).__name__}): is it running?") from err
    sent = len(response.request.content)
    note(asked, str(response.status_code), sent, len(response.content), started)
    return response


def _content(response: httpx2.Response, path: str) -> dict[str, Any]:
    content: dict[str, Any]
    try:
        content = response.json()
    except ValueError:
        content = {}
    if response.is_success or (path == "/ready" and content):
        return content
    said = content.get("detail") or content.get("message") or response.reason_phrase
    request_id = content.get("request_id")
    suffix = f" (request {request_id})" if request_id else ""
    raise Failure(f"{response.status_code}: {said}{suffix}")


def _is_local(url: str) -> bool:
    return url.startswith("http://127.0.0.1:")
