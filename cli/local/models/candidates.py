"""Takes the passages of a prompt apart into the sentences that may be quoted as an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from cli.local.models.prompt_reader import AnswerPrompt, QuotedPassage
from cli.local.models.sentences import Unit, split_units
from cli.local.models.words import content_stems, content_stems_of
from nexus.retrieval.answer_kinds import all_words
from nexus.retrieval.apart import passage_tongue
from nexus.text.dictionary import bridge
from nexus.text.inert import HIDDEN
from nexus.text.tongues import tongue_of

# What the prompt shows instead of a paragraph's rest that instructs a machine: a gap between
# sentences, and no part of one.
_HIDDEN_END = re.compile(rf"{re.escape(HIDDEN)}(?=\s*(?:\n|\Z))")
_BARE = ("heading", "line")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit of a passage, with the stems in it, before it, about it and in its whole passage.

    `term` is what the unit stands under, unless the passage's own place says that already.
    """

    passage: QuotedPassage
    unit: Unit
    rank: int
    stems: tuple[str, ...]
    before: frozenset[str]
    around: frozenset[str]
    everywhere: frozenset[str]
    term: tuple[int, int] | None = None

    @property
    def text(self) -> str:
        """The unit's own text, verbatim."""
        return self.passage.text[self.unit.start : self.unit.end]


def candidates(prompt: AnswerPrompt) -> list[Candidate]:
    """Every unit of every passage, each text once, in the prompt's order.

    Of a passage in the other of the dictionary's languages the words are read as the question's.
    """
    found: list[Candidate] = []
    seen: set[str] = set()
    for rank, passage in enumerate(prompt.passages):
        units = split_units(_HIDDEN_END.sub("\n" * len(HIDDEN), passage.text))
        read = _stems_of(passage, prompt)
        stems = [tuple(read(passage.text[unit.start : unit.end])) for unit in units]
        title = frozenset(read(f"{passage.title} {passage.place}"))
        everywhere = title.union(*stems)
        for place, unit in enumerate(units):
            text = passage.text[unit.start : unit.end]
            if text in seen:
                continue
            seen.add(text)
            # A heading tells of what stands under it, and not of that in the place it names only.
            previous = [stems[place - 1]] if place and units[place - 1].kind not in _BARE else []
            before = frozenset(stems[place]).union(*previous)
            term = None if _is_place(passage, unit.term) else unit.term
            for near in (unit.context, term):
                if near is not None:
                    before = before.union(read(passage.text[slice(*near)]))
            around = before.union(title, *stems[place + 1 : place + 2])
            found.append(
                Candidate(passage, unit, rank, stems[place], before, around, everywhere, term)
            )
    return found


def _stems_of(passage: QuotedPassage, prompt: AnswerPrompt) -> Callable[[str], list[str]]:
    """What gives the stems of a stretch of the passage."""
    question = prompt.standalone or prompt.question
    other = passage_tongue(passage.title, passage.text)
    known = bridge(all_words(question), tongue_of(question), other)
    if known is None:
        return content_stems
    return lambda text: content_stems_of(known.read(all_words(text)))


def _is_place(passage: QuotedPassage, span: tuple[int, int] | None) -> bool:
    """Whether a line is the heading that the passage is cited with, or its document's title."""
    if span is None:
        return False
    line = " ".join(passage.text[slice(*span)].lstrip("#0123456789. ").split())
    return bool(line) and line in (*passage.place.split(" › "), passage.title)
