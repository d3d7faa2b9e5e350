"""How a deployment is measured over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from cli.evaluation.corpus import read_corpus
from cli.evaluation.deployment import Deployment, ask, measure
from cli.evaluation.measurements import Run, untracked
from cli.evaluation.questions import GoldenQuestion
from cli.failure import Failure

QUESTION = GoldenQuestion("q", "How much is it?", "fees.md", ("40 euros",), True)
PASSAGES = [
    {"document_id": "d1", "uri": "s3://b/documents/t/other.md", "text": "Nothing."},
    {"document_id": "d1", "uri": "s3://b/documents/t/other.md", "text": "Nor here."},
    {"document_id": "d2", "uri": "s3://b/documents/t/sub/fees.md", "text": "It is 40 euros."},
]
CHAT = {
    "answer": "It is 40 euros. [1]",
    "sources": [{"document_id": "d2", "quote": "It is  40 euros."}],
    "confidence": {"level": "high", "score": 0.9},
    "refused": False,
    "usage": {"embedding_tokens": 5, "input_tokens": 7, "output_tokens": 3},
    "timings": {"total": 12.5},
}


def deployment(answer: Callable[[str, dict[str, Any]], Any], waits: list[float]) -> Deployment:
    def handle(request: httpx2.Request) -> httpx2.Response:
        assert request.headers["x-api-key"] == "key"
        found = answer(request.url.path, json.loads(request.content))
        if isinstance(found, httpx2.Response):
            return found
        return httpx2.Response(200, json=found)

    client = httpx2.Client(transport=httpx2.MockTransport(handle))
    return Deployment("http://api.example/live/", "key", client, waits.append)


def answering(path: str, body: dict[str, Any]) -> Any:
    assert path.startswith("/live/v1/")
    return {"passages": PASSAGES} if path.endswith("/search") else CHAT


def test_ranks_quotes_and_tokens_are_read_from_the_api() -> None:
    measured = ask(deployment(answering, []), QUESTION, None)
    assert (measured.rank, measured.held, measured.probability) == (2, True, 0.9)
    assert measured.answer_rank == 3  # of passages, not of documents
    assert measured.answer is not None
    assert (measured.answer.contains_1, measured.answer.quotes_true) == (True, 1)
    assert measured.timings_ms["server_total"] == 12.5
    assert (measured.embedding_tokens, measured.input_tokens, measured.output_tokens) == (5, 7, 3)


def test_a_quote_that_no_passage_shows_is_not_known_to_be_wrong() -> None:
    def elsewhere(path: str, body: dict[str, Any]) -> Any:
        if path.endswith("/chat"):
            return CHAT | {"sources": [{"document_id": "d2", "quote": "from page nine"}]}
        if body.get("filters") == {"document_ids": ["d2"]} and shown:
            return {"passages": [PASSAGES[2] | {"text": "… from page nine …"}]}
        return {"passages": PASSAGES}

    shown: list[int] = []
    answer = ask(deployment(elsewhere, []), QUESTION, None).answer
    assert answer is not None
    assert answer.quotes_true is None
    shown.append(1)
    answer = ask(deployment(elsewhere, []), QUESTION, None).answer
    assert answer is not None
    assert answer.quotes_true == 1


def test_passages_of_a_corpus_are_known_by_their_text(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(json.dumps({"id": "p1", "title": "T", "text": "So. It is 40 euros. Yes."}))
    question = GoldenQuestion("q", "How much?", "p1", ("40",), True)
    assert ask(deployment(answering, []), question, read_corpus(path)).rank == 2
    assert ask(deployment(answering, []), question, None).rank is None


def test_it_waits_as_long_as_it_is_told_and_not_for_ever() -> None:
    calls = 0

    def busy(path: str, body: dict[str, Any]) -> Any:
        nonlocal calls
        calls += 1
        if calls == 1:
            return httpx2.Response(429, headers={"retry-after": "7"})
        return httpx2.Response(429) if calls == 2 else answering(path, body)

    waits: list[float] = []
    assert ask(deployment(busy, waits), QUESTION, None).rank == 2
    assert waits[0] == 7
    assert len(waits) == 2

    over_quota: list[float] = []
    run = Run(9)
    with pytest.raises(Failure, match="429"):
        measure(
            deployment(lambda *_: httpx2.Response(429, json={"message": "Limit"}), over_quota),
            [QUESTION] * 9,
            None,
            "default",
            run,
            untracked,
        )
    assert [measured.error for measured in run.questions] == ["429: Limit"] * 5
    assert sum(over_quota) < 5 * 90
