"""One turn of audio chat: written down, its tone told, answered as any question is, and spoken."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from functions.audio.asked import AudioFields, Form
from nexus.answering.question import Question
from nexus.errors import ConfigurationError, InvalidRequest, UpstreamError
from nexus.http.filtering import filters_of
from nexus.models import NANO, Amount, Answer, Principal
from nexus.observability import logger
from nexus.ports import Recording, Utterance
from nexus.services import AudioServices
from nexus.speech.inspecting import SILENCE
from nexus.speech.last_question import last_question
from nexus.speech.loudness import loudness_of
from nexus.speech.manner import Manner, manner_for
from nexus.speech.reading_aloud import MOST_CHARS, read_aloud
from nexus.speech.tone import MOST_CHARS as TONE_CHARS
from nexus.speech.tone import MOST_TOKENS as MOST_TONE_TOKENS
from nexus.speech.tone import Tone, tone_of
from nexus.spending import prices_of, rates_of
from nexus.text.tongues import tongue_of

STEPS = ("speech_to_text", "emotion_analysis", "process_rag", "text_to_speech")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn: what was said and asked, how it sounded, the answer, and that in sound.

    `sound` is None where nothing could speak it, and `note` says why, or that a part is not spoken.
    `seconds` are those of each step.
    """

    transcript: str
    asked: str
    tone: Tone
    before: str
    answer: Answer
    seconds: dict[str, float]
    sound: bytes | None
    form: Form
    note: str = ""


class _Laps:
    """A clock whose laps add up."""

    def __init__(self) -> None:
        self._since = time.perf_counter()
        self.seconds: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = round(now - self._since, 3)
        self._since = now


def talk(
    services: AudioServices,
    principal: Principal,
    recording: Recording,
    fields: AudioFields,
    form: Form,
) -> Spoken:
    """The turn. Raises what answering raises, and InvalidRequest where nobody speaks."""
    laps = _Laps()
    with services.chat.budgets.charging(principal, most_of(services, recording)) as charge:
        charge.admitted()
        heard = services.transcriber.transcribe(recording, fields.language or "")
        if not heard.text:
            raise InvalidRequest(SILENCE, "file")
        laps.lap("speech_to_text")
        loudness = loudness_of(recording.content) if recording.kind == "wav" else None
        tone = tone_of(heard.text, recording.seconds, loudness, services.tone)
        laps.lap("emotion_analysis")
        asked = last_question(heard.text)
        answer = services.chat.answerer.answer(principal, _question(services, asked, fields))
        laps.lap("process_rag")
        language = tongue_of(answer.text) or heard.language
        manner = manner_for(tone, language)
        sound, note = _spoken(services, answer, manner, language, fields.voice or "", form)
        laps.lap("text_to_speech")
        dollars = answer.usage.dollars + charge.dollars
    answer = replace(answer, usage=replace(answer.usage, dollars=dollars))
    return Spoken(heard.text, asked, tone, manner.before, answer, laps.seconds, sound, form, note)


def _question(services: AudioServices, asked: str, fields: AudioFields) -> Question:
    return Question(
        message=asked,
        conversation_id=fields.conversation_id,
        top_k=services.settings.top_k,
        filters=filters_of(fields.filters),
        style=fields.style or "default",
    )


def _spoken(
    services: AudioServices,
    answer: Answer,
    manner: Manner,
    language: str,
    voice: str,
    form: Form,
) -> tuple[bytes | None, str]:
    """The sound, and a note; an answer that nothing can speak is given in writing."""
    text, whole = read_aloud(answer.text)
    text = f"{manner.before} {text}".strip()
    utterance = Utterance(text, language, voice, form, manner.speed, manner.instructions)
    try:
        sound = services.speaker.speak(utterance)
    except InvalidRequest as error:
        return None, f"The answer is not spoken: {error}"
    except (UpstreamError, ConfigurationError) as error:
        logger.warning("answer_not_spoken", extra={"error": type(error).__name__})
        return None, "The answer is not spoken: the speech service is not available just now."
    return sound, "" if whole else "The answer is long: only its beginning is spoken."


def most_of(services: AudioServices, recording: Recording) -> Amount:
    """The most that hearing, telling the tone and speaking take."""
    settings = services.settings
    minute = rates_of(settings.transcription_prices, "NEXUS_TRANSCRIPTION_PRICES")
    million = rates_of(settings.speech_prices, "NEXUS_SPEECH_PRICES")
    heard = recording.seconds / 60 * minute.get(services.transcription, 0.0)
    spoken = MOST_CHARS / 1_000_000 * million.get(services.speech, 0.0)
    most = Amount(0, 0, round((heard + spoken) * NANO))
    if services.tone is None:
        return most
    into, out = prices_of(settings.model_prices).get(settings.tone_model, (0.0, 0.0))
    toned = TONE_CHARS * into + MOST_TONE_TOKENS * out  # dollars for a million
    nano = most.nanodollars + round(toned * NANO / 1_000_000)
    return Amount(0, TONE_CHARS + MOST_TONE_TOKENS, nano)
