"""Builds the audio API from the services it is given."""

from __future__ import annotations

import time
from collections.abc import Callable

from fastapi import FastAPI

from functions.audio.routes import audio, uploads
from nexus.http.application import application
from nexus.services import AudioServices

DESCRIPTION = """\
Answers spoken questions from the documents of the caller's tenant, in writing and in speech.
"""
ERRORS = {
    400: "The form or the JSON cannot be read.",
    403: "The API key is missing, unknown, expired or revoked.",
    404: "The upload or the job does not exist, or not for this key.",
    409: "A request with this Idempotency-Key is at work; `Retry-After` says when to come again.",
    413: "The recording is larger than a request may be: upload it.",
    422: "A field, or the recording, is not valid; `field` names it.",
    429: "The key's rate, quota or budget is used up; of a budget, `resets_at` says till when.",
    503: "A service behind this one fails; `Retry-After` says when to try again, if that helps.",
}
# What a form has beside the recording.
_AROUND = 100_000


def create_app(services: AudioServices, now: Callable[[], float] = time.monotonic) -> FastAPI:
    """The API over these services; `now` is the clock of the requests' deadlines."""
    return application(
        services,
        [uploads.router, audio.router],
        description=DESCRIPTION,
        errors=ERRORS,
        methods=["GET", "POST"],
        headers=[
            "authorization",
            "content-type",
            "idempotency-key",
            "x-api-key",
            "x-conversation-id",
        ],
        now=now,
        most_bytes=services.settings.audio_request_bytes + _AROUND,
        instead="ask POST /v1/audio/uploads where to send a large recording",
    )
