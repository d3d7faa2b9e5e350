"""POST /v1/audio: a spoken question in, its answer as text and speech out; GET asks for a job."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from functions.audio import jobs
from functions.audio.asked import AudioFields, Form, accepted_form, media_type, read
from functions.audio.dependencies import Services
from functions.audio.keeping import (
    JOB_S,
    REQUEST_S,
    Failed,
    Place,
    folder_of,
    keep,
    kept,
    new_place,
    place_of,
    take,
)
from functions.audio.responses import AudioResponse, JobBody
from functions.audio.talking import Spoken, talk
from nexus.answering.measuring import measure_answer
from nexus.errors import InvalidRequest, UpstreamError
from nexus.http.callers import Caller
from nexus.http.headers import ConversationHeader, IdempotencyHeader
from nexus.http.problems import problem
from nexus.models import Principal
from nexus.observability import logger
from nexus.ports import Recording
from nexus.services import AudioServices
from nexus.speech.inspecting import inspected

router = APIRouter(tags=["audio"])
JOB_RETRY_S = 5
# Lambda answers with 6 MB; base64 makes four bytes of three, and JSON stands around it.
MOST_INSIDE = 3_000_000
URL_S = 900
_ASKED = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        **{
                            name: {"type": "string"}
                            for name in AudioFields.model_fields
                            if name != "upload"
                        },
                    },
                }
            },
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["upload"],
                    "properties": {name: {} for name in AudioFields.model_fields},
                }
            },
        },
    }
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer, or its sound alone where the client accepts audio/*.",
        "content": {"audio/mpeg": {"schema": {"type": "string", "format": "binary"}}},
    },
    202: {"model": JobBody, "description": "A long recording: ask for it under its id."},
}


@router.post(
    "/v1/audio",
    summary="Ask by speaking",
    response_model=AudioResponse,
    responses=_RESPONSES,
    openapi_extra=_ASKED,
)
async def audio(
    request: Request,
    principal: Caller,
    services: Services,
    idempotency_key: IdempotencyHeader = None,
    header_id: ConversationHeader = None,
) -> Response:
    """Writes down a recording, answers it from the documents, and speaks the answer.

    A form holds the recording as `file`, a JSON object the id of an `upload`. What is longer than a
    minute is answered by a job: 202, and GET /v1/audio/{id} until it is done.
    """
    fields, content = await read(request)
    fields = _with_conversation(fields, header_id)
    form, alone = accepted_form(request, fields)
    recording = _recording(services, principal, fields, content)
    key = idempotency_key.strip('"') if idempotency_key is not None else None
    digest = hashlib.sha256(recording.content).hexdigest()
    place = new_place(principal, key, {**fields.told(), "form": form}, digest)
    request.scope["counts"] = {"recorded_s": round(recording.seconds, 1), "kind": recording.kind}
    at_once = bool(services.settings.transcription_model)
    if not at_once or recording.seconds > services.settings.audio_at_once_s:
        return _begun(request, services, principal, recording, fields, form, place)
    if key is None:
        spoken = talk(services, principal, recording, fields, form)
        measure_answer(spoken.answer)
        return _answer(services, spoken, fields, place, alone=alone, is_kept=False)
    if take(services, place, REQUEST_S):
        try:
            spoken = talk(services, principal, recording, fields, form)
        except BaseException:
            with suppress(UpstreamError):  # it is then free when its time is over
                services.claims.release(place.key, place.owner)
            raise
        measure_answer(spoken.answer)
        is_kept = False
        try:
            is_kept = keep(services, place, spoken)
        except UpstreamError as error:  # it is paid for, and given all the same
            logger.warning("audio_turn_not_kept", extra={"error": type(error).__name__})
        return _answer(services, spoken, fields, place, alone=alone, is_kept=is_kept)
    return _told(request, services, principal, place, fields, alone=alone)


@router.get(
    "/v1/audio/{id}", summary="A job's answer", response_model=AudioResponse, responses=_RESPONSES
)
async def job(
    request: Request,
    turn_id: Annotated[str, Path(alias="id", pattern=r"^a-[0-9a-f]{32}$")],
    principal: Caller,
    services: Services,
    encoding: str = "base64",
) -> Response:
    """202 while it is at work, then the answer, or the problem that it met."""
    if encoding not in ("base64", "hex"):
        raise InvalidRequest("encoding is base64 or hex.", "encoding")
    fields = AudioFields(encoding="hex" if encoding == "hex" else "base64")
    _, alone = accepted_form(request, fields)
    place = place_of(principal, turn_id)
    return _told(request, services, principal, place, fields, alone=alone)


def _with_conversation(fields: AudioFields, header_id: str | None) -> AudioFields:
    if header_id and fields.conversation_id and header_id != fields.conversation_id:
        raise InvalidRequest(
            "The header X-Conversation-Id and conversation_id differ: send one of them.",
            "conversation_id",
        )
    found = header_id or fields.conversation_id
    return fields.model_copy(update={"conversation_id": found})


def _recording(
    services: AudioServices, principal: Principal, fields: AudioFields, content: bytes | None
) -> Recording:
    """The recording of the request or of an upload. Raises InvalidRequest and NotFound."""
    settings = services.settings
    longest_s = settings.audio_longest_min * 60
    if (content is None) == (fields.upload is None):
        raise InvalidRequest("Send either a recording as file, or the id of an upload.", "file")
    if content is not None:
        return inspected(content, longest_s)
    key = f"{folder_of(principal)}{fields.upload}"
    return inspected(services.recordings.get(key, settings.audio_max_bytes), longest_s, key)


def _begun(
    request: Request,
    services: AudioServices,
    principal: Principal,
    recording: Recording,
    fields: AudioFields,
    form: Form,
    place: Place,
) -> Response:
    if not take(services, place, JOB_S):
        return _told(request, services, principal, place, fields, alone=False)
    try:
        if not recording.key:
            recording = replace(recording, key=place.recording)
            services.recordings.put(recording.key, recording.content, "application/octet-stream")
        context = request.scope["aws.event"]["requestContext"]["authorizer"]
        jobs.start(services, place, recording, fields, form, context)
    except BaseException:
        with suppress(UpstreamError):
            services.claims.release(place.key, place.owner)
        raise
    return _working(place, recording.seconds)


def _told(
    request: Request,
    services: AudioServices,
    principal: Principal,
    place: Place,
    fields: AudioFields,
    *,
    alone: bool,
) -> Response:
    found = kept(services, principal, place)
    if isinstance(found, Failed):
        return problem(request, found.status, found.detail, found.field)
    if isinstance(found, Spoken):
        return _answer(services, found, fields, place, alone=alone, is_kept=True)
    return _working(place, None)


def _working(place: Place, seconds: float | None) -> Response:
    body = JobBody(id=place.id, seconds=None if seconds is None else round(seconds, 1))
    headers = {"Retry-After": str(JOB_RETRY_S), "Location": place.id}
    return Response(
        body.model_dump_json(exclude_none=True), 202, headers, media_type="application/json"
    )


def _answer(
    services: AudioServices,
    spoken: Spoken,
    fields: AudioFields,
    place: Place,
    *,
    alone: bool,
    is_kept: bool,
) -> Response:
    large = spoken.sound is not None and len(spoken.sound) > MOST_INSIDE
    if alone and spoken.sound is not None and not large:
        headers = {
            "X-Conversation-Id": spoken.answer.conversation_id,
            "X-Message-Id": spoken.answer.message_id,
        }
        return Response(spoken.sound, 200, headers, media_type=media_type(spoken.form))
    url = None
    if large and spoken.sound is not None:
        if not is_kept:
            services.recordings.put(place.sound, spoken.sound, media_type(spoken.form))
        url = services.recordings.sign_download(place.sound, URL_S)
    body = AudioResponse.of(spoken, fields.encoding, place.id if is_kept else None, url)
    return Response(body.model_dump_json(), media_type="application/json")
