"""The settings of audio chat: what hears and speaks, how much of it, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

from nexus.model_settings import ModelSettings
from nexus.setting_values import setting


@dataclass(frozen=True, slots=True)
class SpeechSettings(ModelSettings):
    """The `Settings` that follow those of the models; the reference lists them in this order."""

    transcription_model: str = setting(
        "Model of the endpoint that writes down speech; empty is Amazon Transcribe.", ""
    )
    speech_model: str = setting("Model of the endpoint that speaks; empty is Amazon Polly.", "")
    speech_voice: str = setting(
        "Voice that speaks where a request names none; empty is one of the answer's language.", ""
    )
    tone_model: str = setting(
        "Chat model, at the same endpoint, that tells how a speaker sounds; empty leaves that to a "
        "rule.",
        "",
    )
    transcription_prices: tuple[str, ...] = setting(
        "US dollars for a minute of speech that each model writes down, separated by commas.",
        ("gpt-4o-mini-transcribe=0.003", "gpt-4o-transcribe=0.006", "amazon-transcribe=0.024"),
    )
    speech_prices: tuple[str, ...] = setting(
        "US dollars for a million characters that each model speaks, separated by commas.",
        ("amazon-polly=16", "gpt-4o-mini-tts=15"),
    )
    audio_request_bytes: int = setting(
        "Largest recording within a request, in bytes; Lambda takes 6 MB, in which it is written "
        "in base64.",
        4_400_000,
        low=1024,
        high=10_000_000,
    )
    audio_max_bytes: int = setting(
        "Largest recording that is uploaded, in bytes; OpenAI's endpoint takes 25 MB.",
        25_000_000,
        low=1024,
        high=250_000_000,
    )
    audio_longest_min: int = setting("Longest recording, in minutes.", 60, low=1, high=240)
    audio_at_once_s: float = setting(
        "Longest recording, in seconds, that is answered within its request; what is longer, and "
        "all that Amazon Transcribe writes down, is answered by a job.",
        60.0,
    )
    audio_function: str = setting("Function that answers recordings, which starts itself.", "")
