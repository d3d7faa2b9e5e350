"""What a day, or several, came to: counts that can be added, and no words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from nexus.insights.histogram import Histogram
from nexus.models import Feedback, LoggedQuestion

# Clients and documents of a day that are counted one by one: an item holds 400 KB.
MOST_CLIENTS, MOST_DOCUMENTS = 1_000, 2_000
BINS = 10
# ISO 639-2 says so of a language that nothing tells.
UNDETERMINED = "und"


@dataclass(slots=True)
class Usage:
    """What was asked by a client, or of a model; `last` is when a client last asked."""

    questions: int = 0
    refused: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    nanodollars: int = 0
    last: str = ""

    def merge(self, other: Usage) -> None:
        """Adds what another came to."""
        self.questions += other.questions
        self.refused += other.refused
        self.tokens_in += other.tokens_in
        self.tokens_out += other.tokens_out
        self.nanodollars += other.nanodollars
        self.last = max(self.last, other.last)

    @property
    def dollars(self) -> float:
        """US dollars."""
        return self.nanodollars / 1e9


@dataclass(slots=True)
class Cited:
    """How often a document was cited, and named as the closest by a refusal."""

    cited: int = 0
    closest: int = 0


@dataclass(slots=True)
class Tally:
    """Counts of questions; `whole` is False where clients or documents were too many to tell.

    `questions` are all that were asked; of these `failed` got no answer, and everything else is of
    those that did.
    """

    questions: int = 0
    failed: int = 0
    refused: int = 0
    cached: int = 0
    up: int = 0
    down: int = 0
    whole: bool = True
    latency: Histogram = field(default_factory=Histogram)
    levels: Counter[str] = field(default_factory=Counter)
    scores: Counter[int] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    clients: dict[str, Usage] = field(default_factory=dict)
    models: dict[str, Usage] = field(default_factory=dict)
    documents: dict[str, Cited] = field(default_factory=dict)

    def add(self, question: LoggedQuestion) -> None:
        """Counts one question."""
        self.questions += 1
        client = self._client(question.client)
        client.merge(Usage(1, int(question.refused), last=question.created_at))
        for spent in question.spent:
            paid = Usage(
                tokens_in=spent.tokens_in,
                tokens_out=spent.tokens_out,
                nanodollars=spent.nanodollars,
            )
            client.merge(paid)
            self.models.setdefault(spent.model, Usage()).merge(paid)
            self.models[spent.model].questions += 1
        if question.failed:
            self.failed += 1
            self.errors[question.failed] += 1
            return
        self.refused += question.refused
        self.cached += question.cached
        self.latency.add(question.latency_ms)
        if not question.refused:
            self.levels[question.level] += 1
            self.scores[min(int(question.score * BINS), BINS - 1)] += 1
        self.languages[question.language or UNDETERMINED] += 1
        for document_id in dict.fromkeys(question.document_ids):
            counted = self._document(document_id)
            counted.closest += question.refused
            counted.cited += not question.refused

    def rate(self, feedback: Feedback) -> None:
        """Counts one rating."""
        self.up += feedback.rating == "up"
        self.down += feedback.rating == "down"
        self.reasons.update(feedback.reasons)

    def merge(self, other: Tally) -> None:
        """Adds what another came to."""
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in _COUNTERS:
            getattr(self, name).update(getattr(other, name))
        self.whole = self.whole and other.whole
        self.latency.merge(other.latency)
        for name, usage in other.clients.items():
            self.clients.setdefault(name, Usage()).merge(usage)
        for name, usage in other.models.items():
            self.models.setdefault(name, Usage()).merge(usage)
        for name, counted in other.documents.items():
            mine = self.documents.setdefault(name, Cited())
            mine.cited += counted.cited
            mine.closest += counted.closest

    def ratings_of(self, other: Tally) -> None:
        """Takes the ratings of another in place of its own."""
        self.up, self.down, self.reasons = other.up, other.down, other.reasons

    def _client(self, name: str) -> Usage:
        if name not in self.clients and len(self.clients) >= MOST_CLIENTS:
            self.whole = False
            return Usage()
        return self.clients.setdefault(name, Usage())

    def _document(self, name: str) -> Cited:
        if name not in self.documents and len(self.documents) >= MOST_DOCUMENTS:
            self.whole = False
            return Cited()
        return self.documents.setdefault(name, Cited())

    def values(self) -> dict[str, Any]:
        """The same as plain values, for a store."""
        return {
            **{name: getattr(self, name) for name in (*_NUMBERS, "whole")},
            **{name: dict(getattr(self, name)) for name in ("levels", "languages", "reasons")},
            "errors": dict(self.errors),
            "scores": {str(place): count for place, count in self.scores.items()},
            "latency": {str(place): count for place, count in self.latency.buckets.items()},
            "clients": {name: _row(usage) for name, usage in self.clients.items()},
            "models": {name: _row(usage) for name, usage in self.models.items()},
            "documents": {
                name: [counted.cited, counted.closest] for name, counted in self.documents.items()
            },
        }

    @classmethod
    def of(cls, values: dict[str, Any]) -> Tally:
        """From what `values` made."""
        return cls(
            **{name: values[name] for name in (*_NUMBERS, "whole")},
            latency=Histogram({int(place): count for place, count in values["latency"].items()}),
            scores=Counter({int(place): count for place, count in values["scores"].items()}),
            levels=Counter(values["levels"]),
            languages=Counter(values["languages"]),
            reasons=Counter(values["reasons"]),
            errors=Counter(values["errors"]),
            clients={name: Usage(*row) for name, row in values["clients"].items()},
            models={name: Usage(*row) for name, row in values["models"].items()},
            documents={name: Cited(*row) for name, row in values["documents"].items()},
        )


_NUMBERS = ("questions", "failed", "refused", "cached", "up", "down")
_COUNTERS = ("levels", "scores", "languages", "reasons", "errors")


def _row(usage: Usage) -> list[Any]:
    return [
        usage.questions,
        usage.refused,
        usage.tokens_in,
        usage.tokens_out,
        usage.nanodollars,
        usage.last,
    ]
