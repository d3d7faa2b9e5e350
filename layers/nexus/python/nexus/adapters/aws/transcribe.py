"""Writes down speech with a job of Amazon Transcribe, which reads the recording from S3.

https://docs.aws.amazon.com/transcribe/latest/APIReference/API_StartTranscriptionJob.html. A job
waits in a queue before it begins, so that nobody is answered at once.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from nexus.adapters.aws.errors import translate
from nexus.deadline import current, exceeded
from nexus.errors import InvalidRequest, UpstreamRefused
from nexus.ports import Recording, Recordings, Transcript
from nexus.speech.inspecting import BROKEN

SERVICE = "speech"
LOOK_S = 2.0
_MOST_TRANSCRIPT_BYTES = 50_000_000
# https://docs.aws.amazon.com/transcribe/latest/dg/supported-languages.html
CODES = {
    "ar": "ar-SA", "de": "de-DE", "en": "en-US", "es": "es-ES", "fr": "fr-FR", "hi": "hi-IN",
    "id": "id-ID", "it": "it-IT", "ja": "ja-JP", "ko": "ko-KR", "nl": "nl-NL", "pt": "pt-BR",
    "ru": "ru-RU", "zh": "zh-CN",
}  # fmt: skip
# How Transcribe says that it cannot read a file ("FailureReason" of the page above).
_UNREADABLE = ("media format", "sample rate", "could not be", "corrupt", "invalid", "unsupported")


class TranscribeJobs:
    """Implements `Transcriber`; a recording must be kept at its key in the bucket."""

    def __init__(
        self,
        client: Any,
        recordings: Recordings,
        bucket: str,
        prefix: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._recordings = recordings
        self._bucket = bucket
        self._prefix = prefix
        self._sleep = sleep

    def transcribe(self, recording: Recording, language: str) -> Transcript:
        """What the recording says, once the job is done.

        Raises InvalidRequest for a language that Transcribe does not write.
        """
        if language and language not in CODES:
            raise InvalidRequest(
                f"Amazon Transcribe is asked for {', '.join(CODES)}: leave out any other.",
                "language",
            )
        name = f"{self._prefix}{uuid.uuid4().hex}"
        output = f"{recording.key}.transcript.json"
        spoken = {"LanguageCode": CODES[language]} if language else {"IdentifyLanguage": True}
        with translate(SERVICE):
            self._client.start_transcription_job(
                TranscriptionJobName=name,
                Media={"MediaFileUri": f"s3://{self._bucket}/{recording.key}"},
                MediaFormat=recording.kind,
                OutputBucketName=self._bucket,
                OutputKey=output,
                **spoken,
            )
        try:
            self._wait(name)
        finally:
            with translate(SERVICE):
                self._client.delete_transcription_job(TranscriptionJobName=name)
        results = json.loads(self._recordings.get(output, _MOST_TRANSCRIPT_BYTES))["results"]
        text = " ".join(one["transcript"] for one in results["transcripts"])
        return Transcript(text.strip(), str(results.get("language_code", ""))[:2])

    def _wait(self, name: str) -> None:
        while True:
            with translate(SERVICE):
                found = self._client.get_transcription_job(TranscriptionJobName=name)
            job = found["TranscriptionJob"]
            status, reason = job["TranscriptionJobStatus"], str(job.get("FailureReason", ""))
            if status == "COMPLETED":
                return
            if status == "FAILED":
                if any(word in reason.lower() for word in _UNREADABLE):
                    raise InvalidRequest(BROKEN, "file")
                raise UpstreamRefused(SERVICE, "Amazon Transcribe could not do the job.")
            if not current().fits(LOOK_S):
                raise exceeded(SERVICE)
            self._sleep(LOOK_S)
