"""Amazon Polly, Amazon Transcribe and the bucket of recordings, by the real SDK against moto."""

from __future__ import annotations

import io
import json
import wave
from typing import Any

import pytest

from nexus.adapters.aws.polly import PollySpeaker
from nexus.adapters.aws.transcribe import TranscribeJobs
from nexus.adapters.s3.recordings import S3Recordings
from nexus.deadline import Deadline, meeting
from nexus.errors import DeadlineExceeded, InvalidRequest, NotFound
from nexus.ports import Recording, Utterance
from tests.contract.conftest import _client
from tests.speech import FakeRecordings

WRITTEN = {
    "results": {"transcripts": [{"transcript": "When are fees due?"}], "language_code": "en-US"}
}


class Transcripts(FakeRecordings):
    """The bucket as Transcribe leaves it: with a transcript at every key."""

    def get(self, key: str, most: int) -> bytes:
        return json.dumps(WRITTEN).encode()


def asked_of(client: Any, service: str, operation: str) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    name = f"provide-client-params.{service}.{operation}"
    client.meta.events.register(name, lambda params, **_: seen.append(dict(params)))
    return seen


@pytest.fixture
def polly(aws: None) -> Any:
    return _client("polly")


@pytest.fixture
def transcribe(aws: None) -> Any:
    return _client("transcribe")


@pytest.mark.parametrize(("form", "asked"), [("mp3", "mp3"), ("ogg", "ogg_vorbis"), ("wav", "pcm")])
def test_polly_speaks_with_a_neural_voice_of_the_language(polly, form, asked):
    seen = asked_of(polly, "polly", "SynthesizeSpeech")
    sound = PollySpeaker(polly).speak(Utterance("Fees & more", "de", "", form, 0.95))
    assert sound
    assert seen[0]["OutputFormat"] == asked
    assert (seen[0]["VoiceId"], seen[0]["Engine"]) == ("Vicki", "neural")
    assert seen[0]["Text"] == '<speak><prosody rate="95%">Fees &amp; more</prosody></speak>'
    if form == "wav":
        with wave.open(io.BytesIO(sound)) as file:
            assert (file.getframerate(), file.getnchannels()) == (16_000, 1)


def test_polly_has_no_voice_of_indonesian_and_says_so(polly):
    with pytest.raises(InvalidRequest, match="no voice for the language id"):
        PollySpeaker(polly).speak(Utterance("Selamat pagi", "id", "", "mp3"))
    assert PollySpeaker(polly, "Joanna").speak(Utterance("Selamat pagi", "id", "", "mp3"))


def test_a_voice_of_another_spelling_never_reaches_polly(polly):
    with pytest.raises(InvalidRequest):
        PollySpeaker(polly).speak(Utterance("Hello", "en", "en-US-1", "mp3"))


def test_transcribe_reads_the_recording_from_the_bucket(transcribe):
    seen = asked_of(transcribe, "transcribe", "StartTranscriptionJob")
    pauses: list[float] = []
    jobs = TranscribeJobs(transcribe, Transcripts(), "bucket", "nexus-prod-", pauses.append)
    heard = jobs.transcribe(Recording(b"", "mp3", 60.0, "audio/acme/1/a-2"), "")
    assert (heard.text, heard.language) == ("When are fees due?", "en")
    assert seen[0]["Media"] == {"MediaFileUri": "s3://bucket/audio/acme/1/a-2"}
    assert seen[0]["OutputKey"] == "audio/acme/1/a-2.transcript.json"
    assert seen[0]["IdentifyLanguage"] is True
    assert seen[0]["TranscriptionJobName"].startswith("nexus-prod-")
    assert transcribe.list_transcription_jobs()["TranscriptionJobSummaries"] == []


def test_a_language_is_told_to_transcribe_by_its_own_code(transcribe):
    seen = asked_of(transcribe, "transcribe", "StartTranscriptionJob")
    jobs = TranscribeJobs(transcribe, Transcripts(), "bucket", "nexus-", lambda _s: None)
    jobs.transcribe(Recording(b"", "wav", 60.0, "audio/x"), "id")
    assert seen[0]["LanguageCode"] == "id-ID"
    with pytest.raises(InvalidRequest) as refused:
        jobs.transcribe(Recording(b"", "wav", 60.0, "audio/x"), "xx")
    assert refused.value.field == "language"


def test_a_job_that_comes_too_late_is_given_up_and_removed(transcribe):
    jobs = TranscribeJobs(transcribe, Transcripts(), "bucket", "nexus-", lambda _s: None)
    with meeting(Deadline(1.0)), pytest.raises(DeadlineExceeded):
        jobs.transcribe(Recording(b"", "wav", 60.0, "audio/x"), "")
    assert transcribe.list_transcription_jobs()["TranscriptionJobSummaries"] == []


def test_recordings_are_kept_read_and_signed_for(aws, s3_client):
    where = {"LocationConstraint": "eu-west-1"}
    s3_client.create_bucket(Bucket="bucket", CreateBucketConfiguration=where)
    recordings = S3Recordings(s3_client, "bucket")
    recordings.put("audio/a", b"sound", "audio/mpeg")
    assert recordings.get("audio/a", 5) == b"sound"
    with pytest.raises(InvalidRequest, match="larger than the 4 bytes"):
        recordings.get("audio/a", 4)
    with pytest.raises(NotFound):
        recordings.get("audio/b", 5)
    url, headers = recordings.sign_upload("audio/b", 5, 900)
    assert "audio/b" in url
    assert headers["content-length"] == "5"
    assert "audio/a" in recordings.sign_download("audio/a", 60)
