"""What hears and speaks, and where recordings are kept for a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Recording:
    """Recorded sound: its bytes, its type such as "mp3", and its length in seconds.

    `key` is where it is kept, and "" if it is not.
    """

    content: bytes
    kind: str
    seconds: float
    key: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said, "" if nothing was, and in which language (ISO 639-1, "" if not told).

    `seconds` are those that the service counted, 0 where it tells none.
    """

    text: str
    language: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """What is to be spoken, in which language (ISO 639-1, "" if not known) and how.

    `voice` is the caller's choice and may be ""; `speed` is 1.0 for the voice's own; `form` is
    "mp3", "wav" or "ogg"; `instructions` say in words how it should sound.
    """

    text: str
    language: str
    voice: str
    form: str
    speed: float = 1.0
    instructions: str = ""


class Transcriber(Protocol):
    """Writes down speech."""

    def transcribe(self, recording: Recording, language: str) -> Transcript:
        """What a recording says; `language` is told where it is known, and "" otherwise.

        Raises InvalidRequest naming `file` for one that cannot be decoded.
        """
        ...


class Speaker(Protocol):
    """Speaks texts."""

    def speak(self, utterance: Utterance) -> bytes:
        """The sound, in the form that was asked for.

        Raises InvalidRequest naming `voice` where no voice is of that name or of the language.
        """
        ...


class Recordings(Protocol):
    """Keeps recordings, and spoken answers, for a day."""

    def put(self, key: str, content: bytes, media_type: str) -> None:
        """Keeps bytes under a key."""
        ...

    def get(self, key: str, most: int) -> bytes:
        """The bytes under a key. Raises NotFound, and InvalidRequest for more than `most`."""
        ...

    def sign_upload(self, key: str, size: int, seconds: int) -> tuple[str, Mapping[str, str]]:
        """A URL that takes a PUT of so many bytes for so long, and the headers to send with it."""
        ...

    def sign_download(self, key: str, seconds: int) -> str:
        """A URL that gives the bytes for so long."""
        ...
