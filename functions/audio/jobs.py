"""Answers recordings that take longer than the gateway waits, in an invocation of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from functions.audio.asked import AudioFields, Form
from functions.audio.keeping import Failed, Place, keep
from functions.audio.talking import talk
from nexus.deadline import Deadline, meeting
from nexus.errors import (
    BudgetExceeded,
    ConfigurationError,
    InvalidRequest,
    NexusError,
    NotFound,
    UpstreamError,
)
from nexus.http.callers import principal_of
from nexus.observability import logger
from nexus.ports import Recording
from nexus.services import AudioServices
from nexus.speech.inspecting import inspected

JOB = "audio_job"
# Of the invocation's time, what keeping the answer takes.
_KEEPING_S = 20.0
_FORMS: dict[str, Form] = {"mp3": "mp3", "wav": "wav", "ogg": "ogg"}


def start(
    services: AudioServices,
    place: Place,
    recording: Recording,
    fields: AudioFields,
    form: Form,
    authorizer: Mapping[str, Any],
) -> None:
    """Has the recording, which is kept at its key, answered by another invocation."""
    job = {
        "place": [place.id, place.key, place.folder, place.body, place.owner],
        "recording": recording.key,
        "fields": fields.told(),
        "form": form,
    }
    services.continuation.start(json.dumps({JOB: job, "authorizer": dict(authorizer)}))


def perform(
    services: AudioServices, event: Mapping[str, Any], remaining_s: Callable[[], float]
) -> None:
    """Does a job, and keeps its turn or how it failed; a failure is never raised.

    One that was done is not done again: Lambda may deliver an event twice.
    """
    job = event[JOB]
    place = Place(*job["place"])
    with suppress(UpstreamError):
        known = services.claims.standing(place.key)
        if known is not None and known.answer is not None:
            return
    principal = principal_of(event["authorizer"])
    fields = AudioFields.model_validate(job["fields"])
    with meeting(Deadline(remaining_s() - _KEEPING_S)):
        made: Any
        try:
            settings = services.settings
            content = services.recordings.get(job["recording"], settings.audio_max_bytes)
            recording = inspected(content, settings.audio_longest_min * 60, job["recording"])
            made = talk(services, principal, recording, fields, _FORMS[job["form"]])
        except NexusError as error:
            made = _failure(error)
        except Exception as error:  # noqa: BLE001 - whoever asks for the job has to be told
            logger.error("audio_job_failed", extra={"error": type(error).__name__})
            made = Failed(500, "Something went wrong here: send the recording again.")
    with suppress(UpstreamError):
        keep(services, place, made)


def _failure(error: NexusError) -> Failed:
    if isinstance(error, InvalidRequest):
        return Failed(422, str(error), error.field)
    if isinstance(error, NotFound):
        return Failed(404, str(error))
    if isinstance(error, BudgetExceeded):
        return Failed(429, str(error))
    logger.error("audio_job_failed", extra={"error": type(error).__name__})
    if isinstance(error, ConfigurationError):
        return Failed(503, "The service is not configured: tell its operator.")
    return Failed(503, "A service behind this one failed: send the recording again.")
