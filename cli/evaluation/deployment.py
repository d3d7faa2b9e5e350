"""Measures a deployment through its HTTP API, at the pace that its usage plan allows."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

import httpx2

from cli.evaluation.answers import answer_place, measure_answer, stands_in
from cli.evaluation.corpus import Corpus
from cli.evaluation.measurements import TOP_K, MeasuredQuestion, Run, Track
from cli.evaluation.questions import GoldenQuestion
from cli.evaluation.rank_measures import place_of
from cli.evaluation.text_measures import squeezed
from cli.failure import Failure
from nexus.answering.answer_text import Style

TIMEOUT_S = 60.0
# A minute covers a plan's rate; a plan's daily quota is not waited for.
PATIENCE_S = 60.0
LONGEST_WAIT_S = 20.0
GIVE_UP_AFTER = 5
LONGEST_QUERY = 1000
_PASSING = (429, 502, 503, 504)
_DEFAULT_TOP_K = 5


class Refused(Exception):
    """The deployment answered with an error, or not at all; the message is a sentence."""


class Deployment:
    """A deployment's API, called with one key; waits where it is told to."""

    def __init__(
        self, url: str, key: str, client: httpx2.Client, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = {"x-api-key": key, "cache-control": "no-cache"}
        self._client = client
        self._sleep = sleep

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON that the API answers with. Raises Refused.

        429 and 502 to 504 are tried again for a minute, after what Retry-After says, if it does.
        """
        waited, pause = 0.0, 1.0
        while True:
            try:
                response = self._client.post(self._url + path, headers=self._headers, json=body)
            except httpx2.TransportError as err:
                raise Refused(f"{self._url} cannot be reached ({type(err).__name__}).") from err
            if response.status_code not in _PASSING or waited >= PATIENCE_S:
                return _content(response)
            wait = min(LONGEST_WAIT_S, _retry_after_s(response) or pause)
            self._sleep(wait)
            waited, pause = waited + wait, pause * 2


def measure(
    deployment: Deployment,
    questions: Sequence[GoldenQuestion],
    corpus: Corpus | None,
    style: Style,
    run: Run,
    track: Track,
) -> None:
    """Searches for and asks each question, noting each result in `run` at once.

    With the corpus that was uploaded, rankings are told by its passages' texts; without it, by the
    file names in the sources' URIs. Raises Failure after five errors in a row.
    """
    failures = 0
    for question in track("Asking", questions, len(questions)):
        try:
            run.questions.append(ask(deployment, question, corpus, style))
            failures = 0
        except Refused as err:
            run.questions.append(MeasuredQuestion(question, error=str(err)))
            failures += 1
            if failures == GIVE_UP_AFTER:
                raise Failure(f"The deployment answers no more: {err}") from err


def ask(
    deployment: Deployment,
    question: GoldenQuestion,
    corpus: Corpus | None,
    style: Style = "default",
) -> MeasuredQuestion:
    """One search and one answer, measured as far as the API tells. Raises Refused."""
    started = time.perf_counter()
    search = deployment.post("/v1/search", {"query": question.text, "top_k": TOP_K})
    searched = time.perf_counter()
    body = {"message": question.text} | ({} if style == "default" else {"style": style})
    chat = deployment.post("/v1/chat", body)
    answered = time.perf_counter()
    passages = search["passages"]
    right = {p["document_id"] for p in passages if is_right(p, question, corpus)}
    ranking = [passage["document_id"] for passage in passages]
    sources = [(source["document_id"], source["quote"]) for source in chat["sources"]]
    confidence, usage = float(chat["confidence"]["score"]), chat["usage"]

    def find(document_id: str, quote: str) -> bool | None:
        if _shows(passages, document_id, quote):
            return True
        # What the question did not find of the document, the quote itself may.
        body = {"query": quote[:LONGEST_QUERY], "filters": {"document_ids": [document_id]}}
        more = deployment.post("/v1/search", {**body, "top_k": TOP_K})["passages"]
        return True if _shows(more, document_id, quote) else None

    return MeasuredQuestion(
        question=question,
        rank=place_of(ranking, right),
        answer_rank=answer_place(
            [(passage["document_id"], passage["text"]) for passage in passages],
            right,
            question.answers,
        ),
        held=question.answerable and not right.isdisjoint(ranking[:_DEFAULT_TOP_K]),
        probability=min(1.0, max(0.0, confidence)),
        refused=bool(chat["refused"]),
        high=chat["confidence"]["level"] == "high",
        answered=not chat["refused"],
        answer=None
        if chat["refused"]
        else measure_answer(chat["answer"], question.answers, sources, confidence, find),
        timings_ms={
            **{f"server_{stage}": float(ms) for stage, ms in chat["timings"].items()},
            "retrieval": round((searched - started) * 1000, 2),
            "answer": round((answered - searched) * 1000, 2),
        },
        embedding_tokens=usage["embedding_tokens"],
        input_tokens=usage["input_tokens"],
        output_tokens=usage["output_tokens"],
    )


def _shows(passages: Sequence[Mapping[str, Any]], document_id: str, quote: str) -> bool:
    texts = [passage["text"] for passage in passages if passage["document_id"] == document_id]
    return any(stands_in(quote, text) for text in texts)


def is_right(passage: Mapping[str, Any], question: GoldenQuestion, corpus: Corpus | None) -> bool:
    """Whether a returned passage is of the document that answers the question."""
    names = {question.document}
    if corpus is not None:
        ids = corpus.right_for(question.document)
        alike = [item for item in corpus.documents if item.document_id in ids]
        names = {item.name for item in alike}
        if any(_within(passage["text"], item.content) for item in alike):
            return True
    return _is_named(str(passage["uri"]), names)


def _within(text: str, content: object) -> bool:
    """Whether one of two texts holds the other: a chunk its passage, or joined chunks theirs."""
    if not isinstance(content, bytes):
        return False  # a file is known by its name
    part, whole = squeezed(text), squeezed(content.decode())
    return bool(part) and (part in whole or whole in part)


def _is_named(uri: str, names: Collection[str]) -> bool:
    path = PurePosixPath(unquote(uri))
    return (
        path.name in names
        or path.stem in names
        or str(path).endswith(tuple(f"/{name}" for name in names if name))
    )


def _content(response: httpx2.Response) -> dict[str, Any]:
    try:
        content = response.json()
    except ValueError:
        content = {}
    if response.is_success and isinstance(content, dict):
        return content
    said = content.get("detail") or content.get("message") if isinstance(content, dict) else ""
    raise Refused(f"{response.status_code}: {said or response.reason_phrase}")


def _retry_after_s(response: httpx2.Response) -> float | None:
    try:
        return max(0.0, float(response.headers.get("retry-after", "")))
    except ValueError:
        return None
