"""The engines that hear and speak, loaded from where they are installed."""

from __future__ import annotations

import io
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.local.speech.install import MODEL, VOICE, ensure_speech, is_installed
from nexus.text.tongues import tongue_of

# Voices of OpenAI's, for clients that name one: here they mean any voice of the text's language.
ANY = frozenset(
    "alloy ash ballad cedar coral echo fable marin nova onyx sage shimmer verse default".split()
)
JOE = "joe"
# Whisper's own code where it differs from ISO 639-1's.
_NAMES = {"jv": "jw"}
# Of a request's 27 seconds, what its spoken answer may take.
PATIENCE_S = 10.0


class NotInstalled(Exception):
    """The speech models are being installed; the message says how far that is."""


class Unreadable(ValueError):
    """The recording cannot be decoded."""


class UnheardLanguage(ValueError):
    """Whisper does not write the language."""


class UnknownVoice(ValueError):
    """There is no voice of this name."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said, with its language (ISO 639-1), length in seconds and timed parts."""

    text: str
    language: str
    seconds: float
    parts: tuple[tuple[float, float, str], ...]


class Engines:
    """Loads what it needs on first use; a first use that finds nothing begins to install it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._installing: threading.Thread | None = None
        self._told = ""
        self._whisper: Any = None
        self._voices: Any = None

    def hear(self, content: bytes, language: str | None) -> Heard:
        """Writes down a recording. Raises NotInstalled, Unreadable and UnheardLanguage."""
        language = _NAMES.get(language or "", language)
        from_folder = self._folder()
        with self._lock:
            if self._whisper is None:
                self._whisper = _whisper(from_folder)
            whisper = self._whisper
            if self._voices is None:
                # What is heard is answered: the voices come while it is written down.
                threading.Thread(target=self._speaking, args=(from_folder,), daemon=True).start()
        if language and language not in whisper.supported_languages:
            raise UnheardLanguage(language)
        from faster_whisper.audio import decode_audio

        try:
            samples = decode_audio(io.BytesIO(content), sampling_rate=16_000)
        except Exception as err:
            raise Unreadable("The recording cannot be decoded.") from err
        if not len(samples):
            raise Unreadable("The recording holds no sound.")
        parts, told = whisper.transcribe(
            samples,
            language=language,
            beam_size=5,
            vad_filter=True,
            condition_on_previous_text=False,
        )
        found = tuple((part.start, part.end, part.text.strip()) for part in parts)
        text = " ".join(said for _, _, said in found if said)
        return Heard(text, str(told.language), float(told.duration), found)

    def speak(self, text: str, voice: str, speed: float) -> tuple[bytes, int]:
        """16-bit samples of one channel, and their rate. Raises NotInstalled and UnknownVoice."""
        from cli.local.speech.espeak import UnknownLanguage
        from cli.local.speech.neural_voice import TooSlow

        from_folder = self._folder()
        espeak, joe = self._speaking(from_folder)
        language = tongue_of(text) or "en" if voice in ANY else voice
        if language in (JOE, "en"):
            try:
                return joe.speak(text, speed, PATIENCE_S), joe.rate
            except TooSlow:  # a plain voice is better than none before the request's time is over
                language = "en"
        if len(language) != 2:
            raise UnknownVoice(voice)
        try:
            return espeak.speak(text, language, speed), espeak.rate
        except UnknownLanguage as err:
            raise UnknownVoice(voice) from err

    def _speaking(self, folder: Path) -> Any:
        with self._lock:
            if self._voices is None:
                self._voices = _voices(folder)
            return self._voices

    def _folder(self) -> Path:
        if is_installed(self._root):
            folder = ensure_speech(self._root)
            # Behind everything else: what the project pins itself is never taken from here.
            if str(folder) not in sys.path:
                sys.path.append(str(folder))
            return folder
        with self._lock:
            # Taken before another try begins, whose first words would hide why the last one failed.
            told = self._told or "begun"
            if self._installing is None or not self._installing.is_alive():
                self._installing = threading.Thread(target=self._install, daemon=True)
                self._installing.start()
        raise NotInstalled(f"The speech models are being installed: {told}.")

    def _install(self) -> None:
        from cli.local.speech.install import SpeechUnavailable

        def tell(said: str) -> None:
            self._told = said

        try:
            ensure_speech(self._root, tell)
        except SpeechUnavailable as err:
            self._told = f"that failed, and is tried again: {err}"


def _whisper(folder: Path) -> Any:
    from faster_whisper import WhisperModel

    # The server keeps OpenMP to one thread, for what numpy does (cli/local/models/server.py).
    threads = os.cpu_count() or 1
    return WhisperModel(str(folder / MODEL), device="cpu", compute_type="int8", cpu_threads=threads)


def _voices(folder: Path) -> Any:
    import espeakng_loader

    from cli.local.speech.espeak import Espeak
    from cli.local.speech.neural_voice import NeuralVoice

    espeak = Espeak(espeakng_loader.get_library_path(), espeakng_loader.get_data_path())
    return espeak, NeuralVoice(folder / VOICE, espeak)
