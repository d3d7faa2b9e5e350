"""Calls the deployed HTTP API, and turns its problems into sentences."""

from __future__ import annotations

import time
from typing import Any

import httpx2

from cli.calls_made import note
from cli.failure import Failure

TIMEOUT_S = 60.0


def call(
    url: str, path: str, *, key: str | None = None, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Sends a GET, or a POST if there is a body; returns the JSON of the response.

    Raises Failure with the problem's detail and request id when the API answers with an error.
    """
    headers = {"x-api-key": key} if key else {}
    started, asked = time.perf_counter(), f"{'GET' if body is None else 'POST'} {path}"
    try:
        with httpx2.Client(timeout=TIMEOUT_S, trust_env=not _is_local(url)) as client:
            if body is None:
                response = client.get(url + path, headers=headers)
            else:
                response = client.post(url + path, headers=headers, json=body)
    except httpx2.TransportError as err:
        note(asked, type(err).__name__, 0, 0, started)
        raise Failure(f"{url} cannot be reached ({type(err).__name__}): is it running?") from err
    sent = len(response.request.content)
    note(asked, str(response.status_code), sent, len(response.content), started)
    try:
        content = response.json()
    except ValueError:
        content = {}
    if response.is_success or (path == "/ready" and content):
        return dict(content)
    said = content.get("detail") or content.get("message") or response.reason_phrase
    request_id = content.get("request_id")
    suffix = f" (request {request_id})" if request_id else ""
    raise Failure(f"{response.status_code}: {said}{suffix}")


def _is_local(url: str) -> bool:
    return url.startswith("http://127.0.0.1:")
