"""Audio chat as its callers see it: what is answered at once."""

from __future__ import annotations

import base64
import json

import pytest

from functions.audio.talking import most_of
from nexus.errors import UpstreamUnavailable
from nexus.speech.inspecting import inspected
from nexus.speech.tone import LABELS, MOST_CHARS, MOST_TOKENS
from tests.fakes import FakeChat
from tests.functions.audio_services import AudioWorld, ask
from tests.functions.chat_services import ACME_KEY, RIVAL_KEY
from tests.recordings import spoken, tone_wav
from tests.speech import SOUND

STEPS = ("speech_to_text", "emotion_analysis", "process_rag", "text_to_speech")
FEE = "The tuition fee is nine million rupiah. [1]"


@pytest.fixture
def world() -> AudioWorld:
    return AudioWorld()


def test_a_recording_is_written_down_answered_and_spoken(world):
    body = ask(world.api()).json()
    assert body["transcript"] == "How much is the tuition fee?"
    assert body["answer"] == FEE
    assert body["sources"][0]["quote"] == "The tuition fee is nine million rupiah."
    assert body["emotion"] == {"label": "neutral", "score": 0.8, "told_by": "rule"}
    assert base64.b64decode(body["audio"]) == SOUND
    assert (body["audio_type"], body["encoding"]) == ("audio/mpeg", "base64")
    assert world.speaker.spoken[0].text == "The tuition fee is nine million rupiah."


def test_the_times_of_the_steps_add_up(world):
    times = ask(world.api()).json()["exec_time"]
    assert set(times) == {*STEPS, "total"}
    assert sum(times[step] for step in STEPS) == pytest.approx(times["total"], abs=0.001)


def test_the_sound_is_written_in_hex_where_that_is_asked(world):
    body = ask(world.api(), encoding="hex").json()
    assert bytes.fromhex(body["audio"]) == SOUND
    assert body["encoding"] == "hex"


@pytest.mark.parametrize(
    ("accept", "form"),
    [("audio/*", "mp3"), ("audio/wav", "wav"), ("audio/ogg, audio/mpeg;q=0.5", "ogg")],
)
def test_who_accepts_sound_gets_it_alone(world, accept, form):
    response = ask(world.api(), headers={"accept": accept})
    assert response.content == SOUND
    assert response.headers["content-type"].startswith("audio/")
    assert response.headers["x-conversation-id"]
    assert world.speaker.spoken[0].form == form


def test_sound_that_no_response_can_hold_is_fetched_by_a_url(world):
    world.speaker.sound = bytes(3_000_001)
    body = ask(world.api()).json()
    assert body["audio"] is None
    assert body["audio_url"].endswith("?signed")
    assert len(world.recordings.kept) == 1


def test_the_tone_changes_the_manner_and_never_what_is_answered():
    found = {}
    for label in LABELS:
        world = AudioWorld(tone=FakeChat(json.dumps({"label": label, "score": 0.9})))
        body = ask(world.api()).json()
        assert body["emotion"] == {"label": label, "score": 0.9, "told_by": "model"}
        assert world.chat.prompts == AudioWorldPrompts.of("How much is the tuition fee?")
        said = world.speaker.spoken[0]
        found[label] = (body["answer"], said.speed, said.instructions, body["sources"])
        assert body["answer"].endswith(FEE)
        assert said.text.endswith("The tuition fee is nine million rupiah.")
    assert len({json.dumps(sources) for *_, sources in found.values()}) == 1
    assert len({answer for answer, *_ in found.values()}) == len(LABELS)


class AudioWorldPrompts:
    """What the model is asked when the same question is typed."""

    @staticmethod
    def of(message: str):
        from starlette.testclient import TestClient

        from tests.functions.chat_services import World
        from tests.functions.gateway import chat_app

        world = World()
        api = TestClient(chat_app(world.services), headers={"x-api-key": ACME_KEY})
        api.post("/v1/chat", json={"message": message})
        return world.chat.prompts


def test_a_conversation_goes_on(world):
    api = world.api()
    first = ask(api).json()
    second = ask(api, conversation_id=first["conversation_id"]).json()
    assert second["conversation_id"] == first["conversation_id"]
    third = ask(api, headers={"X-Conversation-Id": "c-other"}, conversation_id="c-1")
    assert third.status_code == 422


def test_the_fields_of_a_form_are_those_of_a_question(world):
    filters = json.dumps({"departments": ["Law"]})
    body = ask(world.api(), filters=filters, style="concise", voice="id", language="en").json()
    assert body["refused"] is True
    assert world.speaker.spoken[0].voice == "id"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"style": "long"}, "style"),
        ({"format": "midi"}, "format"),
        ({"encoding": "octal"}, "encoding"),
        ({"filters": "[]"}, "filters"),
        ({"filters": '{"colour": 1}'}, "filters.colour"),
        ({"conversation_id": "no blanks please"}, "conversation_id"),
        ({"language": "english"}, "language"),
        ({"tone": "angry"}, "tone"),
        # Recordings are answered from the documents (docs/audio.md).
        ({"agent": "auto"}, "agent"),
        ({"upload": "u-" + "0" * 32}, "file"),
    ],
)
def test_a_field_that_is_not_valid_is_named(world, fields, field):
    response = ask(world.api(), **fields)
    assert response.status_code == 422
    assert response.json()["field"] == field
    assert world.transcriber.heard == []


@pytest.mark.parametrize("language", ["zz", "xx", "english", "ID"])
def test_a_language_that_nobody_speaks_is_told_what_to_send(world, language):
    response = ask(world.api(), language=language)
    assert (response.status_code, response.json()["field"]) == (422, "language")
    assert "ISO 639-1 code of what is spoken, such as id, or leave" in response.json()["detail"]


def test_wrong_types_silence_and_damage_cost_nothing(world):
    api = world.api()
    for content in (b"%PDF-1.7", b"", tone_wav(level=0.0), spoken("wav")[:20_000]):
        response = ask(api, content)
        assert response.status_code == 422, content[:10]
        assert response.json()["field"] == "file"
    assert world.transcriber.heard == []


def test_a_recording_in_which_nothing_is_said_is_told(world):
    world.transcriber.says = ""
    response = ask(world.api(), spoken("mp3"))
    assert response.status_code == 422
    assert "Nobody speaks" in response.json()["detail"]


def test_a_request_of_16_mb_is_told_where_to_send_it(world):
    response = ask(world.api(), bytes(16_000_000))
    assert response.status_code == 413
    assert "/v1/audio/uploads" in response.json()["detail"]


def test_a_body_that_is_no_form_is_told_what_to_send(world):
    response = world.api().post("/v1/audio", content=b"\0\1", headers={"content-type": "audio/wav"})
    assert response.status_code == 422
    assert "multipart/form-data" in response.json()["detail"]
    broken = {"content-type": "multipart/form-data; boundary=x"}
    assert world.api().post("/v1/audio", content=b"--y", headers=broken).status_code in (400, 422)


def test_an_answer_that_cannot_be_spoken_is_given_in_writing(world):
    world.speaker.failure = UpstreamUnavailable("speech", "down")
    body = ask(world.api(), headers={"accept": "audio/*"}).json()
    assert body["answer"] == FEE
    assert body["audio"] is None
    assert "not spoken" in body["note"]


def test_what_hears_may_fail(world):
    world.transcriber.failure = UpstreamUnavailable("models", "down", 7.0)
    response = ask(world.api())
    assert response.status_code == 503
    assert response.headers["retry-after"] == "7"


def test_the_same_request_under_a_key_is_answered_once(world):
    api, headers = world.api(), {"Idempotency-Key": "one"}
    first, second = ask(api, headers=headers).json(), ask(api, headers=headers).json()
    assert first == second
    assert len(world.transcriber.heard) == 1
    other = ask(api, tone_wav(2.0), headers=headers)
    assert (other.status_code, other.json()["field"]) == (422, "Idempotency-Key")
    assert ask(world.api(RIVAL_KEY), headers=headers).json()["message_id"] != first["message_id"]


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(world):
    def fails(*_):
        raise UpstreamUnavailable("cache", "down")

    world.claims.finish = fails
    response = ask(world.api(), headers={"Idempotency-Key": "one"})
    assert response.status_code == 200
    assert "nine million" in response.json()["answer"]


def test_telling_the_tone_is_reserved_with_the_rest():
    priced = ("small=1/2",)
    plain, toned = (
        AudioWorld(FEE, tone=tone, tone_model="small", model_prices=priced)
        for tone in (None, FakeChat("{}"))
    )
    recording = inspected(tone_wav(), 60)
    without, with_it = (most_of(one.audio, recording) for one in (plain, toned))
    assert without.tokens == 0
    assert with_it.tokens == MOST_CHARS + MOST_TOKENS
    dollars = (MOST_CHARS * 1 + MOST_TOKENS * 2) / 1e6
    assert with_it.nanodollars - without.nanodollars == round(dollars * 1e9)


def test_a_request_that_failed_may_come_again_under_its_key(world):
    api, headers = world.api(), {"Idempotency-Key": "two"}
    world.transcriber.failure = UpstreamUnavailable("models", "down")
    assert ask(api, headers=headers).status_code == 503
    world.transcriber.failure = None
    assert ask(api, headers=headers).status_code == 200


def test_without_a_key_nobody_is_heard(world):
    assert ask(world.api("nx_unknown")).status_code == 403
    assert world.transcriber.heard == []
