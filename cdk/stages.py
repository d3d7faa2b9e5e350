"""What distinguishes one deployment from another: the stages of cdk.json, typed and checked."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_type_hints

from cdk.stage_faults import faults
from cdk.stage_values import StageError, parsed

__all__ = ["ROOT", "Stage", "StageError", "read_stage", "read_stages"]

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = (
    *("chat", "stream", "documents", "access", "audio"),
    *("ingest", "reindex", "backup", "connect", "authorizer"),
)
AUDIO = "audio"  # answers spoken questions
CONNECT = "connect"  # brings documents from where they are
# Whose errors and throttles have alarms, each of which is billed for every function. What fails in
# the audio function is a 5xx to its caller, or told by the job, and is counted there; a failed run
# of connect is kept with the nightly run's, of which there is an alarm.
WATCHED = tuple(name for name in FUNCTIONS if name not in (AUDIO, CONNECT))
# What sends answers while they are written.
STREAM = "stream"
# What makes keys and people.
ACCESS = "access"
# What the gateway asks who calls.
AUTHORIZER = "authorizer"
# What sends traces where a stage names a collector. Before each request comes the authorizer, which
# starts with two layers and takes no step that a trace would show.
TRACED = tuple(name for name in FUNCTIONS if name != AUTHORIZER)
# What asks new versions before callers get them, where releases are "canary".
READINESS = "readiness"
# What puts the page into its bucket, in stages of AWS that have one.
PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One deployment's configuration; rates are requests per second, quotas requests per day.

    `architecture` and `python_version` "host" mean this machine's own, for an emulator that runs
    functions as local processes. `snap_start` names the functions that start from a snapshot, which
    AWS bills for as long as the version exists. `reindex_schedule` and `backup_schedule` are
    EventBridge Scheduler expressions, in UTC; the latter may be "" for none. Snapshots of the index
    are kept `backup_retention_days`. `connect_schedule`, which may be "" too, is when sources are
    looked at; `connect_buckets` are buckets of S3 that a source may be.
    `models_provider` "bedrock" has the models of the stage's own region, and no `models_url`.
    `upstream_secrets` has secrets for other companies' keys, used or not; false where none is.
    `rerank_key` says that the rerank URL asks for a key. `alarm_email` is who is told of alarms; ""
    is nobody. `monitored` stages have alarms on the service, a dashboard and saved queries,
    and tell when their models cost more than `spend_per_day` dollars, a larger share of requests
    ends in a 5xx or of questions is refused than `alarm_…_percent`, or one answer in twenty takes
    longer than `alarm_slow_answers_s`. `releases` are "canary", in which a new version has a tenth
    of the callers first, and alarms take it back, or "at_once".
    `log_stream_arn` is a Kinesis or Firehose stream that gets the functions' errors, or `all` lines
    as `log_export` says; "" is none.
    `figures` says what the last day's figures are read from: metrics, or logs where AWS makes none.
    `agents` is the project's folder with `agents.toml`, "" for none. `ocr` recognises text in
    pictures and scanned pages. `chat_reserved_concurrency` executions are kept for chat; 0 keeps
    none. `domain_name` is the API's own, with its certificate and, if Route 53 is to point to it,
    the id of its hosted zone. `replica_bucket` is the documents bucket of the stage that stands by
    in another region; "" is none. `failover` says whether Route 53 sends the domain's callers here
    as long as `failover_check`, an https URL, answers ("primary") or when the primary's does not
    ("secondary"). `traces_endpoint` is the base URL of a collector that gets `traces_share` (0 to
    1) of the requests as traces, with the headers that the secret of the ARN
    `traces_headers_secret` holds; "" traces nothing, or sends no headers.

    People `sign_in` at the stage's own pool ("cognito"), at a provider of the organisation's
    ("oidc"), or not at all. The pool's page stands at `sign_in_domain`, a prefix in Cognito's
    domain, and leads back to `sign_in_callbacks`, or after signing out to `sign_in_sign_outs`;
    `sign_in_groups` are made in it, and `sign_in_providers` are those that people may come from, by
    name: "kind" is oidc (with issuer, client_id and, as client_secret, the name of a secret) or
    saml (with metadata_url); email, name and tenant say which claim or attribute holds them.
    `sign_in_url` is where the pool answers instead of at AWS. The `oidc_…` fields are of the
    organisation's own provider. All people together have the rate and quota `people_…`.

    `transcription_model` and `speech_model` are the endpoint's that hear and speak; "" is Amazon
    Transcribe, and Amazon Polly.
    `page` publishes the page for people, at CloudFront's address or, on this machine, at
    `page_url`. It shows `page_name`, the picture in the file `page_logo`, the `page_colours`
    (accent, accent_dark: #rrggbb) and, by language, `page_questions` to begin with; pages of the
    origins `page_embedders` may show the chat in a frame.

    `settings` are further variables of
    the functions, by name (`NEXUS_…`, see the README).
    """

    name: str
    account: str = ""
    region: str = ""
    architecture: Literal["arm64", "x86_64", "host"]
    python_version: str
    snap_start: tuple[str, ...]
    chat_memory_mb: int
    chat_timeout_s: int
    chat_reserved_concurrency: int = 0
    authorizer_memory_mb: int
    audio_memory_mb: int = 1024
    audio_timeout_s: int = 900
    ingest_memory_mb: int
    ingest_timeout_s: int
    ingest_batch_size: int
    ingest_concurrency: int
    documents_memory_mb: int
    documents_timeout_s: int
    reindex_memory_mb: int
    reindex_timeout_s: int
    reindex_schedule: str
    backup_memory_mb: int
    backup_timeout_s: int
    backup_schedule: str
    backup_retention_days: int
    connect_memory_mb: int = 1024
    connect_timeout_s: int = 900
    connect_schedule: str = "cron(0 17 * * ? *)"
    connect_buckets: tuple[str, ...] = ()
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"]
    log_retention_days: Literal[1, 3, 5, 7, 14, 30, 60, 90, 180, 365]
    removal_policy: Literal["retain", "destroy"]
    protected: bool
    standard_rate: float
    standard_burst: int
    standard_quota: int
    admin_rate: float
    admin_burst: int
    admin_quota: int
    people_rate: float
    people_burst: int
    people_quota: int
    keyless_rate: float
    keyless_burst: int
    cors_origins: tuple[str, ...]
    conversation_ttl_h: float
    models_provider: Literal["openai", "bedrock"] = "openai"
    models_url: str
    upstream_secrets: bool = True
    embedding_model: str
    embedding_dimension: int
    chat_model: str
    verifier_model: str
    rewrite_model: str
    transcription_model: str = ""
    speech_model: str = ""
    chat_api: Literal["responses", "chat_completions"]
    rerank_url: str = ""
    rerank_model: str = ""
    rerank_key: bool = False
    gate: Literal["off_topic", "answerable"]
    refuse_below: float
    vector_index: Literal["sqlite", "pinecone", "s3vectors"]
    sqlite_path: str = ""
    pinecone_host: str = ""
    ocr: bool = False
    agents: str = ""
    folder_groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    alarm_email: str = ""
    log_stream_arn: str = ""
    log_export: Literal["errors", "all"] = "errors"
    monitored: bool
    releases: Literal["canary", "at_once"]
    spend_per_day: float
    alarm_server_errors_percent: float
    alarm_slow_answers_s: float
    alarm_refusals_percent: float
    figures: Literal["cloudwatch", "logs"] = "cloudwatch"
    domain_name: str = ""
    certificate_arn: str = ""
    hosted_zone: str = ""
    replica_bucket: str = ""
    failover: Literal["", "primary", "secondary"] = ""
    failover_check: str = ""
    traces_endpoint: str = ""
    traces_headers_secret: str = ""
    traces_share: float = 1.0
    sign_in: Literal["none", "cognito", "oidc"] = "none"
    sign_in_domain: str = ""
    sign_in_callbacks: tuple[str, ...] = ()
    sign_in_sign_outs: tuple[str, ...] = ()
    sign_in_groups: tuple[str, ...] = ()
    sign_in_mfa: Literal["optional", "required"] = "optional"
    sign_in_providers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sign_in_url: str = ""
    oidc_issuer: str = ""
    oidc_keys_url: str = ""
    oidc_audiences: tuple[str, ...] = ()
    oidc_revocation_url: str = ""
    oidc_authorization_url: str = ""
    oidc_token_url: str = ""
    oidc_sign_out_url: str = ""
    page: bool = True
    page_url: str = ""
    page_name: str = "Nexus"
    page_logo: str = ""
    page_colours: Mapping[str, str] = field(default_factory=dict)
    page_questions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    page_embedders: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def host(self) -> bool:
        """Whether this machine itself runs the functions."""
        return self.architecture == "host"

    @property
    def lambda_architecture(self) -> str:
        """The architecture as Lambda names it, "arm64" or "x86_64"."""
        arm = self.architecture == "arm64" or (
            self.host and platform.machine().lower() in ("arm64", "aarch64")
        )
        return "arm64" if arm else "x86_64"

    @property
    def python(self) -> str:
        """The minor version of Python that runs the functions, such as "3.13"."""
        if self.python_version == "host":
            return f"{sys.version_info.major}.{sys.version_info.minor}"
        return self.python_version


def read_stages(context: Callable[[str], Any]) -> list[Stage]:
    """The stages that the context `stage` names ("dev", or "dev,prod"), or all.

    A field's own context value overrides it. Raises StageError with one sentence that names the
    stage and the field.
    """
    configured = context("stages")
    if not isinstance(configured, Mapping) or not configured:
        raise StageError('cdk.json has no stages in its context: add {"stages": {"dev": {…}}}.')
    chosen = [name.strip() for name in str(context("stage") or "").split(",") if name.strip()]
    for name in chosen:
        if name not in configured:
            known = ", ".join(sorted(configured))
            raise StageError(f"There is no stage {name!r} in cdk.json; there are {known}.")
    overrides = {spec.name: context(spec.name) for spec in fields(Stage) if spec.name != "name"}
    given = {name: value for name, value in overrides.items() if value is not None}
    return [read_stage(name, {**configured[name], **given}) for name in chosen or configured]


def read_stage(name: str, values: Mapping[str, Any]) -> Stage:
    """Checks one stage's values; text such as "4" or "true" stands for what it says."""
    specs = {spec.name: spec for spec in fields(Stage) if spec.name != "name"}
    if unknown := sorted(set(values) - set(specs)):
        raise StageError(f"Stage {name!r} has no field {unknown[0]!r}: correct it in cdk.json.")
    kinds = get_type_hints(Stage)
    found: dict[str, Any] = {}
    for key, spec in specs.items():
        if key in values:
            found[key] = parsed(name, key, kinds[key], values[key])
        elif spec.default is MISSING and spec.default_factory is MISSING:
            raise StageError(f"Stage {name!r} lacks the field {key!r} in cdk.json.")
    stage = Stage(name=name, **found)
    for fault in faults(stage, FUNCTIONS):
        raise StageError(f"Stage {stage.name!r}: {fault}.")
    if stage.sqlite_path:
        object.__setattr__(stage, "sqlite_path", str(ROOT / stage.sqlite_path))
    return stage
