"""Audio chat through the gateway: what costs nothing is refused, and speech is answered by speech.

What needs the speech models is skipped where they are not installed: `nexus audio` installs them.
"""

from __future__ import annotations

import base64
import time
from typing import Any

import httpx2
import pytest

from cli.local.layout import Layout
from cli.local.speech.install import is_installed
from tests.e2e.conftest import Deployed
from tests.recordings import SPOKEN, spoken, tone_wav, with_silence

STEPS = ("speech_to_text", "emotion_analysis", "process_rag", "text_to_speech")
installed = pytest.mark.skipif(
    not is_installed(Layout().models), reason="the speech models are not installed in .local/models"
)
JOB_S = 900
TRIES = 6


def send(stack: Deployed, content: bytes, **headers: str) -> httpx2.Response:
    file = {"file": ("question", content, "application/octet-stream")}
    return httpx2.post(
        f"{stack.url}/v1/audio",
        files=file,
        headers={"x-api-key": stack.key, **headers},
        timeout=60,
        trust_env=False,
    )


def spoken_to(stack: Deployed, content: bytes, **headers: str) -> httpx2.Response:
    """The answer with its sound, which a machine that others keep busy has not always in time."""
    for _ in range(TRIES):
        response = send(stack, content, **headers)
        said = response.headers["content-type"] != "application/json" or response.json()["audio"]
        if response.status_code == 200 and said:
            return response
        assert response.status_code in (200, 503), response.text
    return response


def upload(stack: Deployed, content: bytes) -> httpx2.Response:
    place = stack.call("POST", "/v1/audio/uploads", {"size": len(content)}).json()
    sent = httpx2.put(place["url"], content=content, headers=place["headers"], trust_env=False)
    assert sent.status_code == 200, sent.text
    return stack.call("POST", "/v1/audio", {"upload": place["id"]})


def waited(stack: Deployed, begun: httpx2.Response) -> dict[str, Any]:
    assert begun.status_code == 202, begun.text
    end = time.monotonic() + JOB_S
    while time.monotonic() < end:
        found = stack.call("GET", f"/v1/audio/{begun.json()['id']}")
        if found.status_code != 202:
            assert found.status_code == 200, found.text
            return dict(found.json())
        time.sleep(float(found.headers["retry-after"]))
    pytest.fail("the job was not done")


def test_what_is_no_speech_is_refused_before_anything_is_asked(stack: Deployed) -> None:
    for content in (b"%PDF-1.7", tone_wav(level=0.0), spoken("wav")[:30_000]):
        refused = send(stack, content)
        assert (refused.status_code, refused.json()["field"]) == (422, "file")
    refused = upload(stack, b"%PDF-1.7 and more")
    assert (refused.status_code, refused.json()["field"]) == (422, "file")


def test_16_mb_are_told_where_to_go(stack: Deployed) -> None:
    refused = send(stack, bytes(16_000_000))
    assert refused.status_code == 413
    assert "/v1/audio/uploads" in refused.json()["detail"]


def test_a_job_that_nobody_began_is_not_found(stack: Deployed) -> None:
    assert stack.call("GET", "/v1/audio/a-" + "0" * 32).status_code == 404


@installed
def test_a_spoken_question_gets_a_spoken_answer(stack: Deployed) -> None:
    body = spoken_to(stack, spoken("mp3")).json()
    assert "library" in body["transcript"].lower()
    assert body["sources"]
    assert sum(body["exec_time"][step] for step in STEPS) == pytest.approx(
        body["exec_time"]["total"], abs=0.005
    )
    assert body["audio"], (body["note"], body["exec_time"])
    assert len(base64.b64decode(body["audio"])) > 5_000
    alone = spoken_to(stack, spoken("webm"), accept="audio/wav")
    assert alone.headers["content-type"] == "audio/wav"
    assert alone.content[:4] == b"RIFF"


@installed
def test_a_long_recording_is_answered_by_a_job(stack: Deployed) -> None:
    body = waited(stack, upload(stack, with_silence(spoken("wav"), 62)))
    assert "library" in body["transcript"].lower()
    assert body["audio"]


@installed
def test_the_terminal_asks_by_a_recording(stack: Deployed, tmp_path) -> None:
    out = tmp_path / "answer.ogg"
    shown = stack.nexus("audio", str(SPOKEN / "library.mp3"), "--out", str(out)).stdout
    assert "library" in shown.lower()
    assert out.read_bytes()[:4] == b"OggS"
