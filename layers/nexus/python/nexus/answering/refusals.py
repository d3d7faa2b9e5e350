"""What is said when the documents do not answer: what was searched, and what came closest."""

from __future__ import annotations

from collections.abc import Sequence

from nexus.answering.phrases import phrases_for
from nexus.models import Filters, Passage
from nexus.text.inert import HIDDEN
from nexus.text.titles import shown

# Titles worth naming: more would read as an answer.
NAMED = 2


def refusal(question: str, passages: Sequence[Passage], unmatched: Filters | None = None) -> str:
    """The sentence for a question that the passages do not answer, in the question's language.

    `unmatched` are the request's filters, if no document passes them.
    """
    said = phrases_for(question)
    if unmatched is not None:
        return said.unmatched.format(names=_written(unmatched))
    if not passages:
        return said.nothing
    titles = list(dict.fromkeys(shown(passage.title) for passage in named(passages)))
    if not titles:
        return said.not_found
    before, behind = said.quotes
    places = said.both.join(f"{before}{title}{behind}" for title in titles)
    return said.not_found + said.closest.format(places=places)


def not_found(question: str) -> str:
    """The sentence that the answer was not found, and no more, in the question's language."""
    return phrases_for(question).not_found


def named(passages: Sequence[Passage]) -> list[Passage]:
    """The passages whose titles a refusal tells: of the first two that are fit to be shown."""
    titles = dict.fromkeys(shown(passage.title) for passage in passages)
    told = [title for title in titles if title and title != HIDDEN][:NAMED]
    return [passage for passage in passages if shown(passage.title) in told]


def _written(filters: Filters) -> str:
    """The filters that are set, as the request wrote them."""
    written = {
        "departments": ", ".join(map(shown, filters.departments[:NAMED])),
        "tags": ", ".join(map(shown, filters.tags[:NAMED])),
        "date_from": filters.date_from,
        "date_to": filters.date_to,
        "document_ids": ", ".join(map(shown, filters.document_ids[:NAMED])),
    }
    return "; ".join(f"{name}: {value}" for name, value in written.items() if value)
