"""The reranker against the format that Cohere and Jina share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nexus.adapters.rerank.endpoint import RerankEndpoint
from nexus.errors import ConfigurationError, UpstreamRefused, UpstreamUnavailable
from tests.openai_server import Fault, OpenAIServer, running_openai_server

TEXTS = ["parking on campus", "the tuition fee is due in May", "tuition fee"]


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with running_openai_server() as running:
        yield running


def _reranker(server: OpenAIServer, timeout_s: float = 5) -> RerankEndpoint:
    return RerankEndpoint(f"{server.base_url}/rerank", "key", "ranker", timeout_s)


def test_scores_come_in_the_order_of_the_texts(server):
    scores = _reranker(server).rerank("tuition fee", TEXTS)

    assert scores[2] == pytest.approx(1)
    assert scores[0] < scores[1] < scores[2]
    request = server.requests[0]
    assert request.body == {
        "model": "ranker",
        "query": "tuition fee",
        "documents": TEXTS,
        "top_n": 3,
    }
    assert request.headers["authorization"] == "Bearer key"


def test_scores_outside_the_range_are_clipped(server):
    def stretch(body):
        body["results"] = [
            {"index": 1, "relevance_score": 7.5},
            {"index": 0, "relevance_score": -2},
        ]

    server.change = stretch
    assert _reranker(server).rerank("q", ["a", "b"]) == [0.0, 1.0]


def test_no_texts_cost_no_call(server):
    assert _reranker(server).rerank("q", []) == []
    assert server.requests == []


def _one_missing(body):
    body["results"].pop()


def _not_a_number(body):
    body["results"][0]["relevance_score"] = float("nan")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_one_missing, "2 of 3 texts"),
        (_not_a_number, "expected format"),
        (dict.clear, "NEXUS_RERANK_URL"),
    ],
)
def test_scores_that_cannot_be_right_are_refused(server, change, says):
    server.change = change

    with pytest.raises(UpstreamRefused, match=says):
        _reranker(server).rerank("q", TEXTS)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(429, headers={"retry-after": "7"}), UpstreamUnavailable),
        (Fault.reset(), UpstreamUnavailable),
        (Fault.hang(), UpstreamUnavailable),
        (Fault(200, "{"), UpstreamUnavailable),
        (Fault(401), UpstreamRefused),
        (Fault(404), UpstreamRefused),
    ],
)
def test_failures_are_ours(server, fault, error):
    server.fail(fault, fault)  # a connection that breaks is replaced once

    with pytest.raises(error) as caught:
        _reranker(server, timeout_s=0.1 if fault.way == "hang" else 5).rerank("q", TEXTS)

    assert caught.value.service == "models"
    assert caught.value.retry_after_s == (7 if fault.status == 429 else None)


def test_a_url_without_a_scheme_is_a_configuration_error():
    with pytest.raises(ConfigurationError, match="NEXUS_RERANK_URL"):
        RerankEndpoint("api.example.com/rerank", "key", "", 5)


def test_a_refused_key_is_read_once_more_and_the_call_tried_again(server):
    url = f"{server.base_url}/rerank"
    reranker = RerankEndpoint(url, "old", "ranker", 5, read_key=lambda: "new")
    server.fail(Fault.error(401))

    assert reranker.rerank("tuition fee", TEXTS)[2] == pytest.approx(1)
    sent = [request.headers["authorization"] for request in server.requests]
    assert sent == ["Bearer old", "Bearer new"]
