"""The log of questions and what was rated, day by day, and what is left of it when texts go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from nexus.models import Feedback, LoggedQuestion, Rating


class QuestionLog(Protocol):
    """What a tenant was asked, and what was thought of the answers. Days are UTC, YYYY-MM-DD."""

    def add(self, tenant: str, question: LoggedQuestion) -> None:
        """Keeps one question that no turn is written with, as it failed."""
        ...

    def rate(self, tenant: str, feedback: Feedback) -> None:
        """Keeps what is thought of an answer, in place of what the same client thought before."""
        ...

    def question(self, tenant: str, created_at: str, message_id: str) -> LoggedQuestion | None:
        """One question of the log; None if it is not there (any more)."""
        ...

    def questions(self, tenant: str, day: str) -> Iterator[LoggedQuestion]:
        """The day's questions, oldest first, page by page."""
        ...

    def failures(self, tenant: str, day: str) -> Iterator[LoggedQuestion]:
        """The day's questions that failed, newest first."""
        ...

    def ratings(self, tenant: str, first: str, last: str) -> Iterator[Feedback]:
        """What was thought of the answers of these days, both included, oldest answer first."""
        ...

    def rated(self, tenant: str, places: Sequence[tuple[str, str]]) -> dict[str, Rating]:
        """What was thought of answers, given by `created_at` and id, by id; of those rated."""
        ...

    def texts(self, tenant: str, places: Sequence[tuple[str, str]]) -> dict[str, str]:
        """The words of questions, given by `created_at` and id, by id; those that are kept."""
        ...


class Rollups(Protocol):
    """What finished days come to, one value and the day's clusters of questions a day."""

    def tenants(self, day: str) -> list[str]:
        """The tenants that were asked something on a day."""
        ...

    def days_asked(self, tenant: str, days: Sequence[str]) -> set[str]:
        """Those of the days on which the tenant was asked something."""
        ...

    def stale(self, tenant: str, first: str, last: str) -> set[str]:
        """Days whose questions changed since they were rolled up: a late rating, or a deletion."""
        ...

    def days_rolled(self, tenant: str, first: str, last: str) -> set[str]:
        """Which of these days are rolled up."""
        ...

    def rolled(self, tenant: str, first: str, last: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each of these days that is rolled up, with what it came to."""
        ...

    def clusters(
        self, tenant: str, first: str, last: str
    ) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Each of these days whose clusters are kept, with these."""
        ...

    def keep(
        self,
        tenant: str,
        day: str,
        tally: dict[str, Any],
        clusters: list[dict[str, Any]],
        began: float,
    ) -> None:
        """Keeps what a day came to; it is stale no more, unless it changed after `began`."""
        ...


class CitedQuestions(Protocol):
    """What the log, the ratings and the rollups hold of a document."""

    def redact(self, tenant: str, document_id: str) -> int:
        """Takes the document's id, and texts that may quote it, out; how many items it changed."""
        ...

    def count_naming(self, tenant: str, document_id: str) -> int:
        """How many items still name the document, read consistently."""
        ...


class QuestionTraces(Protocol):
    """What the log and the ratings hold of somebody's words."""

    def forget(self, tenant: str, turns: Sequence[tuple[str, str]]) -> None:
        """Takes all but numbers out of what is kept of turns, by `created_at` and message id."""
        ...
