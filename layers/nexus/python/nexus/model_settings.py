"""The settings of the models: which, where, how they are called, and what they read."""

from __future__ import annotations

from dataclasses import dataclass

from nexus.setting_values import setting
from nexus.storage_settings import StorageSettings

# The longest deadline of a request, in seconds. What one holds for itself, an Idempotency-Key or a
# part of a budget, is held for longer than that.
LONGEST_REQUEST_S = 30.0


@dataclass(frozen=True, slots=True)
class ModelSettings(StorageSettings):
    """The `Settings` that follow those of storage; the reference lists them in this order."""

    models_provider: str = setting(
        "Where the models are: an OpenAI-compatible endpoint, or Bedrock in the own region.",
        "openai",
        choices=("openai", "bedrock"),
    )
    models_url: str = setting(
        "Base URL of the OpenAI-compatible endpoint.", "https://api.openai.com/v1"
    )
    models_secret: str = setting("Secret that holds the endpoint's API key.", "")
    embedding_model: str = setting("Embedding model.", "text-embedding-3-small")
    embedding_dimension: int = setting("Length of the embedding vectors.", 1536, low=1)
    embedding_batch: int = setting("Texts embedded in one call.", 128, low=1)
    chunk_chars: int = setting("Longest chunk of a document, in characters.", 1000, low=200)
    chunk_overlap: int = setting(
        "Characters of the chunk before that a chunk of prose repeats; at most half a chunk.", 120
    )
    chat_model: str = setting("Model that writes answers.", "gpt-5.4-mini")
    chat_api: str = setting(
        "OpenAI API that writes answers.",
        "responses",
        choices=("responses", "chat_completions"),
    )
    verifier_model: str = setting(
        "Chat model, at the same endpoint, that decides on sentences which nothing else can decide "
        "on; empty means that these stay, unverified.",
        "",
    )
    rewrite_model: str = setting(
        "Chat model, at the same endpoint, that says what a question means in its conversation; "
        "empty leaves that to rules.",
        "",
    )
    reasoning_effort: str = setting(
        "How much a reasoning model thinks before it answers, such as low; empty sends nothing.", ""
    )
    rerank_url: str = setting(
        "Cohere- or Jina-compatible rerank URL; empty means the ranking is not reranked.", ""
    )
    rerank_model: str = setting("Model named to the rerank URL.", "")
    rerank_secret: str = setting(
        "Secret that holds the rerank URL's API key; empty sends none.", ""
    )
    request_deadline_s: float = setting(
        "Time from a request's arrival to its answer or problem, in seconds, at most 30; the "
        "gateway waits 29.",
        27.0,
        low=1,
    )
    models_timeout_s: float = setting(
        "Longest time that writing an answer may take, in seconds, if the request has it.", 20.0
    )
    answer_retries: int = setting(
        "Further tries at an answer after a passing failure, in the time that one has.", 0
    )
    rerank_timeout_s: float = setting(
        "Longest time that a reranking may take, in seconds; the ranking stays without it.", 4.0
    )
    embedding_timeout_s: float = setting(
        "Longest time of one try at an embedding, in seconds.", 20.0
    )
    embedding_retries: int = setting("Further tries at an embedding after a passing failure.", 3)
