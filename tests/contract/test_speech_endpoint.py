"""OpenAI's paths for audio, asked over a real socket."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from nexus.adapters.openai.connection import ModelsClient, connect
from nexus.adapters.openai.speech import OpenAISpeaker, OpenAITranscriber
from nexus.errors import InvalidRequest, UpstreamRefused, UpstreamUnavailable
from nexus.ports import Recording, Utterance
from nexus.spending import SpendingTranscriber, billed

RECORDING = Recording(b"RIFF sound", "wav", 2.0)
GOOD = json.dumps({"text": " When are fees due? ", "language": "en"}).encode()


class Endpoint:
    """Gives one reply to every call, and keeps the calls."""

    def __init__(self) -> None:
        self.status, self.reply, self.url = 200, GOOD, ""
        self.seen: list[tuple[str, str, bytes]] = []

    def refuse(self, status: int, param: str | None) -> None:
        self.status = status
        error = {"message": "no", "type": "invalid_request_error", "param": param, "code": None}
        self.reply = json.dumps({"error": error}).encode()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.seen.append((self.path, self.headers["content-type"], body))
            self.send_response(made.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(made.reply)))
            self.end_headers()
            self.wfile.write(made.reply)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(endpoint: Endpoint) -> ModelsClient:
    return connect(endpoint.url, "key", 5.0, 0)


def said(text: str = "Nine million.", voice: str = "", **more: Any) -> Utterance:
    return Utterance(text, "en", voice, more.pop("form", "mp3"), **more)


def test_a_recording_is_sent_as_a_file_with_its_type(endpoint, client):
    heard = OpenAITranscriber(client, "whisper").transcribe(RECORDING, "id")
    assert (heard.text, heard.language) == ("When are fees due?", "en")
    path, kind, body = endpoint.seen[0]
    assert path == "/v1/audio/transcriptions"
    assert kind.startswith("multipart/form-data; boundary=")
    for part in (b'filename="recording.wav"', b"RIFF sound", b"whisper", b'name="language"'):
        assert part in body


@pytest.mark.parametrize(
    ("told", "minutes"),
    [
        ({"usage": {"type": "duration", "seconds": 90}}, 1.5),
        ({"duration": 120.0}, 2.0),
        ({"usage": {"type": "tokens", "total_tokens": 7}}, 0.5),
        ({"usage": {"seconds": 1}}, 0.5),
        ({"usage": {"seconds": "many"}, "duration": True}, 0.5),
        ({}, 0.5),
    ],
)
def test_what_the_endpoint_heard_is_paid_though_the_recording_says_that_it_is_shorter(
    endpoint, client, told, minutes
):
    endpoint.reply = json.dumps({"text": "Fees?", **told}).encode()
    hears = SpendingTranscriber(OpenAITranscriber(client, "whisper"), "whisper", {"whisper": 0.5})
    with billed() as bill:
        hears.transcribe(Recording(b"ID3 forged", "mp3", 30.0), "")
    assert [one.nanodollars for one in bill] == [round(minutes * 0.5 * 1e9)]


def test_a_language_that_is_told_by_its_name_is_none(endpoint, client):
    endpoint.reply = json.dumps({"text": "x", "language": "indonesian"}).encode()
    assert OpenAITranscriber(client, "whisper").transcribe(RECORDING, "").language == ""


@pytest.mark.parametrize(("status", "param"), [(400, "file"), (413, None)])
def test_a_recording_that_cannot_be_read_is_the_caller_s_fault(endpoint, client, status, param):
    endpoint.refuse(status, param)
    with pytest.raises(InvalidRequest) as refused:
        OpenAITranscriber(client, "whisper").transcribe(RECORDING, "")
    assert refused.value.field == "file"


def test_a_language_that_the_endpoint_does_not_write_is_named(endpoint, client):
    endpoint.refuse(400, "language")
    with pytest.raises(InvalidRequest, match="leave language out") as refused:
        OpenAITranscriber(client, "whisper").transcribe(RECORDING, "ie")
    assert refused.value.field == "language"


def test_other_refusals_are_the_operator_s(endpoint, client):
    endpoint.refuse(404, "model")
    with pytest.raises(UpstreamRefused):
        OpenAITranscriber(client, "whisper").transcribe(RECORDING, "")
    endpoint.refuse(503, None)
    with pytest.raises(UpstreamUnavailable):
        OpenAISpeaker(client, "tts", "").speak(said())


def test_what_is_spoken_is_sent_with_its_manner(endpoint, client):
    endpoint.reply = b"OggS sound"
    speaker = OpenAISpeaker(client, "tts", "")
    assert speaker.speak(said(form="ogg", speed=0.9, instructions="Calmly.")) == b"OggS sound"
    path, _, body = endpoint.seen[0]
    assert path == "/v1/audio/speech"
    assert json.loads(body) == {
        "model": "tts",
        "input": "Nine million.",
        "voice": "alloy",
        "response_format": "opus",
        "speed": 0.9,
        "instructions": "Calmly.",
    }
    OpenAISpeaker(client, "tts", "nova").speak(said())
    assert json.loads(endpoint.seen[1][2])["voice"] == "nova"


def test_a_voice_that_there_is_not_is_the_caller_s_fault(endpoint, client):
    endpoint.refuse(400, "voice")
    with pytest.raises(InvalidRequest) as refused:
        OpenAISpeaker(client, "tts", "").speak(said(voice="nobody"))
    assert refused.value.field == "voice"
