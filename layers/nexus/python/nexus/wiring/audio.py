"""What the audio function works with, made from its settings alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus.bounded import CarryingExecutor, bounded
from nexus.budgets.admitting import AdmittedModel
from nexus.deferred import deferred
from nexus.ports import ChatModel, Recordings, Secrets, Speaker, Transcriber
from nexus.services import AudioServices
from nexus.settings import Settings
from nexus.spending import SpendingSpeaker, SpendingTranscriber, rates_of
from nexus.wiring.answering import CLAIMS_S
from nexus.wiring.aws_clients import ClientFactory, aws_clients
from nexus.wiring.chat import chat_services
from nexus.wiring.models import Models
from nexus.wiring.parts import secrets_of

if TYPE_CHECKING:
    from nexus.adapters.openai.connection import ModelsClient

# As the prices name them.
TRANSCRIBE, POLLY = "amazon-transcribe", "amazon-polly"
# Half an hour of speech is written down in one call, by a job; a request's deadline is earlier.
TRANSCRIPTION_S = 800.0
SPEECH_S = 20.0
TONE_S = 5.0


def audio_services(settings: Settings, aws: ClientFactory | None = None) -> AudioServices:
    """The services of the audio function."""
    from nexus.adapters.aws.continuation import LambdaContinuation
    from nexus.adapters.dynamodb.request_claims import DynamoRequestClaims
    from nexus.adapters.s3.recordings import S3Recordings

    aws = aws or aws_clients
    executor = CarryingExecutor()
    secrets = secrets_of(aws)
    recordings = S3Recordings(aws("s3"), settings.documents_bucket)
    tables = settings.cache_table, settings.conversations_table
    claims = DynamoRequestClaims(aws("dynamodb"), *tables)
    transcription = settings.transcription_model or TRANSCRIBE
    speech = settings.speech_model or POLLY
    heard = rates_of(settings.transcription_prices, "NEXUS_TRANSCRIPTION_PRICES")
    spoken = rates_of(settings.speech_prices, "NEXUS_SPEECH_PRICES")
    tone: ChatModel | None = Models(settings, secrets).tone()
    if tone is not None:
        tone = AdmittedModel(bounded(tone, "models", TONE_S, executor, "tone"))
    return AudioServices(
        settings=settings,
        chat=chat_services(settings, aws, executor),
        transcriber=SpendingTranscriber(
            deferred(lambda: _transcriber(settings, aws, secrets, recordings)), transcription, heard
        ),
        speaker=SpendingSpeaker(deferred(lambda: _speaker(settings, aws, secrets)), speech, spoken),
        recordings=recordings,
        claims=bounded(claims, "cache", CLAIMS_S, executor),
        continuation=LambdaContinuation(aws("lambda"), settings.audio_function),
        tone=tone,
        transcription=transcription,
        speech=speech,
    )


def _transcriber(
    settings: Settings, aws: ClientFactory, secrets: Secrets, recordings: Recordings
) -> Transcriber:
    if settings.transcription_model:
        from nexus.adapters.openai.speech import OpenAITranscriber

        client = _endpoint(settings, secrets, TRANSCRIPTION_S)
        return OpenAITranscriber(client, settings.transcription_model)
    from nexus.adapters.aws.transcribe import TranscribeJobs

    prefix = f"nexus-{settings.stage}-"
    return TranscribeJobs(aws("transcribe"), recordings, settings.documents_bucket, prefix)


def _speaker(settings: Settings, aws: ClientFactory, secrets: Secrets) -> Speaker:
    if settings.speech_model:
        from nexus.adapters.openai.speech import OpenAISpeaker

        client = _endpoint(settings, secrets, SPEECH_S)
        return OpenAISpeaker(client, settings.speech_model, settings.speech_voice)
    from nexus.adapters.aws.polly import PollySpeaker

    return PollySpeaker(aws("polly"), settings.speech_voice)


def _endpoint(settings: Settings, secrets: Secrets, timeout_s: float) -> ModelsClient:
    from nexus.adapters.openai.connection import connect

    def read_key() -> str:
        return secrets.get(settings.models_secret)

    return connect(settings.models_url, read_key(), timeout_s, 0, read_key=read_key)
