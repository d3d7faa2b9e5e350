"""Decides between sentences that the evidence finds nearly alike, by the words that matter."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cli.local.models.candidates import Candidate
from cli.local.models.evidence import FEATURES
from cli.local.models.words import content_stems, stem
from nexus.text.polarity import negations

Array = NDArray[np.float32]

# What a sentence gains that itself says the default, or the bound, that is asked for, by hand: the
# rest of the question stands in the term above it.
ATTRIBUTE = 5.0
_ATTRIBUTE = re.compile(
    r"\b(default|maxim(?:um|al)|minim(?:um|al)|maks(?:imum|imal)|bawaan)\b", re.IGNORECASE
)
# What it gains of that where it stands under no term: less than under one that the question names.
NO_TERM = 0.8
# What in a term stands for a value.
_PLACEHOLDERS = frozenset(map(stem, "num number int switch file str expr value prefix".split()))
# What a default or a bound is told of in figures.
_COUNTED = re.compile(
    r"\b(?:times?|timeout|intervals?|period|sizes?|length|number|port|limit|cost|delay|"
    r"waktu|ukuran|panjang|jumlah|batas|biaya|jeda)\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
# Sentences whose scores differ by less than this and whose stems are shared by more than this share
# differ in the words that matter.
CLOSE, TWINS = 0.5, 0.5
ALIKE = FEATURES.index("covered_alike")


def says_attribute(question: str, found: Sequence[Candidate]) -> Array:
    """For each candidate that itself says the bound or default that is asked for, of what it does.

    That is the share of the question's words that it holds or stands under; 0 for the others.
    """
    asked = _ATTRIBUTE.search(question)
    if asked is None:
        return np.zeros(len(found), np.float32)
    counted = bool(_COUNTED.search(question))
    wanted, words = stem(asked[1].lower()), frozenset(content_stems(question))
    return np.array(
        [
            _on_its_thing(c, words) * len(words & c.before) / len(words)
            if wanted in c.stems and (not counted or _DIGIT.search(c.text))
            else 0.0
            for c in found
        ],
        np.float32,
    )


def _on_its_thing(candidate: Candidate, asked: frozenset[str]) -> float:
    """How surely a sentence is about the thing asked for, .5 to 1, by the term it stands under."""
    if candidate.term is None:
        return NO_TERM
    term = frozenset(content_stems(candidate.passage.text[slice(*candidate.term)])) - _PLACEHOLDERS
    return 0.5 + 0.5 * len(term & asked) / len(term) if term else NO_TERM


def before_its_twin(
    question: str,
    found: Sequence[Candidate],
    scores: Array,
    rows: Array,
    order: NDArray[np.intp],
) -> NDArray[np.intp]:
    """The order, the first exchanged with one that says nearly the same and fits as well or better.

    Of such two, the one comes first that denies nothing which the question does not, and then the
    one that holds more of the question's words.
    """
    places = [int(place) for place in order]
    first = places[0]
    denies = negations(question.lower().split(), question.lower()) > 0

    def fits(place: int) -> tuple[bool, float]:
        text = found[place].text.lower()
        return denies or not negations(text.split(), text), float(rows[place, ALIKE])

    own = set(found[first].stems)
    twins = [
        place
        for place in places[1:]
        if scores[first] - scores[place] < CLOSE
        and len(own & set(found[place].stems)) > TWINS * len(own | set(found[place].stems))
    ]
    best = max([first, *twins], key=fits)
    return np.array([best, *(place for place in places if place != best)])
