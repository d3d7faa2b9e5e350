"""Tells whether a question and a passage are surely in two languages, which share few words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from nexus.models import Hit
from nexus.retrieval.holding import stems_asked, stems_held
from nexus.text.segments import words_of
from nexus.text.tongues import tongue_of, tongue_of_words

# A passage's language is told by so many characters of it: a hundred passages are read a question.
BEGINNING = 300
# How far a language must be ahead of the next one for a passage to be surely written in it.
SURELY = 1.5
BEST_BY_WORDS = 3


def tongue_of_question(question: str) -> str:
    """The language of a question; "" if nothing tells, and then it is foreign to nothing."""
    return tongue_of(question)


def apart(tongue: str, hits: Sequence[Hit]) -> dict[str, str]:
    """The languages of those hits that are surely not in the question's `tongue`, by chunk id."""
    if not tongue:
        return {}
    once = {hit.chunk_id: hit for hit in hits}
    told = {one: passage_tongue(hit.title, hit.text) for one, hit in once.items()}
    return {one: other for one, other in told.items() if other not in ("", tongue)}


def shared_words(question: str, tongue: str, lexical: Sequence[Hit]) -> float:
    """The largest share of the question's content words that one of the best hits by words holds.

    Some hit is always the best by words: where passages in other languages compete, this tells
    whether it is any good.
    """
    asked = frozenset(stems_asked(question, tongue))
    held = (stems_held(hit.title, hit.text, asked, None) for hit in lexical[:BEST_BY_WORDS])
    return max(map(len, held), default=0) / max(1, len(asked))


def passage_tongue(title: str, text: str) -> str:
    """The language that a passage is surely in; "" if it does not tell enough."""
    return _told(text[:BEGINNING]) or _told(title[:BEGINNING])


def rest_tongue(hit: Hit, asked: Collection[str]) -> str:
    """The same without the question's own words, which say nothing of the passage's language."""
    words = words_of(f"{hit.title}\n{hit.text[: BEGINNING * 4]}")
    return tongue_of_words([word for word in words if word not in asked], margin=SURELY)


@lru_cache(maxsize=8192)
def _told(beginning: str) -> str:
    return tongue_of_words(words_of(beginning), margin=SURELY)
