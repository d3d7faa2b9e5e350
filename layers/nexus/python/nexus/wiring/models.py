"""The models that services work with: of an OpenAI-compatible endpoint, or of Amazon Bedrock."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nexus.adapters.aws.addresses import address_of
from nexus.deferred import deferred
from nexus.errors import ConfigurationError
from nexus.models import Generation
from nexus.ports import ChatModel, Embedder, Reranker, Secrets, StreamingChat
from nexus.settings import Settings
from nexus.spending import SpendingChat, SpendingEmbedder, SpendingToolChat, prices_of
from nexus.wiring.aws_clients import aws_credentials

if TYPE_CHECKING:
    from nexus.adapters.openai.connection import ModelsClient
    from nexus.ports.tool_chats import ToolChat


class Models:
    """The embedder, the chat models and the reranker, of an endpoint or of Bedrock."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self._settings = settings
        self._secrets = secrets
        self._prices = prices_of(settings.model_prices)
        self._on_bedrock = settings.models_provider == "bedrock"

    def embedder(self, generation: Generation, *, documents: bool = False) -> Embedder:
        """What embeds questions, or documents: some models tell the two apart."""
        return deferred(
            lambda: SpendingEmbedder(
                self._embedder(generation, documents),
                generation.embedding_model,
                self._settings.embedding_price,
            )
        )

    def _embedder(self, generation: Generation, documents: bool) -> Embedder:
        settings = self._settings
        # A question or a chunk is embedded again rather than given up.
        patience = settings.embedding_timeout_s, settings.embedding_retries
        model, dimension = generation.embedding_model, generation.embedding_dimension
        if self._on_bedrock:
            from nexus.adapters.bedrock.embedding import BedrockEmbedder

            client = self._connect_bedrock("", *patience)
            return BedrockEmbedder(client, model, dimension, documents=documents)
        from nexus.adapters.openai.models import OpenAIEmbedder

        return OpenAIEmbedder(self._connect(*patience), model, dimension, settings.embedding_batch)

    def chat(self) -> StreamingChat:
        return self._chat(self._settings.chat_model)

    def verifier(self) -> ChatModel | None:
        """The model that verifies sentences; None where there is none."""
        named = self._settings.verifier_model
        return self._chat(named) if named else None

    def rewriter(self) -> ChatModel | None:
        """The model that rewrites the questions of conversations; None where there is none."""
        named = self._settings.rewrite_model
        return self._chat(named) if named else None

    def tone(self) -> ChatModel | None:
        """The model that tells how a speaker sounds; None where a rule does."""
        named = self._settings.tone_model
        return self._chat(named) if named else None

    def cheaper(self) -> StreamingChat | None:
        """The model that answers near a budget's cap; None where there is none."""
        named = self._settings.budget_model
        return self._chat(named) if named else None

    def _chat(self, model: str) -> StreamingChat:
        return deferred(lambda: SpendingChat(self._at_endpoint(model), model, self._prices))

    def tool_chat(self, model: str) -> ToolChat:
        """A model that calls tools, by its name."""
        return deferred(lambda: SpendingToolChat(self._tool_chat(model), model, self._prices))

    def _tool_chat(self, model: str) -> ToolChat:
        from nexus.adapters.openai.tool_calls import OpenAIToolChat

        settings = self._settings
        form = settings.chat_api, settings.reasoning_effort
        patience = settings.models_timeout_s, settings.answer_retries
        if self._on_bedrock:
            from nexus.adapters.bedrock.invoking import translated

            client = self._connect_bedrock("/openai/v1", *patience)
            return OpenAIToolChat(client, model, *form, around=translated)
        return OpenAIToolChat(self._connect(*patience), model, *form)

    def _at_endpoint(self, model: str) -> StreamingChat:
        settings = self._settings
        form = settings.chat_api, settings.reasoning_effort
        if self._on_bedrock:
            from nexus.adapters.bedrock.chat import BedrockChat

            client = self._connect_bedrock(
                "/openai/v1", settings.models_timeout_s, settings.answer_retries
            )
            return BedrockChat(client, model, *form)
        from nexus.adapters.openai.models import OpenAIChat

        return OpenAIChat(
            self._connect(settings.models_timeout_s, settings.answer_retries), model, *form
        )

    def reranker(self) -> Reranker | None:
        """What reranks; None where nothing does."""
        settings = self._settings
        if self._on_bedrock:
            return self._bedrock_reranker() if settings.rerank_model else None
        if not settings.rerank_url:
            return None
        from nexus.adapters.rerank.endpoint import RerankEndpoint

        def read_key() -> str:
            return self._secrets.get(settings.rerank_secret) if settings.rerank_secret else ""

        return deferred(
            lambda: RerankEndpoint(
                settings.rerank_url,
                read_key(),
                settings.rerank_model,
                settings.rerank_timeout_s,
                read_key,
            )
        )

    def _bedrock_reranker(self) -> Reranker:
        from nexus.adapters.bedrock.reranking import BedrockReranker

        settings = self._settings
        return deferred(
            lambda: BedrockReranker(
                self._connect_bedrock("", settings.rerank_timeout_s, 0), settings.rerank_model
            )
        )

    def _connect_bedrock(self, path: str, timeout_s: float, retries: int) -> ModelsClient:
        from nexus.adapters.bedrock.signed import SignedCalls
        from nexus.adapters.openai.connection import connect

        where = os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION") or ""
        if not where:
            raise ConfigurationError("AWS_REGION must name the region whose Bedrock is asked.")
        base = address_of("bedrock-runtime", where)
        auth = SignedCalls(where, aws_credentials())
        return connect(f"{base}{path}", "", timeout_s, retries, auth=auth)

    def _connect(self, timeout_s: float, retries: int) -> ModelsClient:
        from nexus.adapters.openai.connection import connect

        def read_key() -> str:
            return self._secrets.get(self._settings.models_secret)

        return connect(self._settings.models_url, read_key(), timeout_s, retries, read_key=read_key)
