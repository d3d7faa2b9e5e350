"""The audio function: answers spoken questions, at once or by a job of its own.

It is a function of its own: a job may take a quarter of an hour, and chat's start should not wait
for what reads forms and recordings.
"""

from __future__ import annotations

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk.data_stack import DataStack
from cdk.documents_bucket import AUDIO_PREFIX
from cdk.findings import acknowledge
from cdk.functions import chat, rights
from cdk.functions.lambda_function import LambdaFunction, address
from cdk.functions.layers import Layers
from cdk.functions.routes import Route
from cdk.stages import AUDIO, Stage

_ROUTES = (
    Route("POST", "/v1/audio"),
    Route("GET", "/v1/audio/{id}"),
    Route("POST", "/v1/audio/uploads"),
)


def add(scope: Construct, stage: Stage, data: DataStack, layers: Layers) -> LambdaFunction:
    """Adds the function to a stack.

    A new version gets all callers at once: an alarm that could take it back is billed for as long
    as the stage exists.
    """
    audio = LambdaFunction(
        scope,
        AUDIO,
        stage=stage,
        log_group=data.logs[AUDIO],
        memory_mb=stage.audio_memory_mb,
        timeout_s=stage.audio_timeout_s,
        layers=layers.of("api", "audio"),
        environment=environment(stage, data),
        routes=_ROUTES,
        recursive=True,
        at_once=True,
    )
    chat.grant_answering(audio.role, stage, data)
    _grant_recordings(audio.role, data)
    rights.allow_invoking(audio.role, audio.address)
    if not stage.speech_model:
        # Polly has no resource for speech, only for lexicons.
        rights.allow(audio.role, "polly", ("SynthesizeSpeech",), "*")
    if not stage.transcription_model:
        _grant_transcribing(audio.role, stage)
    return audio


def environment(stage: Stage, data: DataStack) -> dict[str, str]:
    """What hearing, answering and speaking reads."""
    return {
        **chat.environment(stage, data, AUDIO),
        "NEXUS_DOCUMENTS_BUCKET": data.documents.bucket_name,
        "NEXUS_AUDIO_FUNCTION": address(stage, AUDIO),
        "NEXUS_TRANSCRIPTION_MODEL": stage.transcription_model,
        "NEXUS_SPEECH_MODEL": stage.speech_model,
        "NEXUS_TONE_MODEL": stage.rewrite_model,
    }


def _grant_recordings(role: iam.Role, data: DataStack) -> None:
    bucket = data.documents
    rights.allow(role, "s3", ("GetObject", "PutObject"), bucket.arn_for_objects(f"{AUDIO_PREFIX}*"))
    rights.acknowledge_prefix(
        role, bucket, AUDIO_PREFIX, "Recordings are named as they come, and go after a day."
    )


def _grant_transcribing(role: iam.Role, stage: Stage) -> None:
    """Jobs of this stage's names to read and remove."""
    stack = Stack.of(role)
    # A job has no name to be allowed by before it is started; it reads and writes in S3 with the
    # function's own rights (Transcribe Developer Guide, "Data input and output").
    rights.allow(role, "transcribe", ("StartTranscriptionJob",), "*")
    jobs = stack.format_arn(
        service="transcribe",
        resource="transcription-job",
        resource_name=f"nexus-{stage.name}-*",
        arn_format=ArnFormat.SLASH_RESOURCE_NAME,
    )
    rights.allow(role, "transcribe", ("GetTranscriptionJob", "DeleteTranscriptionJob"), jobs)
    shown = f"arn:<AWS::Partition>:transcribe:{stage.region or '<AWS::Region>'}"
    shown += f":{stage.account or '<AWS::AccountId>'}:transcription-job/nexus-{stage.name}-*"
    acknowledge(role, f"IAM5[Resource::{shown}]", "Jobs are named as they come, by this stage.")
