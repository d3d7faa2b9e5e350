"""Hears and speaks with any endpoint that has OpenAI's paths for audio.

https://platform.openai.com/docs/api-reference/audio/createTranscription and
https://platform.openai.com/docs/api-reference/audio/createSpeech.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nexus.adapters.openai.connection import ModelsClient, as_json
from nexus.adapters.openai.errors import StatusError, translate
from nexus.errors import InvalidRequest
from nexus.ports import Recording, Transcript, Utterance
from nexus.speech.inspecting import BROKEN
from nexus.speech.kinds import MEDIA_TYPES
from nexus.speech.languages import UNHEARD

# The endpoint wants a voice to be named; this one has spoken since it does.
_ANY_VOICE = "alloy"
_FORMS = {"mp3": "mp3", "wav": "wav", "ogg": "opus"}
# Of its answers, those that are about what was sent.
_ABOUT_INPUT = (400, 413, 415, 422)


class OpenAITranscriber:
    """Implements `Transcriber`; safe to share between threads."""

    def __init__(self, client: ModelsClient, model: str) -> None:
        self._client = client
        self._model = model

    def transcribe(self, recording: Recording, language: str) -> Transcript:
        """What the recording says.

        Raises InvalidRequest for a recording or a language that the endpoint does not take.
        """
        asked = {"model": self._model, "response_format": "json"}
        if language:
            asked["language"] = language
        name = f"recording.{recording.kind}"
        file = (name, recording.content, MEDIA_TYPES[recording.kind])
        with translate():
            try:
                response = self._client.post_form("/audio/transcriptions", asked, {"file": file})
            except StatusError as err:
                _refuse_recording(err)
                raise
            told = as_json(response)
            text = str(told["text"]).strip()
            return Transcript(text, _code(told.get("language")), _seconds(told))


class OpenAISpeaker:
    """Implements `Speaker`; safe to share between threads."""

    def __init__(self, client: ModelsClient, model: str, voice: str) -> None:
        self._client = client
        self._model = model
        self._voice = voice

    def speak(self, utterance: Utterance) -> bytes:
        """The sound. Raises InvalidRequest for a voice that the endpoint does not have."""
        asked: dict[str, object] = {
            "model": self._model,
            "input": utterance.text,
            "voice": utterance.voice or self._voice or _ANY_VOICE,
            "response_format": _FORMS[utterance.form],
        }
        if utterance.speed != 1.0:
            asked["speed"] = utterance.speed
        if utterance.instructions:
            asked["instructions"] = utterance.instructions
        with translate():
            try:
                return bytes(self._client.post("/audio/speech", asked).content)
            except StatusError as err:
                if err.status_code in _ABOUT_INPUT and err.param == "voice":
                    raise InvalidRequest(
                        "There is no voice of this name here: leave voice out, or take another.",
                        "voice",
                    ) from err
                raise


def _refuse_recording(err: StatusError) -> None:
    """Raises InvalidRequest where the endpoint's answer is about the recording or its language."""
    if err.status_code == 413:
        raise InvalidRequest(
            "The recording is larger than the transcription takes: send it as mp3 or opus, or in "
            "parts.",
            "file",
        ) from err
    if err.status_code in _ABOUT_INPUT and err.param == "file":
        raise InvalidRequest(BROKEN, "file") from err
    if err.status_code in _ABOUT_INPUT and err.param == "language":
        raise InvalidRequest(UNHEARD, "language") from err


def _seconds(told: Mapping[str, Any]) -> float:
    """The recording's length as the endpoint counted it, 0 if it does not tell."""
    usage = told.get("usage")
    counted = usage.get("seconds") if isinstance(usage, dict) else told.get("duration")
    if not isinstance(counted, int | float) or isinstance(counted, bool):
        return 0.0
    return float(counted) if 0 <= counted < math.inf else 0.0


def _code(told: object) -> str:
    """An ISO 639-1 code, if that is what the endpoint told; some tell a language's name."""
    return told if isinstance(told, str) and len(told) == 2 and told.isalpha() else ""
