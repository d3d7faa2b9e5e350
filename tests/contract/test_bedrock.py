"""Bedrock's models keep the promises of the ports, signed with the function's own credentials."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import pytest

from nexus.errors import ConfigurationError, UpstreamRefused, UpstreamUnavailable
from nexus.ports import Message, Secrets
from nexus.settings import Settings
from nexus.wiring.aws_clients import forget_clients
from nexus.wiring.models import Models
from tests.bedrock_server import (
    ACCESS_KEY,
    ANSWER,
    REGION,
    SECRET_KEY,
    TOKEN,
    BedrockServer,
    vector_of,
)

TITAN, COHERE = "amazon.titan-embed-text-v2:0", "cohere.embed-multilingual-v3"
ASKED = [Message("system", "Answer."), Message("user", "Where are fees paid?")]


class NoSecrets(Secrets):
    """Fails whoever reads a secret: on Bedrock there is none."""

    def get(self, secret_id: str) -> str:
        raise AssertionError(f"the secret {secret_id!r} was read")


@pytest.fixture
def bedrock(monkeypatch: pytest.MonkeyPatch) -> Iterator[BedrockServer]:
    server = BedrockServer()
    for name, value in {
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": server.url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_SESSION_TOKEN": TOKEN,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("nexus.adapters.openai.connection._FIRST_PAUSE_S", 0.001)
    forget_clients()
    yield server
    forget_clients()
    server.close()


def settings(**more: object) -> Settings:
    chosen = {
        "models_provider": "bedrock",
        "embedding_model": TITAN,
        "embedding_dimension": 256,
        "chat_model": "openai.gpt-oss-120b-1:0",
        "chat_api": "chat_completions",
        **more,
    }
    return dataclasses.replace(Settings(), **chosen)  # type: ignore[arg-type]


def models(**more: object) -> Models:
    return Models(settings(**more), NoSecrets())


def unit(text: str, dimension: int) -> tuple[float, ...]:
    raw = vector_of(text, dimension)
    return tuple(number / math.hypot(*raw) for number in raw)


def test_titan_embeds_each_text_by_a_call_and_in_order(bedrock: BedrockServer) -> None:
    texts = [f"text number {n}" for n in range(20)]
    found = models().embedder(settings().generation).embed(texts)
    assert found.tokens == 60
    for text, vector in zip(texts, found.vectors, strict=True):
        assert vector == pytest.approx(unit(text, 256))
    assert [path for path, _ in bedrock.requests] == [
        "/model/amazon.titan-embed-text-v2%3A0/invoke"
    ] * 20


@pytest.mark.parametrize("documents", [True, False])
@pytest.mark.parametrize(("model", "dimension"), [(COHERE, 1024), ("cohere.embed-v4:0", 512)])
def test_cohere_embeds_in_batches_and_is_told_questions_from_documents(
    bedrock: BedrockServer, documents: bool, model: str, dimension: int
) -> None:
    chosen = {"embedding_model": model, "embedding_dimension": dimension}
    embedder = models(**chosen).embedder(settings(**chosen).generation, documents=documents)
    texts = [f"teks {n}" for n in range(200)]
    found = embedder.embed(texts)
    assert (len(found.vectors), found.tokens) == (200, 400)
    assert found.vectors[150] == pytest.approx(unit("teks 150", dimension))
    assert sorted(len(body["texts"]) for _, body in bedrock.requests) == [8, 96, 96]
    kinds = {body["input_type"] for _, body in bedrock.requests}
    assert kinds == {"search_document" if documents else "search_query"}


@pytest.mark.parametrize("model", [TITAN, COHERE])
def test_a_text_longer_than_a_model_reads_is_embedded_by_its_beginning(
    bedrock: BedrockServer, model: str
) -> None:
    dimension = 256 if model == TITAN else 1024
    chosen = {"embedding_model": model, "embedding_dimension": dimension}
    embedder = models(**chosen).embedder(settings(**chosen).generation)
    found = embedder.embed(["学" * 60_000, "half a pair \ud800"])
    assert len(found.vectors) == 2


def test_a_model_that_it_cannot_ask_and_a_wrong_dimension_are_named(
    bedrock: BedrockServer,
) -> None:
    other = {"embedding_model": "amazon.nova-lite-v1:0"}
    with pytest.raises(ConfigurationError, match="NEXUS_EMBEDDING_MODEL"):
        models(**other).embedder(settings(**other).generation).embed(["a"])
    wrong = {"embedding_dimension": 300}
    with pytest.raises(UpstreamRefused, match="NEXUS_EMBEDDING_DIMENSION"):
        models(**wrong).embedder(settings(**wrong).generation).embed(["a"])


@pytest.mark.parametrize("model", ["amazon.rerank-v1:0", "cohere.rerank-v3-5:0"])
def test_texts_are_reranked_in_their_order(bedrock: BedrockServer, model: str) -> None:
    reranker = models(rerank_model=model).reranker()
    assert reranker is not None
    assert reranker.rerank("paid fees", ["a map", "fees are paid", "fees"]) == [0.0, 1.0, 0.5]
    assert reranker.rerank("paid fees", []) == []
    assert len(bedrock.requests) == 1
    assert models().reranker() is None


def test_answers_come_by_the_openai_compatible_path_whole_or_in_pieces(
    bedrock: BedrockServer,
) -> None:
    chat = models().chat()
    whole = chat.complete(ASKED, 100)
    assert (whole.text, whole.usage.input_tokens) == (ANSWER, 20)
    heard: list[str] = []
    assert chat.stream(ASKED, 100, heard.append).text.split() == ANSWER.split()
    assert len(heard) > 3
    path, body = bedrock.requests[0]
    assert path == "/openai/v1/chat/completions"
    assert body["model"] == "openai.gpt-oss-120b-1:0"


def test_passing_failures_of_an_embedding_are_tried_again(bedrock: BedrockServer) -> None:
    bedrock.fail_next(1, "ThrottlingException", 429)
    bedrock.fail_next(1, "ModelTimeoutException", 408)
    bedrock.fail_next(1, "ServiceUnavailableException", 503)
    assert len(models().embedder(settings().generation).embed(["a"]).vectors) == 1


@pytest.mark.parametrize(
    ("name", "status", "error", "said"),
    [
        ("ThrottlingException", 429, UpstreamUnavailable, "try again"),
        ("InternalServerException", 500, UpstreamUnavailable, "try again"),
        ("AccessDeniedException", 403, UpstreamRefused, "bedrock:InvokeModel"),
        ("ResourceNotFoundException", 404, UpstreamRefused, "that this region has it"),
        ("ValidationException", 400, UpstreamRefused, "ValidationException"),
    ],
)
def test_a_failure_that_stays_says_what_to_do(
    bedrock: BedrockServer, name: str, status: int, error: type[Exception], said: str
) -> None:
    asked = models(rerank_model="amazon.rerank-v1:0", embedding_retries=0)
    reranker = asked.reranker()
    assert reranker is not None
    for call in (
        lambda: asked.embedder(settings().generation).embed(["secretword"]),
        lambda: asked.chat().complete([Message("user", "secretword")], 20),
        lambda: reranker.rerank("secretword", ["a"]),
    ):
        bedrock.fail_next(1, name, status)
        with pytest.raises(error, match=said) as failure:
            call()
        assert "secretword" not in str(failure.value)


def test_a_ping_tells_credentials_that_are_refused(
    bedrock: BedrockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    models().chat().ping()
    models().embedder(settings().generation).ping()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    forget_clients()
    with pytest.raises(UpstreamRefused):
        models().chat().ping()
    with pytest.raises(UpstreamRefused):
        models().embedder(settings().generation).ping()
