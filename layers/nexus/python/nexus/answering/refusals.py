"""What is said when the documents do not answer: what was searched, and what came closest."""

from __future__ import annotations

from collections.abc import Sequence

from nexus.models import Filters, Language, Passage
from nexus.text.inert import HIDDEN
from nexus.text.language import language_of
from nexus.text.titles import shown

NOT_FOUND = {
    Language.ENGLISH: "I could not find the answer to this in the documents.",
    Language.INDONESIAN: "Saya tidak menemukan jawabannya di dalam dokumen.",
}
CLOSEST = {
    Language.ENGLISH: " The closest that I found is {places}.",
    Language.INDONESIAN: " Yang paling dekat adalah {places}.",
}
NOTHING = {
    Language.ENGLISH: "There are no documents that I may search for this.",
    Language.INDONESIAN: "Tidak ada dokumen yang boleh saya cari untuk ini.",
}
UNMATCHED = {
    Language.ENGLISH: "No document that I may search passes the filters of this request ({names}): "
    "check how they are written, or leave them out.",
    Language.INDONESIAN: "Tidak ada dokumen yang boleh saya cari yang cocok dengan filter "
    "permintaan ini ({names}): periksa penulisannya, atau hilangkan filternya.",
}
# Titles worth naming: more would read as an answer.
NAMED = 2


def refusal(question: str, passages: Sequence[Passage], unmatched: Filters | None = None) -> str:
    """The sentence for a question that the passages do not answer, in the question's language.

    `unmatched` are the request's filters, if no document passes them.
    """
    language = language_of(question)
    if unmatched is not None:
        return UNMATCHED[language].format(names=_written(unmatched))
    if not passages:
        return NOTHING[language]
    titles = list(dict.fromkeys(shown(passage.title) for passage in named(passages)))
    if not titles:
        return NOT_FOUND[language]
    places = {Language.ENGLISH: " and ", Language.INDONESIAN: " dan "}[language].join(
        f"“{title}”" for title in titles
    )
    return NOT_FOUND[language] + CLOSEST[language].format(places=places)


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
