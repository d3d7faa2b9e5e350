"""Compares an answer's words with the expected ones, as the SQuAD evaluation does."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

_ARTICLES = re.compile(r"\b(a|an|the)\b")


def normalised(text: str, mark: str = "") -> str:
    """The text in lower case, without articles, with `mark` for punctuation and single blanks."""
    lower = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(mark if unicodedata.category(char)[0] in "PS" else char for char in lower)
    return " ".join(_ARTICLES.sub(" ", kept).split())


def squeezed(text: str) -> str:
    """The text with one spelling of each character and single blanks, to find quotes in."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def contains(text: str, answers: Iterable[str]) -> bool:
    """Whether the text holds one of the answers, as whole words, punctuation aside."""
    return any(_holds(text, answer) for answer in answers)


def token_f1(text: str, answers: Sequence[str]) -> float:
    """The harmonic mean of the words' precision and recall, against the best of the answers.

    From 0 to 1; 0 if there is no answer to compare with.
    """
    return max((_f1(normalised(text).split(), normalised(a).split()) for a in answers), default=0.0)


def _holds(text: str, answer: str) -> bool:
    # "U.S." is a word when its dots are dropped, "1973-74" two when its dash becomes a blank.
    for mark in ("", " "):
        wanted = normalised(answer, mark)
        if wanted and f" {wanted} " in f" {normalised(text, mark)} ":
            return True
    # An answer of signs or articles only, such as "+", is looked for as it is.
    return not normalised(answer) and bool(answer.strip()) and squeezed(answer) in squeezed(text)


def _f1(said: Sequence[str], wanted: Sequence[str]) -> float:
    if not said or not wanted:
        return float(said == wanted)
    shared = sum((Counter(said) & Counter(wanted)).values())
    return 2 * shared / (len(said) + len(wanted))
