"""Holds an answer against the expected ones and its quotes against the documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from cli.evaluation.measurements import MeasuredAnswer
from cli.evaluation.text_measures import contains, squeezed, token_f1
from cli.local.models.sentences import split_units
from nexus.answering.citations import MARKER

# Words up to the next markers, and these with the stop that may follow them.
_STRETCH = re.compile(
    r"(?P<words>(?:(?!\s*\[\d{1,2}\]).)+)(?P<markers>(?:\s*\[\d{1,2}\])*[.!?]?)", re.DOTALL
)
_STOPS = (".", "!", "?", "…", "”", '"')

# Tells whether a quote stands in a document, by its id; None if that cannot be known.
FindQuote = Callable[[str, str], bool | None]


def measure_answer(
    text: str,
    expected: Sequence[str],
    quotes: Sequence[tuple[str, str]],
    confidence: float,
    find: FindQuote,
) -> MeasuredAnswer:
    """Measures an answer with its quotes, given as (document id, quote).

    A sentence counts as cited when it carries a marker that names one of the sources.
    """
    parts = cited_sentences(text)
    bare = [MARKER.sub("", part).strip() for part in parts]
    found = [find(document_id, quote) for document_id, quote in quotes]
    known = [outcome for outcome in found if outcome is not None]
    valid = {str(number) for number in range(1, len(quotes) + 1)}
    return MeasuredAnswer(
        text=text,
        confidence=confidence,
        contains=contains(" ".join(bare), expected),
        contains_1=contains(" ".join(bare[:1]), expected),
        contains_3=contains(" ".join(bare[:3]), expected),
        token_f1=token_f1(" ".join(bare), expected),
        quotes=len(quotes),
        quotes_true=sum(known) if len(known) == len(quotes) else None,
        sentences=len(parts),
        sentences_cited=sum(bool(valid & set(MARKER.findall(part))) for part in parts),
    )


def cited_sentences(text: str) -> list[str]:
    """The answer's sentences, each with the markers that stand before or after its stop."""
    parts: list[str] = []
    for stretch in _STRETCH.finditer(text):
        words, markers = stretch["words"], stretch["markers"]
        stops = not parts or parts[-1].endswith(_STOPS) or not words.lstrip()[:1].islower()
        found = [words[unit.start : unit.end].strip() for unit in split_units(words)]
        found = [part for part in found if part.strip(" .,;:!?")]
        if found and not stops:  # the marker stood inside a sentence
            parts[-1] += f" {found.pop(0)}"
        parts += found
        if parts and markers:
            parts[-1] += f" {markers.strip()}"
    return parts


def answer_place(
    passages: Sequence[tuple[str, str]], right: Collection[str], expected: Sequence[str]
) -> int | None:
    """The place of the first passage, (document id, text), of a right document with an answer."""
    for place, (document_id, text) in enumerate(passages, start=1):
        if document_id in right and contains(text, expected):
            return place
    return None


def stands_in(quote: str, text: str) -> bool:
    """Whether the quote stands verbatim in the text, blanks and spellings of characters aside."""
    wanted = squeezed(quote)
    return bool(wanted) and wanted in squeezed(text)
