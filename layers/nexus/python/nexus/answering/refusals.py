"""What is said when the documents do not answer: what was searched, and what came closest."""

from __future__ import annotations

from collections.abc import Sequence

from nexus.models import Language, Passage
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
# Titles worth naming: more would read as an answer.
NAMED = 2


def refusal(question: str, passages: Sequence[Passage]) -> str:
    """The sentence for a question that the passages do not answer, in the question's language."""
    language = language_of(question)
    if not passages:
        return NOTHING[language]
    titles = list(dict.fromkeys(shown(passage.title) for passage in passages))
    titles = [title for title in titles if title and title != HIDDEN][:NAMED]
    if not titles:
        return NOT_FOUND[language]
    places = {Language.ENGLISH: " and ", Language.INDONESIAN: " dan "}[language].join(
        f"“{title}”" for title in titles
    )
    return NOT_FOUND[language] + CLOSEST[language].format(places=places)
