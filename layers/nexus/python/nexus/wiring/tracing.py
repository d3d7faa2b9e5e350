"""Begins to trace where the settings ask for it, and says how each part's calls are told."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import SplitResult, urlsplit

from nexus import __version__, span_names
from nexus.observability import logger
from nexus.ports import ChatModel, Embedder, Reranker, Secrets, VectorIndex
from nexus.settings import Settings
from nexus.tracing import Attributes, Step, Value, trace_to, traced

if TYPE_CHECKING:
    from nexus.ports.tool_chats import ToolChat
    from nexus.tracing import Tracer

T = TypeVar("T")
Chat = TypeVar("Chat", bound=ChatModel)

_SEARCHES = ("search_dense", "search_text")
_OTHERS = (
    *("upsert", "fetch", "scan", "wait_until_searchable"),
    *("delete_chunks", "delete_document", "delete_namespace"),
)


def begin_tracing(settings: Settings, secrets: Secrets) -> None:
    """Has this process traced to the collector that the settings name; to none if they name none.

    What of OpenTelemetry is needed is imported here and nowhere else, with the first request that
    is taken. A function without the layer
    `traces` says so in its log, and works untraced.
    """
    trace_to(None)
    if not settings.traces_url:
        return
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.sdk") is None:
        logger.error("traces_unavailable", extra={"reason": "the layer `traces` is missing"})
        return

    from nexus.adapters.otlp.sampling import SampledTracer

    def headers() -> str:
        return secrets.get(settings.traces_secret) if settings.traces_secret else ""

    def tracer() -> Tracer:
        from nexus.adapters.otlp.exporter import exporter
        from nexus.adapters.otlp.sending import Sending
        from nexus.adapters.otlp.tracer import OtelTracer

        sending = Sending(lambda: exporter(settings.traces_url, headers()))
        return OtelTracer(sending, _about(settings), __version__)

    trace_to(SampledTracer(tracer, settings.traces_share))


def _about(settings: Settings) -> Mapping[str, str]:
    """What all spans of this process have in common, as the conventions on resources name it."""
    found = {
        "service.namespace": "nexus",
        "service.name": os.environ.get("POWERTOOLS_SERVICE_NAME", "nexus"),
        "service.version": __version__,
        "deployment.environment.name": settings.stage,
        "cloud.provider": "aws",
        "cloud.region": os.environ.get("AWS_REGION", ""),
        "faas.name": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
        "faas.version": os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", ""),
    }
    return {name: value for name, value in found.items() if value}


def traced_embedder(embedder: Embedder, model: str, settings: Settings) -> Embedder:
    """An embedding model whose calls are told."""
    return traced(embedder, {"embed": _model("embeddings", model, settings.models_url)})


def traced_chat(chat: Chat, model: str, settings: Settings, task: str) -> Chat:
    """A language model whose calls are told, with what it is asked for: "answer" or the like."""
    step = _model("chat", model, settings.models_url, task)
    return traced(chat, {"complete": step, "stream": step})


def traced_tool_chat(chat: ToolChat, model: str, settings: Settings) -> ToolChat:
    """A language model that calls tools, whose calls are told."""
    return traced(chat, {"converse": _model("chat", model, settings.models_url, "agent")})


def traced_reranker(reranker: Reranker, settings: Settings) -> Reranker:
    """A reranker whose calls are told, under an operation that the conventions do not have yet."""
    return traced(
        reranker, {"rerank": _model("rerank", settings.rerank_model, settings.rerank_url)}
    )


def traced_index(index: VectorIndex, settings: Settings) -> VectorIndex:
    """A vector index whose calls are told: searches as retrievals, all as calls of a database."""
    system = settings.vector_index
    steps = {
        name: Step(
            "retrieval",
            "client",
            {span_names.OPERATION: "retrieval", **_stored(system, name), span_names.STEP: name},
        )
        for name in _SEARCHES
    }
    for name in _OTHERS:
        steps[name] = Step(f"{name} {system}", "client", _stored(system, name))
    return traced(index, steps)


def _stored(system: str, operation: str) -> Attributes:
    return {span_names.DB_SYSTEM: system, span_names.DB_OPERATION: operation}


def _model(operation: str, model: str, url: str, task: str = "") -> Step:
    address = urlsplit(url)
    host = address.hostname or ""
    # What speaks a provider's protocol is told as that provider; which it is, its address tells.
    provider = "cohere" if operation == "rerank" else "openai"
    if host.endswith(".openai.azure.com"):
        provider = "azure.ai.openai"
    attributes: dict[str, Value] = {
        span_names.OPERATION: operation,
        span_names.PROVIDER: provider,
        span_names.REQUEST_MODEL: model,
        span_names.SERVER_ADDRESS: host,
        span_names.SERVER_PORT: _port(address),
        **({span_names.STEP: task} if task else {}),
    }
    return Step(f"{operation} {model}".strip(), "client", attributes)


def _port(address: SplitResult) -> int:
    try:
        port = address.port
    except ValueError:  # told by what connects there
        port = None
    return port or (443 if address.scheme == "https" else 80)
