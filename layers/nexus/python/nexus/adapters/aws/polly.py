"""Speaks with Amazon Polly's neural voices.

https://docs.aws.amazon.com/polly/latest/API/API_SynthesizeSpeech.html and, for the voices,
https://docs.aws.amazon.com/polly/latest/dg/available-voices.html: Indonesian has none.
"""

from __future__ import annotations

import io
import re
import wave
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from botocore.exceptions import ClientError, ParamValidationError

from nexus.adapters.aws.errors import error_code, translate
from nexus.errors import InvalidRequest

if TYPE_CHECKING:
    from nexus.ports import Utterance

SERVICE = "speech"
# One neural voice of each language.
VOICES = {
    "ar": "Hala", "ca": "Arlet", "da": "Sofie", "de": "Vicki", "en": "Joanna", "es": "Lucia",
    "fi": "Suvi", "fr": "Lea", "hi": "Kajal", "it": "Bianca", "ja": "Kazuha", "ko": "Seoyeon",
    "nl": "Laura", "no": "Ida", "pl": "Ola", "pt": "Camila", "sv": "Elin", "tr": "Burcu",
    "zh": "Zhiyu",
}  # fmt: skip
_FORMS = {"mp3": "mp3", "ogg": "ogg_vorbis", "wav": "pcm"}
_PCM_RATE = 16_000
_NAME = re.compile(r"[A-Za-z]{2,30}")
_ABOUT_VOICE = {"ValidationException", "EngineNotSupportedException", "InvalidParameterValue"}
# What XML has no sign for, and Polly refuses.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class PollySpeaker:
    """Implements `Speaker`; `voice` speaks where the request names none, "" is by language."""

    def __init__(self, client: Any, voice: str = "") -> None:
        self._client = client
        self._voice = voice

    def speak(self, utterance: Utterance) -> bytes:
        """The sound. Raises InvalidRequest naming `voice` where no voice speaks the language."""
        voice = utterance.voice or self._voice or VOICES.get(utterance.language or "en", "")
        if not voice:
            raise InvalidRequest(
                f"Amazon Polly has no voice for the language {utterance.language}.", "voice"
            )
        if not _NAME.fullmatch(voice):
            raise InvalidRequest("A voice of Amazon Polly is a name such as Joanna.", "voice")
        text = escape(_CONTROLS.sub(" ", utterance.text))
        rate = round(utterance.speed * 100)
        with translate(SERVICE):
            try:
                answer = self._client.synthesize_speech(
                    Engine="neural",
                    OutputFormat=_FORMS[utterance.form],
                    Text=f'<speak><prosody rate="{rate}%">{text}</prosody></speak>',
                    TextType="ssml",
                    VoiceId=voice,
                    **({"SampleRate": str(_PCM_RATE)} if utterance.form == "wav" else {}),
                )
                sound: bytes = answer["AudioStream"].read()
            except (ClientError, ParamValidationError) as err:
                code = error_code(err) if isinstance(err, ClientError) else "ValidationException"
                if utterance.voice and code in _ABOUT_VOICE:
                    raise InvalidRequest(
                        "Amazon Polly has no neural voice of this name.", "voice"
                    ) from err
                raise
        return _as_wav(sound) if utterance.form == "wav" else sound


def _as_wav(samples: bytes) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_PCM_RATE)
        file.writeframes(samples)
    return made.getvalue()
