"""The endpoints of speech, in OpenAI's wire format: /v1/audio/transcriptions and /v1/audio/speech.

https://platform.openai.com/docs/api-reference/audio. Nothing of them is logged.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from cli.local.models.wire import WireError
from cli.local.speech.engines import (
    Engines,
    NotInstalled,
    UnheardLanguage,
    UnknownVoice,
    Unreadable,
)

MOST_RECORDING_BYTES = 260_000_000
MOST_CHARS = 4_096  # as OpenAI has it
_MOST_BODY_BYTES = 100_000
_RETRY_S = 10
_MEDIA_TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}
_WRITTEN = ("json", "text", "verbose_json")


def speech_routes(root: Path) -> list[Route]:
    """The routes over engines under `root` (`.local/models`), which are loaded on first use."""
    engines = Engines(root)
    one_at_a_time = anyio.CapacityLimiter(1)

    async def transcriptions(request: Request) -> Response:
        form, content = await _recording(request)
        written = form.get("response_format", "json")
        if written not in _WRITTEN:
            raise WireError(400, f"response_format is one of {', '.join(_WRITTEN)}.")
        language = form.get("language") or None
        if language is not None and not (len(language) == 2 and language.isalpha()):
            raise WireError(400, "language is an ISO 639-1 code.", param="language")

        def work() -> Response:
            try:
                heard = engines.hear(content, language)
            except UnheardLanguage as err:
                raise WireError(
                    400,
                    "Whisper does not write this language: leave language out.",
                    param="language",
                ) from err
            except (Unreadable, ValueError) as err:
                raise WireError(400, "The file cannot be decoded.", param="file") from err
            if written == "text":
                return PlainTextResponse(heard.text + "\n")
            told: dict[str, Any] = {"text": heard.text, "language": heard.language}
            if written == "verbose_json":
                told["duration"] = heard.seconds
                told["segments"] = [
                    {"id": place, "start": start, "end": end, "text": text}
                    for place, (start, end, text) in enumerate(heard.parts)
                ]
            return JSONResponse(told)

        return await _answered(work, one_at_a_time)

    async def speech(request: Request) -> Response:
        body = await _object(request)
        text, voice = body.get("input"), body.get("voice", "default")
        form, speed = body.get("response_format", "mp3"), body.get("speed", 1.0)
        if not isinstance(text, str) or not text.strip() or len(text) > MOST_CHARS:
            raise WireError(400, f"input is a text of 1 to {MOST_CHARS} characters.", param="input")
        if form not in _MEDIA_TYPES:
            raise WireError(400, f"response_format is one of {', '.join(_MEDIA_TYPES)}.")
        is_number = isinstance(speed, int | float) and not isinstance(speed, bool)
        if not is_number or not 0.25 <= speed <= 4:
            raise WireError(400, "speed is from 0.25 to 4.", param="speed")
        if not isinstance(voice, str):
            raise WireError(400, "voice is a name.", param="voice")

        def work() -> Response:
            try:
                samples, rate = engines.speak(text, voice, float(speed))
            except UnknownVoice as err:
                told = "voice is joe, an ISO 639-1 code, or a name of OpenAI's for any."
                raise WireError(400, told, param="voice") from err
            from cli.local.speech.sound import written

            return Response(written(samples, rate, form), media_type=_MEDIA_TYPES[form])

        return await _answered(work, one_at_a_time)

    return [
        Route("/v1/audio/transcriptions", transcriptions, methods=["POST"]),
        Route("/v1/audio/speech", speech, methods=["POST"]),
    ]


async def _answered(work: Any, limiter: anyio.CapacityLimiter) -> Response:
    try:
        found: Response = await anyio.to_thread.run_sync(work, limiter=limiter)
    except NotInstalled as err:
        error = WireError(503, str(err), code="installing")
        return JSONResponse(error.body, 503, headers={"retry-after": str(_RETRY_S)})
    return found


async def _recording(request: Request) -> tuple[dict[str, str], bytes]:
    """The form's texts, and its file."""
    told = request.headers.get("content-length", "")
    if not told.isdecimal() or int(told[:20]) > MOST_RECORDING_BYTES:
        raise WireError(413, f"The form is over {MOST_RECORDING_BYTES} bytes, or tells no length.")
    async with request.form(max_files=1, max_fields=20) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise WireError(400, "file is missing.", param="file")
        content = await file.read()
        texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    return texts, content


async def _object(request: Request) -> dict[str, Any]:
    content = await request.body()
    if len(content) > _MOST_BODY_BYTES:
        raise WireError(413, f"The body is over {_MOST_BODY_BYTES} bytes.")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as err:
        raise WireError(400, "The body is not valid JSON.") from err
    if not isinstance(body, dict):
        raise WireError(400, "The body must be a JSON object.")
    return body
