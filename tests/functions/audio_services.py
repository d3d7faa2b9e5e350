"""The audio function's services over fakes, beside the chat function's."""

from __future__ import annotations

import json
from typing import Any

from starlette.testclient import TestClient

from functions.audio import jobs
from nexus.services import AudioServices
from tests.fakes import FakeChat
from tests.functions.chat_services import ACME_KEY, World
from tests.functions.gateway import audio_app
from tests.recordings import tone_wav
from tests.speech import FakeContinuation, FakeRecordings, FakeSpeaker, FakeTranscriber


class AudioWorld(World):
    """Everything that audio chat stands on."""

    def __init__(self, *script: str, tone: FakeChat | None = None, **settings: Any) -> None:
        super().__init__(*script, **{"transcription_model": "whisper", **settings})
        self.transcriber, self.speaker = FakeTranscriber(), FakeSpeaker()
        self.recordings, self.continuation = FakeRecordings(), FakeContinuation()
        self.audio = AudioServices(
            settings=self.settings,
            chat=self.services,
            transcriber=self.transcriber,
            speaker=self.speaker,
            recordings=self.recordings,
            claims=self.claims,
            continuation=self.continuation,
            tone=tone,
            transcription="whisper",
            speech="voice",
        )

    def api(self, key: str = ACME_KEY) -> TestClient:
        """The API as a caller with this key sees it."""
        app = audio_app(self.audio, self.clients)
        return TestClient(app, headers={"x-api-key": key}, raise_server_exceptions=False)

    def work(self) -> None:
        """Does the jobs that were begun."""
        for payload in self.continuation.started:
            jobs.perform(self.audio, json.loads(payload), lambda: 900.0)
        self.continuation.started.clear()


def ask(api: TestClient, content: bytes | None = None, headers: Any = None, **fields: str) -> Any:
    """POST /v1/audio with a recording."""
    file = {"file": ("question.wav", tone_wav() if content is None else content, "audio/wav")}
    return api.post("/v1/audio", data=fields, files=file, headers=headers)
