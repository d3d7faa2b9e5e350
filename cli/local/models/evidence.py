"""Measures how well each sentence of the passages fits a question, as rows of numbers.

A first look compares words and what the encoder made of each sentence in its passage; a second has
the encoder read the best sentences alone.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from cli.local.models.candidates import Candidate
from cli.local.models.passage_cosines import Array, Asked, Encoder, best_cosines, read_passages
from cli.local.models.words import FUNCTION_WORDS, content_stems, stem
from nexus.retrieval.answer_kinds import AnswerKind, all_words, asked_kind, offers
from nexus.text.function_words import function_words_of
from nexus.text.literals import literals, share_held
from nexus.text.tongues import tongue_of

# What the columns of a row hold: what words tell; what the encoder made of the sentence in its
# passage; and, for the best, what it makes of the sentence alone.
FEATURES = (
    "covered", "covered_alike", "covered_before", "covered_around", "covered_passage", "pairs",
    "date", "number", "person", "place", "rank", "length", "heading",
    "inside", "inside_titled", "inside_around", "closeness", "closeness_behind",
    "cosine", "maxsim", "passage_cosine", "maxsim_weighted",
)  # fmt: skip
WORD_FEATURES = 13
FIRST_FEATURES = 18
# The column of each kind of answer.
_KINDS: dict[AnswerKind, int] = {
    "date": 6, "year": 6, "duration": 6, "number": 7, "amount": 7, "person": 8, "place": 9
}  # fmt: skip
# A sentence of at most so many stems is read with what it stands under.
SHORT = 6
# How surely a sentence is about what the one names that it leans on, by hand.
LEANING = 0.9

# "When can it not be used?": when something is so, and not when it was.
_ASKS_CASE = re.compile(
    r"\bwhen (?:can|could|do|does|should|must|may|might|is|are|will|would)(?:n['’]t)?\b|\bkapan",
    re.IGNORECASE,
)
_CASE = re.compile(
    r"\b(?:when(?:ever)?|if|while|unless|until|once|as soon as|each time|every time|only for|"
    r"saat|ketika|jika|apabila|bila|selama|setiap)\b",
    re.IGNORECASE,
)


def word_weights(question: str, found: Sequence[Candidate], model: Encoder) -> dict[str, float]:
    """How telling each stem of the question is: rare here, and rare in the language.

    Words that carry a language's grammar tell nothing, whichever it is.
    """
    tongue = tongue_of(question)
    # Those of English and Indonesian were chosen with the weights.
    grammar = frozenset() if tongue in ("en", "id") else function_words_of(tongue)
    frequency = Counter(stem for candidate in found for stem in set(candidate.stems))
    return {
        stem(word): math.log(1 + len(found) / (0.5 + frequency[stem(word)]))
        * (0.2 + model.rarity(word))
        for word in all_words(question)
        if word not in FUNCTION_WORDS and word not in grammar
    }


def coverage(weights: dict[str, float], stems: frozenset[str] | set[str]) -> float:
    """The share of the question's weight that the stems hold, from 0 to 1."""
    total = sum(weights.values())
    return sum(w for stem, w in weights.items() if stem in stems) / total if total else 0.0


def named_literally(question: str, found: Sequence[Candidate]) -> Array:
    """The share of the question's literal names, such as --all, that each candidate is about.

    It holds them, or stands under them, as they are written; 0 if the question has none. A sentence
    that begins with "It" or the like is nearly as surely about those of the sentence before.
    """
    names = literals(question)
    return np.array([_share_named(names, candidate) for candidate in found], np.float32)


def _share_named(names: tuple[str, ...], candidate: Candidate) -> float:
    text = candidate.passage.text
    own = "\n".join([text[slice(*candidate.term)] if candidate.term else "", candidate.text])
    named = share_held(names, own)
    if candidate.unit.kind != "sentence" or candidate.unit.context is None or named == 1:
        return named
    return max(named, LEANING * share_held(names, f"{own}\n{text[slice(*candidate.unit.context)]}"))


def measure_words(question: str, found: Sequence[Candidate], weights: dict[str, float]) -> Array:
    """One row of `FEATURES` per candidate, what the encoder tells still 0."""
    kind = asked_kind(question)
    asks_case = kind == "date" and bool(_ASKS_CASE.search(question))
    asked = frozenset(all_words(question))
    ordered = content_stems(question)
    alike = dict.fromkeys(weights, 1.0)
    pairs = set(pairwise(ordered))
    rows = np.zeros((len(found), len(FEATURES)), np.float32)
    for row, candidate in zip(rows, found, strict=True):
        own = set(candidate.stems)
        shared = pairs & set(pairwise(candidate.stems))
        row[:6] = (
            coverage(weights, own),
            coverage(alike, own),
            coverage(weights, candidate.before),
            coverage(weights, candidate.around),
            coverage(weights, candidate.everywhere),
            len(shared) / len(pairs) if pairs else 0.0,
        )
        if kind is not None:
            told = 1.0 if offers(kind, candidate.text, asked) else -1.0
            # When something is so, a condition tells as well as a date does.
            is_case = asks_case and bool(_CASE.search(candidate.text))
            row[_KINDS[kind]] = max(told, 0.0) if is_case else told
        row[10:13] = (
            1 / (1 + candidate.rank),
            math.log1p(len(own)),
            candidate.unit.kind in ("heading", "line") or candidate.text.endswith((":", "?")),
        )
    return rows


def offers_kind(row: Array) -> bool:
    """Whether a candidate, by its row, offers the kind of thing asked for, if the question says."""
    return bool(row[min(_KINDS.values()) : max(_KINDS.values()) + 1].min() >= 0)


def without_words(rows: Array) -> Array:
    """The rows without what shared words tell: two languages share none, and then mislead."""
    blank = rows.copy()
    blank[:, : FEATURES.index("date")] = 0.0
    return blank


def measure_inside(found: Sequence[Candidate], rows: Array, asked: Asked, model: Encoder) -> Array:
    """The rows with the columns filled in for which whole passages are read."""
    filled = rows.copy()
    nothing = np.zeros(len(asked.states), np.float32)
    places: dict[int, list[int]] = {}
    for place, candidate in enumerate(found):
        places.setdefault(candidate.rank, []).append(place)
    read = read_passages(found, asked, model)
    for rank, own in places.items():
        passage = read[rank]
        above = passage.above
        best = [passage.units.get(found[place].unit.start, nothing) for place in own]
        for at, place in enumerate(own):
            around = np.maximum.reduce(best[max(0, at - 1) : at + 2])
            filled[place, WORD_FEATURES : WORD_FEATURES + 4] = (
                asked.shares @ best[at],
                asked.shares @ np.maximum(best[at], above),
                asked.shares @ around,
                passage.closeness,
            )
    closeness = WORD_FEATURES + 3
    filled[:, closeness + 1] = filled[:, closeness] - filled[:, closeness].max(initial=0)
    return filled


def read_alone(candidate: Candidate) -> str:
    """A sentence, and before one of few words what it stands under: alone it says too little."""
    unit, text = candidate.unit, candidate.passage.text
    above = unit.context or candidate.term
    if above is None or len(candidate.stems) > SHORT or unit.kind != "sentence":
        return candidate.text
    return f"{text[slice(*above)]} {candidate.text}"


def measure_alone(found: Sequence[Candidate], rows: Array, asked: Asked, model: Encoder) -> Array:
    """The rows with the last columns filled in, for which each sentence is read alone."""
    pooled, states = model.both([read_alone(candidate) for candidate in found])
    cosines = pooled @ asked.pooled
    filled = rows.copy()
    nearest: dict[int, float] = {}
    for candidate, cosine in zip(found, cosines, strict=True):
        nearest[candidate.rank] = max(nearest.get(candidate.rank, -1.0), float(cosine))
    for row, candidate, cosine, tokens in zip(filled, found, cosines, states, strict=True):
        best = best_cosines(asked.states, tokens)
        row[FIRST_FEATURES:] = (
            cosine,
            best.mean() if len(best) else 0.0,
            nearest[candidate.rank],
            asked.shares @ best,
        )
    return filled
