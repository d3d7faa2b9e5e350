"""Chooses what the local stack answers with: the local models, or the services that keys name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cli.failure import Failure

OPENAI_URL = "https://api.openai.com/v1"
# For an endpoint of the person's own that asks for no key: an SDK wants one all the same.
NO_KEY = "none"


@dataclass(frozen=True)
class Upstreams:
    """Context for the CDK app, and the values of its secrets."""

    context: dict[str, str]
    models_key: str | None  # None for the local models, whose key each start makes anew
    pinecone_key: str | None
    description: str


def choose(environ: Mapping[str, str], local_models: str) -> Upstreams:
    """What the environment asks for: OPENAI_API_KEY, OPENAI_BASE_URL, PINECONE_API_KEY.

    Without the first two it is the local models, whose server is at the URL `local_models`.
    With an endpoint that is not OpenAI's, NEXUS_CHAT_MODEL, NEXUS_EMBEDDING_MODEL and
    NEXUS_EMBEDDING_DIMENSION have to name its models. Raises Failure if they do not.
    """
    key, url = environ.get("OPENAI_API_KEY", ""), environ.get("OPENAI_BASE_URL", "")
    if key or url:
        context = _remote_models(environ, url)
    else:
        context = {
            "models_url": local_models,
            "rerank_url": f"{local_models}/rerank",
        }
    described = f"{context['models_url']}" if key or url else "local models"
    pinecone_key = environ.get("PINECONE_API_KEY")
    if pinecone_key:
        described += ", Pinecone"
    return Upstreams(context, (key or NO_KEY) if key or url else None, pinecone_key, described)


def _remote_models(environ: Mapping[str, str], url: str) -> dict[str, str]:
    context = {"models_url": url or OPENAI_URL, "rerank_url": "", "rerank_model": ""}
    context["gate"] = "off_topic"  # a language model refuses by itself
    for name in ("chat_model", "embedding_model", "embedding_dimension"):
        value = environ.get(f"NEXUS_{name.upper()}", "")
        if value:
            context[name] = value
        elif url:
            raise Failure(f"OPENAI_BASE_URL is set: also set NEXUS_{name.upper()} for it.")
    for name in ("verifier_model", "rewrite_model", "transcription_model", "speech_model"):
        if optional := environ.get(f"NEXUS_{name.upper()}"):
            context[name] = optional
    if not url:
        context = {
            "chat_model": "gpt-5.4-mini",
            "verifier_model": "gpt-5.4-nano",
            "rewrite_model": "gpt-5.4-nano",
            "transcription_model": "gpt-4o-mini-transcribe",
            "speech_model": "gpt-4o-mini-tts",
            "embedding_model": "text-embedding-3-small",
            "embedding_dimension": "1536",
            "chat_api": "responses",
            **context,
        }
    return context
