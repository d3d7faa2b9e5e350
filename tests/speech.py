"""Stand-ins for what hears, speaks and keeps recordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nexus.errors import InvalidRequest, NexusError, NotFound
from nexus.ports import Recording, Transcript, Utterance

SOUND = b"ID3 spoken"


@dataclass
class FakeTranscriber:
    """Says what it is told to have heard; `heard` are the recordings."""

    says: str = "How much is the tuition fee?"
    failure: NexusError | None = None
    heard: list[Recording] = field(default_factory=list)

    def transcribe(self, recording: Recording, language: str) -> Transcript:
        self.heard.append(recording)
        if self.failure is not None:
            raise self.failure
        return Transcript(self.says, language or "en")


@dataclass
class FakeSpeaker:
    """Speaks anything as the same sound; `spoken` is what it was given."""

    sound: bytes = SOUND
    failure: NexusError | None = None
    spoken: list[Utterance] = field(default_factory=list)

    def speak(self, utterance: Utterance) -> bytes:
        self.spoken.append(utterance)
        if self.failure is not None:
            raise self.failure
        return self.sound


@dataclass
class FakeRecordings:
    """Keeps bytes in a dictionary."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, content: bytes, media_type: str) -> None:
        self.kept[key] = content

    def get(self, key: str, most: int) -> bytes:
        if key not in self.kept:
            raise NotFound("There is no recording of this id.")
        if len(self.kept[key]) > most:
            raise InvalidRequest("The recording is too large.", "file")
        return self.kept[key]

    def sign_upload(self, key: str, size: int, seconds: int) -> tuple[str, Mapping[str, str]]:
        return f"https://bucket/{key}", {"content-length": str(size)}

    def sign_download(self, key: str, seconds: int) -> str:
        return f"https://bucket/{key}?signed"


@dataclass
class FakeContinuation:
    """Notes what is to be started."""

    started: list[str] = field(default_factory=list)

    def start(self, payload: str) -> None:
        self.started.append(payload)
