"""The response bodies of audio chat, as they are documented in /docs."""

from __future__ import annotations

import base64
from typing import Literal

from pydantic import BaseModel, Field

from functions.audio.asked import media_type
from functions.audio.talking import STEPS, Spoken
from nexus.http.source_bodies import SourceBody
from nexus.speech.tone import Label


class EmotionBody(BaseModel):
    """How the speaker sounds; it decides how an answer begins and is spoken, and nothing else."""

    label: Label
    score: float = Field(description="From 0 to 1, how sure that is.")
    told_by: Literal["rule", "model"] = Field(
        description="A language model, or a rule of words, pace and loudness."
    )


class ExecTime(BaseModel):
    """Seconds of each step; they add up to the total."""

    speech_to_text: float
    emotion_analysis: float
    process_rag: float
    text_to_speech: float
    total: float


class AudioResponse(BaseModel):
    """What was said, and its answer as text and as sound."""

    id: str | None = Field(default=None, description="GET /v1/audio/{id} tells it again for a day.")
    transcript: str
    asked: str | None = Field(
        default=None,
        description="What of a long transcript was answered: its last question, with what stands "
        "right before it. Null if all of it was.",
    )
    emotion: EmotionBody
    answer: str
    sources: list[SourceBody]
    refused: bool = Field(description="True when the documents do not hold the answer.")
    confidence: Literal["high", "medium", "low"]
    conversation_id: str
    message_id: str
    exec_time: ExecTime
    audio: str | None = Field(description="The spoken answer; null where audio_url or note tells.")
    audio_url: str | None = Field(
        default=None, description="Where a large one is fetched, for 15 minutes."
    )
    audio_type: str
    encoding: Literal["base64", "hex"] = Field(description="How audio is written.")
    note: str | None = Field(default=None, description="Why nothing, or not all, is spoken.")
    dollars: float = Field(description="US dollars at the prices that the stage is told.")

    @classmethod
    def of(
        cls,
        spoken: Spoken,
        encoding: Literal["base64", "hex"],
        turn_id: str | None,
        url: str | None,
    ) -> AudioResponse:
        """From a turn; with a URL the sound is not in it."""
        sound = None if url else spoken.sound
        answer, seconds = spoken.answer, spoken.seconds
        written = None
        if sound is not None:
            written = sound.hex() if encoding == "hex" else base64.b64encode(sound).decode()
        return cls(
            id=turn_id,
            transcript=spoken.transcript,
            asked=None if spoken.asked == spoken.transcript else spoken.asked,
            emotion=EmotionBody(
                label=spoken.tone.label, score=spoken.tone.score, told_by=spoken.tone.told_by
            ),
            answer=f"{spoken.before} {answer.text}".strip(),
            sources=[SourceBody.of(source) for source in answer.sources],
            refused=answer.refused,
            confidence=answer.confidence.level,
            conversation_id=answer.conversation_id,
            message_id=answer.message_id,
            exec_time=ExecTime(
                **{step: seconds[step] for step in STEPS}, total=round(sum(seconds.values()), 3)
            ),
            audio=written,
            audio_url=url,
            audio_type=media_type(spoken.form),
            encoding=encoding,
            note=spoken.note or None,
            dollars=round(answer.usage.dollars, 9),
        )


class JobBody(BaseModel):
    """A recording that is being answered: ask for it again after the seconds of Retry-After."""

    id: str
    status: Literal["working"] = "working"
    seconds: float | None = Field(default=None, description="The recording's length.")


class UploadRequest(BaseModel):
    """How large the recording is."""

    size: int = Field(ge=1, description="Bytes.")


class UploadBody(BaseModel):
    """Where the recording is to be sent, as one PUT with these headers and nothing else."""

    id: str = Field(description="What POST /v1/audio is told as upload, for a day.")
    url: str
    headers: dict[str, str]
    expires_in: int = Field(description="Seconds that the URL is valid for.")
