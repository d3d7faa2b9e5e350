"""Sends a recording to a deployment, and waits for its answer."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import httpx2

from cli import api
from cli.failure import Failure

# What every stage takes within a request; what is larger is uploaded.
WITHIN_REQUEST = 4_000_000
TIMEOUT_S = 120.0
# A job has a quarter of an hour, in each of which it is asked for.
LONGEST_JOB_S = 1000.0
PATH = "/v1/audio"


def ask(
    url: str,
    key: str,
    content: bytes,
    fields: dict[str, Any],
    told: Callable[[str], None] = lambda _what: None,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """The answer to a recording, as POST /v1/audio gives it. Raises Failure."""
    headers = {"x-api-key": key}
    with httpx2.Client(timeout=TIMEOUT_S, trust_env=not api.is_local(url)) as client:
        try:
            if len(content) <= WITHIN_REQUEST:
                file = {"file": ("recording", content, "application/octet-stream")}
                response = client.post(url + PATH, headers=headers, data=_form(fields), files=file)
            else:
                told("uploading")
                body = {**fields, "upload": _upload(client, url, headers, content)}
                response = client.post(url + PATH, headers=headers, json=body)
            return _waited(client, url, headers, response, told, sleep)
        except httpx2.TransportError as err:
            raise Failure(
                f"{url} cannot be reached ({type(err).__name__}): is it running?"
            ) from err


def sound_of(answer: dict[str, Any]) -> bytes | None:
    """The spoken answer; None where nothing is spoken. Raises Failure where it is gone."""
    if answer["audio"]:
        return base64.b64decode(answer["audio"])
    if not answer.get("audio_url"):
        return None
    response = httpx2.get(answer["audio_url"], timeout=TIMEOUT_S)
    if not response.is_success:
        raise Failure("The spoken answer cannot be fetched: ask again.")
    return bytes(response.content)


def _form(fields: dict[str, Any]) -> dict[str, str]:
    """The fields as a form has them: what is no text, as JSON."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
    }


def _upload(client: httpx2.Client, url: str, headers: dict[str, str], content: bytes) -> str:
    asked = client.post(f"{url}{PATH}/uploads", headers=headers, json={"size": len(content)})
    place = api.content_of(asked, PATH)
    sent = client.put(place["url"], content=content, headers=place["headers"])
    if not sent.is_success:
        raise Failure(f"The recording could not be uploaded: {sent.status_code}.")
    return str(place["id"])


def _waited(
    client: httpx2.Client,
    url: str,
    headers: dict[str, str],
    response: httpx2.Response,
    told: Callable[[str], None],
    sleep: Callable[[float], None],
) -> dict[str, Any]:
    waited = 0.0
    while response.status_code == 202:
        job = api.content_of(response, PATH)
        if waited > LONGEST_JOB_S:
            raise Failure(f"The job {job['id']} is not done after a quarter of an hour: ask later.")
        pause = float(response.headers.get("retry-after", "5"))
        told(f"written down and answered by a job, for {waited:.0f} s")
        sleep(pause)
        waited += pause
        response = client.get(f"{url}{PATH}/{job['id']}", headers=headers)
    return api.content_of(response, PATH)
