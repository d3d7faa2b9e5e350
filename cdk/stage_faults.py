"""What no stage may be configured as: values that AWS or the service would refuse later."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cdk.domain_names import domain_fault
from cdk.failover_names import failover_fault, replica_fault
from cdk.page_names import page_faults
from cdk.sign_in_names import sign_in_faults

if TYPE_CHECKING:
    from cdk.stages import Stage

_SERVED = "stream"
# Lambda's, API Gateway's and SQS's own limits, told before a deployment finds them.
_RANGES = {
    "chat_memory_mb": (128, 10_240),
    "ingest_memory_mb": (128, 10_240),
    "documents_memory_mb": (128, 10_240),
    "reindex_memory_mb": (128, 10_240),
    "backup_memory_mb": (128, 10_240),
    "connect_memory_mb": (256, 10_240),
    "authorizer_memory_mb": (128, 10_240),
    "chat_timeout_s": (1, 29),
    "documents_timeout_s": (1, 29),
    "ingest_timeout_s": (1, 900),
    "reindex_timeout_s": (1, 900),
    "backup_timeout_s": (1, 900),
    "connect_timeout_s": (180, 900),
    "ingest_batch_size": (1, 10),
    "ingest_concurrency": (2, 1000),
    "refuse_below": (0, 1),
    "alarm_server_errors_percent": (0, 100),
    "alarm_refusals_percent": (0, 100),
    "chat_reserved_concurrency": (0, 1000),
    "traces_share": (0, 1),
}
_PLANS = ("standard", "admin", "people")
_POSITIVE = [
    *(f"{plan}_{part}" for plan in _PLANS for part in ("rate", "burst", "quota")),
    *("keyless_rate", "keyless_burst", "conversation_ttl_h", "embedding_dimension"),
    *("spend_per_day", "alarm_slow_answers_s"),
    "backup_retention_days",
]


# https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
_SNAP_START_SINCE = (3, 12)
_WITHOUT_SNAP_START = ("ap-east-2", "ap-southeast-6")


_STREAM = re.compile(
    r"arn:aws[a-z-]*:(kinesis:[a-z0-9-]+:\d{12}:stream|firehose:[a-z0-9-]+:\d{12}:deliverystream)"
    r"/[A-Za-z0-9_.-]{1,128}"
)


_PROFILES = "us|us-gov|eu|apac|au|ca|jp|global"
_BEDROCK_MODEL = re.compile(rf"(?!(?:{_PROFILES})\.)[a-z0-9-]+\.[A-Za-z0-9._-]+(?::[A-Za-z0-9.]+)*")

_SECRET = re.compile(
    r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,512}", re.A
)


# Longer than the functions' `nexus.model_settings.LONGEST_REQUEST_S` none may be.
_DEADLINE, LONGEST_REQUEST_S = "NEXUS_REQUEST_DEADLINE_S", 30


_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def faults(stage: Stage, functions: Sequence[str]) -> Iterator[str]:
    """What is wrong with a stage whose fields have their types; `functions` are those there are."""
    yield from _faults_of_snap_start(stage, functions)
    if stage.releases == "canary" and not stage.monitored:
        yield (
            "releases must be at_once where monitored is false, "
            "for alarms are what takes a release back"
        )
    for key, (low, high) in _RANGES.items():
        if not low <= getattr(stage, key) <= high:
            yield f"{key} must be from {low} to {high}"
    for key in _POSITIVE:
        if not getattr(stage, key) > 0:
            yield f"{key} must be more than 0"
    yield from _faults_of_upstreams(stage)
    yield from _faults_of_connectors(stage)
    if stage.alarm_email and "@" not in stage.alarm_email.strip("@"):
        yield "alarm_email must be an e-mail address"
    if stage.log_stream_arn and not _STREAM.fullmatch(stage.log_stream_arn):
        yield "log_stream_arn must be the ARN of a Kinesis data stream or a Firehose stream"
    yield from _faults_of_traces(stage)
    for fault in (domain_fault(stage), failover_fault(stage), replica_fault(stage)):
        if fault:
            yield fault
    yield from sign_in_faults(stage)
    yield from page_faults(stage)
    if wrong := [name for name in stage.settings if not name.startswith("NEXUS_")]:
        yield f"settings must be named NEXUS_…; there is {wrong[0]!r}"
    yield from _faults_of_deadline(stage)
    if stage.vector_index == "sqlite" and not stage.sqlite_path:
        yield "sqlite_path must name the file of the index"


def _faults_of_deadline(stage: Stage) -> Iterator[str]:
    """The functions refuse it, too; here it is told before anything is deployed."""
    seconds = stage.settings.get(_DEADLINE, "").strip()
    try:
        is_long = bool(seconds) and not float(seconds) <= LONGEST_REQUEST_S
    except ValueError:
        yield f"{_DEADLINE} of settings must be a number of seconds; it is {seconds!r}"
        return
    if is_long:
        yield (
            f"{_DEADLINE} of settings must be at most {LONGEST_REQUEST_S}, as an Idempotency-Key "
            f"is held for little longer; it is {seconds}: set a shorter time"
        )


def _faults_of_connectors(stage: Stage) -> Iterator[str]:
    for name in stage.connect_buckets:
        if not _BUCKET.fullmatch(name):
            yield f"connect_buckets must be names of buckets; {name!r} is none"


def _faults_of_upstreams(stage: Stage) -> Iterator[str]:
    if stage.models_provider == "bedrock":
        if stage.models_url or stage.rerank_url or stage.rerank_key:
            yield "models_url, rerank_url and rerank_key must be empty where Bedrock has the models"
        if stage.host:
            yield "models_provider must be openai where this machine runs the functions"
        named = (stage.chat_model, stage.verifier_model, stage.rewrite_model, stage.rerank_model)
        for model in (*named, stage.embedding_model):
            # A profile that sends calls to other regions needs rights in all of them.
            if model and not _BEDROCK_MODEL.fullmatch(model):
                yield f"{model!r} is no model's id in Bedrock, such as amazon.titan-embed-text-v2:0"
    elif not stage.models_url.startswith(("http://", "https://")):
        yield "models_url must begin with http:// or https://"
    if stage.vector_index == "s3vectors" and stage.host:
        yield "vector_index must be another where this machine runs the functions"
    if not stage.upstream_secrets and (
        stage.models_provider != "bedrock" or stage.vector_index == "pinecone"
    ):
        yield "upstream_secrets must be true where the models or the index are another company's"


def _faults_of_traces(stage: Stage) -> Iterator[str]:
    endpoint, secret = stage.traces_endpoint, stage.traces_headers_secret
    if endpoint and not endpoint.startswith(("http://", "https://")):
        yield "traces_endpoint must begin with http:// or https://"
    if secret and not endpoint:
        yield "traces_headers_secret must be empty where traces_endpoint is"
    if secret and not _SECRET.fullmatch(secret):
        yield "traces_headers_secret must be the ARN of a secret in Secrets Manager"
    # What the headers hold would be read on the way.
    if secret and not stage.host and not endpoint.startswith("https://"):
        yield "traces_endpoint must begin with https:// where traces_headers_secret is set"


def _faults_of_snap_start(stage: Stage, functions: Sequence[str]) -> Iterator[str]:
    if not stage.snap_start:
        return
    if unknown := [name for name in stage.snap_start if name not in functions]:
        yield (
            f"snap_start must be a list of functions, some of {', '.join(functions)}; "
            f"it names {unknown[0]!r}"
        )
    if _SERVED in stage.snap_start:
        yield f"snap_start must not name {_SERVED}, whose server is told of no restore"
    if stage.host:
        yield "snap_start must be empty where this machine runs the functions"
    version = tuple(int(part) for part in re.findall(r"\d+", stage.python)[:2])
    if version < _SNAP_START_SINCE:
        yield f"snap_start needs python_version 3.12 or newer; it is {stage.python_version!r}"
    if stage.region in _WITHOUT_SNAP_START:
        yield f"snap_start must be empty in {stage.region}, where Lambda does not have it"
