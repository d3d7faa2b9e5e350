"""Tells which sentence is a manual's entry on what a question asks about.

By form, not by meaning: the sentence right under the name that was asked for, the one that says
what a thing is, the one under an option where an option is asked for, and no lines of code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cli.local.models.candidates import Candidate
from cli.local.models.words import content_stems
from nexus.text.literals import literals, share_held

Array = NDArray[np.float32]

# What a sentence gains by each form, and what code loses: set by hand, as few of the questions that
# the weights were fitted on have any.
DEFINED, IS_ENTRY, IS_OPTION, COUNTS, CODE = 4.0, 4.0, 3.0, 2.0, 6.0

# "What is an account in Ledger?", with the thing that is asked about in at most four words.
_WHAT_IS = re.compile(
    r"^\W*(?:what(?:['’]s| is| are)|apa(?:kah)?(?: itu| yang dimaksud(?: dengan)?)?)"
    r" (?:an? |the )?(?P<thing>\w+(?:[ -]\w+){0,3}?)(?: (?:in|di|dalam) \w+)?\W*$",
    re.IGNORECASE,
)
_LONGEST_THING = 4
_IS = r"(?: \([^()]{1,40}\))?,? (?:is|are|means|refers to|adalah|ialah|merupakan) "
_ASKS_OPTION = re.compile(
    r"\b(?:which|what) (?:\w+ )?(?:option|flag|switch)s?\b|\b(?:opsi|pilihan) (?:apa|mana)\b",
    re.IGNORECASE,
)
_OPTION = re.compile(r"[‘'\"\[]?--?[A-Za-z]")
# "How many seconds": the unit, and how it is shortened.
_HOW_MANY = re.compile(
    r"\bhow many (milliseconds?|seconds?|minutes?|hours?|bytes?|bits?|characters?)\b",
    re.IGNORECASE,
)
_SHORTENED = {"m": ("ms", "min"), "s": ("s", "sec"), "h": ("h", "hr"), "b": ("b", "k", "kb", "mb")}
_COUNTED = re.compile(r"\d ?([^\W\d_]{1,16})(?![^\W\d_])")
# Braces of a programme. Semicolons stand in a table's rows, too.
_CODE = re.compile(r"[{}]")
_CODE_SIGNS = 2


def entries(question: str, found: Sequence[Candidate]) -> Array:
    """What each candidate's score gains or loses by its form, in the scores' unit."""
    names = literals(question)
    # Of a question that asks for more than a name, another sentence may tell it.
    about = len(content_stems(" ".join(names))) * 2 >= len(content_stems(question))
    unit = _HOW_MANY.search(question)
    thing = _defined(question)
    option = bool(_ASKS_OPTION.search(question))
    return np.array(
        [
            IS_ENTRY * about * _is_entry(candidate, names)
            + DEFINED * bool(thing and thing.match(candidate.text))
            + IS_OPTION * (option and _stands_under_option(candidate))
            + COUNTS * (unit is not None and _counts(unit[1].lower(), candidate.text))
            - CODE * (len(_CODE.findall(candidate.text)) >= _CODE_SIGNS)
            for candidate in found
        ],
        np.float32,
    )


def _counts(unit: str, text: str) -> bool:
    """Whether a text says a number of such units, such as 300 s of seconds."""
    stem = unit.removesuffix("s")
    known = (stem, *_SHORTENED.get(unit[0], ()))
    found = (word.lower() for word in _COUNTED.findall(text))
    return any(word in known or word.removesuffix("s") in known for word in found)


def _is_entry(candidate: Candidate, names: tuple[str, ...]) -> float:
    """The share of the names that stand in the line right above a sentence, or that opens it."""
    line = candidate.text.partition("\n")[0]
    opening = line if line.lstrip("‘'\"[").startswith(names or "\0") else ""
    return share_held(names, f"{_right_above(candidate)}\n{opening}")


def _stands_under_option(candidate: Candidate) -> bool:
    return bool(_OPTION.match(_right_above(candidate)) or _OPTION.match(candidate.text))


def _right_above(candidate: Candidate) -> str:
    """The term of a sentence that is the first one under it, "" for another."""
    term, text = candidate.term, candidate.passage.text
    if term is None or text[term[1] : candidate.unit.start].strip():
        return ""
    return text[slice(*term)]


def _defined(question: str) -> re.Pattern[str] | None:
    """What a sentence begins with that says what the thing is; None if that is not asked."""
    asked = _WHAT_IS.match(question)
    if asked is None or not content_stems(asked["thing"]):
        return None
    thing = re.escape(asked["thing"])
    return re.compile(rf"(?:an? |the |sebuah )?{thing}{_IS}", re.IGNORECASE)
