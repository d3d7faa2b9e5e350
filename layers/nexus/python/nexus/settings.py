"""What a deployment configures: read from the environment once, checked, and frozen."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from nexus.errors import ConfigurationError
from nexus.model_settings import LONGEST_REQUEST_S
from nexus.models import Budget, Generation
from nexus.setting_values import parsed, setting, variable_of
from nexus.speech_settings import SpeechSettings

# Raised whenever chunking changes what it produces; part of every chunk's id and of the generation.
CHUNKER_VERSION = 4
# Raised whenever `text.search_terms` writes words in another form; part of the generation alone.
# What an older one holds stays searchable, in its form, until the next generation answers.
SEARCH_FORM_VERSION = 2
_THIS_MACHINE = ("http://127.0.0.1:", "http://localhost:")


@dataclass(frozen=True, slots=True)
class Settings(SpeechSettings):
    """Every setting of the functions; `variable_of` names each one's variable."""

    vector_index: str = setting(
        "Vector index: one SQLite file, Pinecone, or a bucket of S3 Vectors.",
        "pinecone",
        choices=("sqlite", "pinecone", "s3vectors"),
    )
    vector_bucket: str = setting("Vector bucket of the S3 Vectors index.", "")
    sqlite_path: str = setting("File of the SQLite index.", "")
    pinecone_host: str = setting("Host of the Pinecone index (https://…).", "")
    pinecone_secret: str = setting("Secret that holds the Pinecone API key.", "")
    index_retries: int = setting("Further tries at Pinecone after a passing failure.", 2)
    top_k: int = setting("Passages given to the answer unless the request says (1 to 20).", 5)
    summary_passages: int = setting(
        "Passages that a summary is made from: many, as it is about the whole.", 12, low=1, high=50
    )
    history_turns: int = setting("Earlier turns used to understand a follow-up question.", 6)
    conversation_ttl_h: float = setting(
        "Hours after its last turn that a conversation expires.", 24.0
    )
    agents_folder: str = setting(
        "Folder with `agents.toml` in the function's code; the stage's field `agents` puts it "
        "there. Empty is no agents.",
        "",
    )
    answer_max_tokens: int = setting(
        "Longest answer, in tokens; a reasoning model's thoughts count too.", 2000, low=1
    )
    concise_words: int = setting("Most words of an answer in the style `concise`.", 40, low=5)
    detailed_words: int = setting("Most words of one in the style `detailed`.", 250, low=5)
    summary_words: int = setting("Most words of a summary.", 180, low=5)
    gate: str = setting(
        "What a question has to pass before the model is asked: for a language model only the "
        "filter of what is off topic, for one that answers anything that the passages probably "
        "hold the answer.",
        "off_topic",
        choices=("off_topic", "answerable"),
    )
    off_topic_below: float | None = setting(
        "Cosine of the nearest passage (0 to 1) under which a question is off topic, instead of "
        "the embedding model's own; 0 lets every question pass.",
        None,
    )
    refuse_below: float = setting(
        "Probability that the passages hold the answer (0 to 1) under which the gate `answerable` "
        "refuses; no refusal is shown as more probable.",
        0.3,
    )
    medium_from: float = setting("Probability from which confidence is medium.", 0.6)
    high_from: float = setting("Probability from which confidence is high.", 0.85)
    calibration: str = setting(
        "Coefficients of the probability, as `nexus eval --calibrate` writes them.", ""
    )
    max_document_bytes: int = setting(
        "Largest document that is read, in bytes.", 100 * 1024 * 1024, low=1
    )
    max_unpacked_bytes: int = setting(
        "Largest size that a zipped document may unpack to, in bytes.", 512 * 1024 * 1024, low=1
    )
    max_streamed_bytes: int = setting(
        "Largest PDF, CSV or text file that is read, part by part, in bytes.", 5 * 1024**3, low=1
    )
    ocr: bool = setting(
        "Text recognition in pictures and in PDF pages that hold none; the stage's field `ocr` "
        "turns it on, with the layer that it needs.",
        False,
        choices=("true", "false"),
    )
    read_hidden: bool = setting(
        "Whether what an author hid is read, too: text, slides, sheets, rows and columns. What is "
        "ingested already stays as it is until it is ingested again.",
        False,
        choices=("true", "false"),
    )
    removal_grace_s: int = setting(
        "Seconds that a removed document's vectors are kept, hidden, for the case that it was "
        "moved (at most 900).",
        60,
    )
    embedding_price: float = setting(
        "US dollars for a million embedded tokens, for the metric of what was spent.", 0.02
    )
    model_prices: tuple[str, ...] = setting(
        "US dollars for a million tokens in and out of each chat model, separated by commas.",
        ("gpt-5.4-mini=0.75/4.50", "gpt-5.4-nano=0.20/1.25"),
    )
    prices_of: str = setting(
        "Day that the prices are of, such as 2026-11-01; `GET /v1/usage` tells it.", "2026-11-01"
    )
    people_budget: tuple[tuple[str, Budget], ...] = setting(
        "What each person may spend, as JSON of one entry: "
        '`{"*": {"requests_day": 200, "dollars_month": 5}}`; empty is no limit.',
        (),
    )
    tenant_budgets: tuple[tuple[str, Budget], ...] = setting(
        "What each tenant may spend, all its callers together, as JSON by tenant: "
        '`{"acme": {"dollars_month": 100}}`; `*` is every other tenant.',
        (),
    )
    budget_model: str = setting(
        "Chat model, at the same endpoint, that answers near a cap on tokens or dollars; empty is "
        "the chat model up to the cap.",
        "",
    )
    budget_model_from: float = setting(
        "Share of such a cap (0 to 1) from which it does.", 0.8, high=1
    )
    max_request_bytes: int = setting(
        "Largest body of a request, in bytes; the gateway takes 10 MB, and a Lambda function 6 MB.",
        2 * 1024 * 1024,
        low=1024,
        high=5_500_000,
    )
    metered_clients: tuple[str, ...] = setting(
        "Names of API clients whose spending has metrics of its own; the log tells that of all.",
        (),
    )
    figures: str = setting(
        "Where the stage's figures are read from: CloudWatch's metrics, or the functions' logs.",
        "cloudwatch",
        choices=("cloudwatch", "logs"),
    )
    metrics_log_groups: tuple[str, ...] = setting(
        "Log groups that the figures are read from, where they are read from logs.", ()
    )
    metrics_tenants: tuple[str, ...] = setting(
        "Tenants whose administrators may read the figures of the whole stage, by "
        "`GET /v1/metrics`; `*` is every tenant.",
        (),
    )
    traces_url: str = setting(
        "Base URL of an OpenTelemetry collector that gets traces, by OTLP over HTTP at its "
        "`/v1/traces`; empty traces nothing.",
        "",
        variable="OTEL_EXPORTER_OTLP_ENDPOINT",
    )
    traces_secret: str = setting(
        "Secret that holds the headers which the collector asks for, as `name=value,name=value` "
        "with values as in URLs; empty sends none.",
        "",
    )
    traces_share: float = setting(
        "Share of the requests that are traced (0 to 1), where the caller's `traceparent` does not "
        "say whether this one is.",
        1.0,
        high=1,
        variable="OTEL_TRACES_SAMPLER_ARG",
    )
    verify_days: int = setting(
        "Every how many days the nightly run compares the index with the catalogue, too.", 7, low=1
    )
    callers_remembered_s: int = setting(
        "Seconds for which a process believes an API key or a token without looking again: as "
        "long may one that was revoked, or whose owner's rights changed, still be taken.",
        60,
        high=300,
    )
    oidc_issuer: str = setting(
        "Provider at which people sign in, as its tokens name it in `iss`; empty is none.", ""
    )
    oidc_keys_url: str = setting("Address of the provider's public keys (its `jwks_uri`).", "")
    oidc_audiences: tuple[str, ...] = setting(
        "Applications, by their client ids at the provider, whose tokens are taken.", ()
    )
    oidc_revocation_url: str = setting(
        "Where the provider takes refresh tokens back; empty is nowhere.", ""
    )
    oidc_tenant_claim: str = setting("Claim that names a person's tenant.", "custom:tenant")
    oidc_tenant: str = setting("Tenant of everybody who signs in, instead of a claim.", "")
    oidc_groups_claim: str = setting("Claim that lists a person's groups.", "cognito:groups")
    oidc_role_claim: str = setting(
        "Claim that makes administrators, if it holds one of NEXUS_OIDC_ADMINS.", "cognito:groups"
    )
    oidc_admins: tuple[str, ...] = setting(
        "Values of that claim whose holders are administrators; others are users.", ("admins",)
    )
    oidc_name_claim: str = setting("Claim with the name that a person is shown by.", "email")
    oidc_session_days: int = setting(
        "Days that a sign-in lasts at most at the provider: an ended one is known as long.",
        30,
        low=1,
    )
    user_pool: str = setting(
        "Cognito user pool in which the stage's people are entered; empty is none of its own.", ""
    )
    people_key_id: str = setting(
        "API Gateway's id of the API key that carries all people's requests.", ""
    )
    cors_origins: tuple[str, ...] = setting(
        "Origins that browsers may call from, separated by commas.", ()
    )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Reads the settings; a variable that is absent or empty takes its default.

        Raises ConfigurationError naming the variable, the value's fault and what it should hold.
        """
        values: dict[str, Any] = {}
        for spec in fields(cls):
            variable = variable_of(spec)
            raw = environ.get(variable, "").strip()
            if raw:
                values[spec.name] = parsed(variable, raw, spec.type, spec.metadata)
        settings = cls(**values)
        if not 1 <= settings.top_k <= 20:
            raise ConfigurationError("NEXUS_TOP_K must be from 1 to 20.")
        if settings.request_deadline_s > LONGEST_REQUEST_S:
            raise ConfigurationError(
                f"NEXUS_REQUEST_DEADLINE_S must be at most {LONGEST_REQUEST_S:g}; it is "
                f"{settings.request_deadline_s:g}. A request that lived longer would outlive its "
                "Idempotency-Key, and be answered and paid twice: set a shorter time."
            )
        if settings.chunk_overlap * 2 > settings.chunk_chars:
            raise ConfigurationError(
                "NEXUS_CHUNK_OVERLAP must be at most half of NEXUS_CHUNK_CHARS; they are "
                f"{settings.chunk_overlap} and {settings.chunk_chars}."
            )
        if settings.off_topic_below is not None and settings.off_topic_below > 1:
            raise ConfigurationError("NEXUS_OFF_TOPIC_BELOW must be from 0 to 1.")
        levels = (0, settings.refuse_below, settings.medium_from, settings.high_from, 1)
        if not all(low <= high for low, high in itertools.pairwise(levels)):
            raise ConfigurationError(
                "NEXUS_REFUSE_BELOW, NEXUS_MEDIUM_FROM and NEXUS_HIGH_FROM must grow from 0 to 1."
            )
        if any(name != "*" for name, _ in settings.people_budget):
            raise ConfigurationError(
                "NEXUS_PEOPLE_BUDGET has one entry, *: what each person may spend."
            )
        if settings.oidc_issuer:
            _check_sign_in(settings)
        return settings

    @property
    def generation(self) -> Generation:
        """The index generation that is configured; which one readers see, `Generations` says."""
        basis = (
            f"{self.embedding_model}|{self.embedding_dimension}|{CHUNKER_VERSION}"
            f"|{self.chunk_chars}|{self.chunk_overlap}|{SEARCH_FORM_VERSION}"
        )
        return Generation(
            generation_id=hashlib.sha256(basis.encode()).hexdigest()[:8],
            embedding_model=self.embedding_model,
            embedding_dimension=self.embedding_dimension,
            chunk_chars=self.chunk_chars,
            chunk_overlap=self.chunk_overlap,
            pinecone_host=self.pinecone_host,
        )


def _check_sign_in(settings: Settings) -> None:
    """Whoever could answer for the address of the keys could sign anybody in."""
    if not settings.oidc_keys_url.startswith(("https://", *_THIS_MACHINE)):
        raise ConfigurationError(
            "NEXUS_OIDC_KEYS_URL must be the https:// address of the provider's keys."
        )
    if not settings.oidc_audiences:
        raise ConfigurationError(
            "NEXUS_OIDC_AUDIENCES must name the client id whose tokens are taken."
        )
