"""Long recordings: uploaded, accepted, answered by a job, and asked for."""

from __future__ import annotations

import json

import pytest

from nexus.errors import UpstreamUnavailable
from nexus.object_keys import object_key
from tests.functions.audio_services import AudioWorld, ask
from tests.functions.chat_services import COLLEAGUE_KEY, RIVAL_KEY
from tests.recordings import tone_wav

HALF_AN_HOUR = tone_wav(1800, rate=2_000)


@pytest.fixture
def world() -> AudioWorld:
    return AudioWorld(audio_max_bytes=100_000_000)


def uploaded(world: AudioWorld, api, content: bytes = HALF_AN_HOUR) -> str:
    place = api.post("/v1/audio/uploads", json={"size": len(content)}).json()
    world.recordings.put(place["url"].removeprefix("https://bucket/"), content, "")
    return str(place["id"])


def test_half_an_hour_is_answered_by_a_job(world):
    api = world.api()
    begun = api.post("/v1/audio", json={"upload": uploaded(world, api)})
    assert begun.status_code == 202
    assert (begun.json()["status"], begun.json()["seconds"]) == ("working", 1800)
    assert begun.headers["retry-after"] == "5"
    path = f"/v1/audio/{begun.json()['id']}"
    assert api.get(path).status_code == 202
    world.work()
    body = api.get(path).json()
    assert body["answer"] == "The tuition fee is nine million rupiah. [1]"
    assert body["id"] == begun.json()["id"]
    assert body["audio"]
    assert api.get(path, headers={"accept": "audio/*"}).content == world.speaker.sound
    assert api.get(path, params={"encoding": "hex"}).json()["audio"] == world.speaker.sound.hex()


def test_a_long_recording_within_a_request_is_a_job_too(world):
    api = world.api()
    begun = ask(api, tone_wav(61, rate=2_000))
    assert begun.status_code == 202
    world.work()
    assert api.get(f"/v1/audio/{begun.json()['id']}").status_code == 200


def test_amazon_transcribe_answers_by_jobs_alone():
    world = AudioWorld(transcription_model="")
    assert ask(world.api()).status_code == 202


def test_of_a_long_transcript_the_last_question_is_asked(world):
    api = world.api()
    world.transcriber.says = "We walked on and on. " * 400 + "How much is the tuition fee?"
    begun = api.post("/v1/audio", json={"upload": uploaded(world, api)}).json()
    world.work()
    body = api.get(f"/v1/audio/{begun['id']}").json()
    assert len(body["transcript"]) > 5_000
    assert len(body["asked"]) <= 300
    assert body["asked"].endswith("How much is the tuition fee?")


def test_a_job_and_an_upload_are_their_caller_s_own(world):
    api = world.api()
    upload = uploaded(world, api)
    begun = api.post("/v1/audio", json={"upload": upload}).json()
    world.work()
    for key in (RIVAL_KEY, COLLEAGUE_KEY):
        other = world.api(key)
        assert other.get(f"/v1/audio/{begun['id']}").status_code == 404
        assert other.post("/v1/audio", json={"upload": upload}).status_code == 404


def test_a_job_that_fails_tells_how(world):
    api = world.api()
    world.transcriber.failure = UpstreamUnavailable("models", "down")
    begun = api.post("/v1/audio", json={"upload": uploaded(world, api)}).json()
    world.work()
    failed = api.get(f"/v1/audio/{begun['id']}")
    assert failed.status_code == 503
    assert failed.headers["content-type"] == "application/problem+json"
    world.transcriber.failure, world.transcriber.says = None, ""
    begun = api.post("/v1/audio", json={"upload": uploaded(world, api)}).json()
    world.work()
    assert api.get(f"/v1/audio/{begun['id']}").json()["field"] == "file"


def test_an_error_that_nobody_expected_is_told_without_its_words(world):
    api = world.api()
    begun = api.post("/v1/audio", json={"upload": uploaded(world, api)}).json()
    payload = json.loads(world.continuation.started[0])
    payload["audio_job"]["form"] = "midi"
    world.continuation.started[0] = json.dumps(payload)
    world.work()
    failed = api.get(f"/v1/audio/{begun['id']}")
    assert failed.status_code == 500
    assert "midi" not in failed.text


def test_the_same_upload_under_a_key_is_one_job(world):
    api, headers = world.api(), {"Idempotency-Key": "three"}
    upload = uploaded(world, api)
    first = api.post("/v1/audio", json={"upload": upload}, headers=headers)
    again = api.post("/v1/audio", json={"upload": upload}, headers=headers)
    assert first.status_code == 202
    assert again.status_code == 409
    world.work()
    assert api.post("/v1/audio", json={"upload": upload}, headers=headers).status_code == 200
    assert len(world.transcriber.heard) == 1


def test_a_job_that_is_delivered_twice_is_done_once(world):
    begun = world.api().post("/v1/audio", json={"upload": uploaded(world, world.api())}).json()
    world.continuation.started *= 2
    world.work()
    assert world.api().get(f"/v1/audio/{begun['id']}").status_code == 200
    assert len(world.transcriber.heard) == len(world.chat.prompts) == 1


def test_what_is_kept_shows_no_document_that_may_not_be_seen_any_more(world):
    api = world.api()
    begun = api.post("/v1/audio", json={"upload": uploaded(world, api)}).json()
    world.work()
    world.library.documents.drop("acme", "fees.md")
    world.library.indexer.reconcile(object_key("acme", "fees.md"))
    body = api.get(f"/v1/audio/{begun['id']}").json()
    assert "nine million" not in json.dumps([body["answer"], body["sources"]])
    assert body["audio"] is None


def test_an_upload_that_is_too_large_is_refused_before_it_is_sent(world):
    refused = world.api().post("/v1/audio/uploads", json={"size": 100_000_001})
    assert (refused.status_code, refused.json()["field"]) == (422, "size")


@pytest.mark.parametrize("turn_id", ["a-" + "0" * 32, "a-" + "f" * 32])
def test_a_job_that_nobody_began_is_not_found(world, turn_id):
    assert world.api().get(f"/v1/audio/{turn_id}").status_code == 404
