"""A question's trace, as a collector reads it: a span for each step, and nothing that was said."""

from __future__ import annotations

import io
import json
import logging
import os
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
import pytest
from mangum import Mangum

from functions.chat.app import create_app
from nexus.observability import logger
from nexus.settings import Settings
from nexus.span_names import SCHEMA_URL
from nexus.tracing import flushed, trace_to
from nexus.wiring.aws_clients import forget_clients
from nexus.wiring.chat import chat_services
from tests.bench.checking import check
from tests.bench.seeding import FACT, TENANT, asked, event, health, questions
from tests.bench.upstreams import Upstreams, running_upstreams
from tests.collector import Collector, Told, running_collector
from tests.functions.ingest_services import Context
from tests.hostile_server import hostile_server

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
QUESTIONS = iter(questions(1_000))
Chat = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def upstreams() -> Iterator[Upstreams]:
    with running_upstreams() as running:
        yield running


@pytest.fixture
def collector() -> Iterator[Collector]:
    with running_collector() as running:
        yield running


@pytest.fixture
def chat(upstreams: Upstreams, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    """Asks by a function of these settings, which traces if they say so."""
    for name, value in upstreams.aws.items():
        monkeypatch.setenv(name, value)

    def ask(made: dict[str, Any], **variables: str) -> dict[str, Any]:
        forget_clients()
        settings = Settings.from_environ({**upstreams.own, **variables})
        handle = Mangum(create_app(chat_services(settings)), lifespan="off")
        context: Any = Context()
        answered: dict[str, Any] = flushed(handle)(made, context)
        return answered

    yield ask
    trace_to(None)
    forget_clients()


def with_header(made: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    made["headers"][name] = value
    made["multiValueHeaders"][name] = [value]
    return made


def to(collector: Collector, **more: str) -> dict[str, str]:
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, **more}


def named(spans: list[Told], name: str) -> list[Told]:
    return [span for span in spans if span.name == name]


def test_each_step_of_a_question_is_a_span_with_the_published_names(
    chat: Chat, collector: Collector
) -> None:
    answered = chat(asked(next(QUESTIONS), None), **to(collector))
    check("chat", answered)
    spans = collector.spans()
    [root] = [span for span in spans if not span.parent_id]
    assert (root.name, root.kind, root.failed) == ("POST /v1/chat", "server", False)
    assert (
        root.attributes.items()
        >= {
            "http.request.method": "POST",
            "http.route": "/v1/chat",
            "http.response.status_code": 200,
            "faas.trigger": "http",
            "faas.coldstart": True,
            "faas.invocation_id": Context.aws_request_id,
            "nexus.tenant": TENANT,
            "nexus.request_id": answered["headers"]["x-request-id"],
        }.items()
    )
    assert {span.trace_id for span in spans} == {root.trace_id}
    known = {span.span_id for span in spans}
    assert all(span.parent_id in known for span in spans if span is not root)
    [embedding] = named(spans, "embeddings text-embedding-3-small")
    assert embedding.kind == "client"
    assert embedding.attributes["gen_ai.operation.name"] == "embeddings"
    assert embedding.attributes["gen_ai.provider.name"] == "openai"
    assert embedding.attributes["gen_ai.request.model"] == "text-embedding-3-small"
    assert embedding.attributes["gen_ai.usage.input_tokens"] > 0
    searches = named(spans, "retrieval")
    assert {span.attributes["db.operation.name"] for span in searches} == {
        "search_dense",
        "search_text",
    }
    assert {span.attributes["db.system.name"] for span in searches} == {"pinecone"}
    [model] = named(spans, "chat gpt-5.4-mini")
    assert (
        model.attributes.items()
        >= {
            "gen_ai.operation.name": "chat",
            "gen_ai.response.finish_reasons": ["stop"],
            "server.address": "127.0.0.1",
        }.items()
    )
    assert model.attributes["gen_ai.usage.input_tokens"] > 0
    assert model.attributes["gen_ai.usage.output_tokens"] > 0
    [written] = [
        one for one in spans if one.attributes.get("db.operation.name") == "BatchWriteItem"
    ]
    assert written.attributes["db.system.name"] == "aws.dynamodb"
    [dense] = [one for one in searches if one.attributes["db.operation.name"] == "search_dense"]
    assert embedding.ended <= dense.begun <= dense.ended <= model.begun <= written.begun
    assert root.begun <= embedding.begun
    assert written.ended <= root.ended
    assert {span.schema_url for span in spans} == {SCHEMA_URL}
    assert root.resource["service.namespace"] == "nexus"
    assert root.resource["deployment.environment.name"] == "local"


def test_no_span_holds_text_of_a_question_an_answer_a_document_or_a_key(
    chat: Chat, collector: Collector
) -> None:
    question = next(QUESTIONS)
    made = with_header(asked(question, "secret-talk"), "tracestate", "told=stranger")
    answered = chat(made, **to(collector))
    held = b"".join(request.SerializeToString() for request in collector.requests)
    hidden = [question, FACT[:20], "overdue", made["headers"]["x-api-key"], "secret-talk"]
    hidden += [source["document_id"] for source in json.loads(answered["body"])["sources"]]
    hidden += ["stranger", "library"]
    assert [text for text in hidden if text.lower().encode() in held.lower()] == []


def test_the_caller_s_trace_goes_on_if_it_is_a_valid_one(chat: Chat, collector: Collector) -> None:
    made = with_header(asked(next(QUESTIONS), None), "traceparent", f"00-{TRACE}-{PARENT}-01")
    chat(made, **to(collector, OTEL_TRACES_SAMPLER_ARG="0"))
    [root] = named(collector.spans(), "POST /v1/chat")
    assert (root.trace_id, root.parent_id) == (TRACE, PARENT)


@pytest.mark.parametrize(
    "traceparent",
    [
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}",
        f"00-{TRACE.upper()}-{PARENT}-zz",
        "x" * 10_000,
        "",
    ],
)
def test_what_is_no_traceparent_begins_a_trace_of_our_own(
    chat: Chat, collector: Collector, traceparent: str
) -> None:
    made = with_header(asked(next(QUESTIONS), None), "traceparent", traceparent)
    assert chat(made, **to(collector))["statusCode"] == 200
    [root] = named(collector.spans(), "POST /v1/chat")
    assert root.trace_id not in (TRACE, "0" * 32)
    assert not root.parent_id


def test_a_caller_s_no_and_a_share_of_nothing_trace_nothing(
    chat: Chat, collector: Collector
) -> None:
    made = with_header(asked(next(QUESTIONS), None), "traceparent", f"00-{TRACE}-{PARENT}-00")
    assert chat(made, **to(collector))["statusCode"] == 200
    share = to(collector, OTEL_TRACES_SAMPLER_ARG="0")
    assert chat(asked(next(QUESTIONS), None), **share)["statusCode"] == 200
    assert collector.paths == []


def test_what_anybody_may_ask_is_not_traced(chat: Chat, collector: Collector) -> None:
    assert chat(health(), **to(collector))["statusCode"] == 200
    assert collector.paths == []


def test_a_request_that_is_refused_is_told_with_its_status(
    chat: Chat, collector: Collector
) -> None:
    made = event("chat") | {"body": "{}"}
    assert chat(made, **to(collector))["statusCode"] == 422
    [root] = named(collector.spans(), "POST /v1/chat")
    assert root.attributes["http.response.status_code"] == 422
    assert not root.failed  # the caller's fault is none of the server


def test_the_headers_of_the_secret_go_to_the_collector_s_address(
    chat: Chat, collector: Collector, upstreams: Upstreams
) -> None:
    client: Any = botocore.session.Session().create_client(
        "secretsmanager", endpoint_url=upstreams.aws["AWS_ENDPOINT_URL"]
    )
    client.create_secret(Name="collector", SecretString="Authorization=Bearer%20k3y,x-set=a")
    chat(asked(next(QUESTIONS), None), **to(collector, NEXUS_TRACES_SECRET="collector"))
    [headers] = collector.headers
    assert (headers["authorization"], headers["x-set"]) == ("Bearer k3y", "a")
    assert headers["content-type"] == "application/x-protobuf"
    assert collector.paths == ["/v1/traces"]


def test_a_secret_that_is_not_there_costs_the_traces_and_not_the_answer(
    chat: Chat, collector: Collector
) -> None:
    made = asked(next(QUESTIONS), None)
    check("chat", chat(made, **to(collector, NEXUS_TRACES_SECRET="nowhere")))
    assert collector.paths == []


def test_the_log_lines_of_a_traced_request_name_its_trace(chat: Chat, collector: Collector) -> None:
    [handler] = logger.handlers
    assert isinstance(handler, logging.StreamHandler)
    log = io.StringIO()
    before = handler.setStream(log)
    try:
        chat(asked(next(QUESTIONS), None), **to(collector))
        chat(asked(next(QUESTIONS), None))
    finally:
        handler.setStream(before)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    traced, untraced = [line for line in lines if line["message"] == "request"]
    [root] = named(collector.spans(), "POST /v1/chat")
    assert traced["trace_id"] == root.trace_id
    assert "trace_id" not in untraced


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
def test_a_collector_that_refuses_fails_no_question(
    chat: Chat, collector: Collector, status: int
) -> None:
    collector.status = status
    check("chat", chat(asked(next(QUESTIONS), None), **to(collector)))
    assert collector.paths


@pytest.mark.parametrize("manner", ["silent", "drips", "drips headers", "resets"])
def test_a_collector_that_hangs_fails_no_question(chat: Chat, manner: Any) -> None:
    with hostile_server(manner) as url:
        answered = chat(asked(next(QUESTIONS), None), OTEL_EXPORTER_OTLP_ENDPOINT=url)
    check("chat", answered)


def test_nothing_is_traced_where_no_collector_is_named(chat: Chat, collector: Collector) -> None:
    check("chat", chat(asked(next(QUESTIONS), None)))
    assert collector.paths == []
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" not in os.environ
