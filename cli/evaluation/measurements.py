"""The values that an evaluation measures, question by question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from cli.evaluation.questions import GoldenQuestion
from nexus.answering.answer_text import Style
from nexus.retrieval.answerability import Features
from nexus.retrieval.mismatch import Mismatch

T = TypeVar("T")

# Passages asked for; enough for ten documents, and all that a request may ask for.
TOP_K = 20

# What a question is asked of: everything, all but its article, all but its passage.
ARTICLE_MISSING = "article_missing"
GOLD_REMOVED = "gold_removed"


class Track(Protocol):
    """Passes items on, showing how far along they are."""

    def __call__(self, name: str, items: Iterable[T], total: int) -> Iterable[T]:
        """`items`, of which there are `total`, under a name for the reader."""
        ...


def untracked(name: str, items: Iterable[T], total: int) -> Iterable[T]:
    """A Track that shows nothing."""
    del name, total
    return items


@dataclass(frozen=True)
class Options:
    """Whether answers are written, how, and for how many questions documents are hidden."""

    answers: bool = False
    style: Style = "default"
    missing: int = 1000


@dataclass(frozen=True, slots=True)
class MeasuredAnswer:
    """An answer, held against the expected ones; counts of quotes and of sentences.

    `quotes_true` is None where the sources' full text cannot be seen.
    """

    text: str
    confidence: float
    contains: bool
    contains_1: bool
    contains_3: bool
    token_f1: float
    quotes: int
    quotes_true: int | None
    sentences: int
    sentences_cited: int


@dataclass(frozen=True, slots=True)
class MeasuredQuestion:
    """One question asked of the whole corpus.

    `rank` is the place of the first right document, from 1, or None; `answer_rank` that of the
    first of its passages with an answer's words. `held` says whether one of the passages that an
    answer is written from is of a right document. `answered` is None if no answer was asked for.
    `high` says whether it is, or without an answer would be, told with high confidence. `mismatch`
    is how it disagrees with its first passage. `degraded` means that a reranker should have had a
    say and failed. `error` is the kind of failure that kept the question from being measured.
    `article` is what its document is a part of.
    """

    question: GoldenQuestion
    rank: int | None = None
    answer_rank: int | None = None
    held: bool = False
    probability: float | None = None
    refused: bool | None = None
    high: bool | None = None
    features: Features | None = None
    mismatch: Mismatch | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
    answered: bool | None = None
    answer: MeasuredAnswer | None = None
    embedding_tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    degraded: bool = False
    error: str | None = None
    article: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What is made of a question whose right documents are hidden."""

    question_id: str
    probability: float
    refused: bool
    features: Features | None = None


@dataclass
class Run:
    """All that was measured so far; `stopped` says why it is not everything."""

    asked: int
    questions: list[MeasuredQuestion] = field(default_factory=list)
    missing: dict[str, list[Judged]] = field(default_factory=dict)
    indexing: dict[str, float] = field(default_factory=dict)
    settings: dict[str, object] = field(default_factory=dict)
    document_languages: dict[str, str] = field(default_factory=dict)
    stopped: str | None = None
