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
from cli.local.models.words import QUESTION_WORDS, content_stems
from nexus.retrieval.answer_kinds import all_words
from nexus.text.literals import literals, share_held

Array = NDArray[np.float32]

# What a sentence gains by each form, and what code loses: set by hand, as few of the questions that
# the weights were fitted on have any.
DEFINED, IS_ENTRY, IS_OPTION, COUNTS, CODE = 4.0, 4.0, 3.0, 2.0, 6.0
# What one about a name gains by the share of what is asked about that name.
FURTHER = 2.0
# What a sentence gains that says what to do, and by how much of the question it does it for; what
# it loses that only points to a place, or only introduces what follows.
INSTRUCTS, FOR_PURPOSE, POINTS, INTRODUCES = 0.5, 4.0, 6.0, 6.0
# What it loses that asks, as the headings of a list of frequent questions do.
ASKS = 4.0
# What it loses that only says again what is asked, as the title of a solution does.
ECHOES = 6.0
# What it loses that goes on from another; and what it gains, by how much of the question stands in
# or above it, that tells a figure where a measure is asked for.
GOES_ON, MEASURES = 1.0, 4.0

# "What is an account in Ledger?", with the thing that is asked about in at most four words.
_WHAT_IS = re.compile(
    r"^\W*(?:what(?:['’]s| is| are)|apa(?:kah)?(?: itu| yang dimaksud(?: dengan)?)?)"
    r" (?:an? |the )?(?P<thing>\w+(?:[ -]\w+){0,3}?)(?: (?:in|di|dalam) [\w.-]+)?\W*$|"
    r"^\W*what (?:does|do) (?:an? |the )?(?P<word>\w+(?:[ -]\w+){0,3}?) (?:mean|stand for)"
    r"(?: in [\w.-]+)?\W*$",
    re.IGNORECASE,
)
_LONGEST_THING = 4
_IS = r"(?: \([^()]{1,40}\))?,? (?:is|are|means?|stands? for|refers to|adalah|ialah|merupakan) "
_ASKS_OPTION = re.compile(
    r"\b(?:which|what) (?:\w+ )?(?:option|flag|switch)s?\b|\b(?:opsi|pilihan) (?:apa|mana)\b",
    re.IGNORECASE,
)
_OPTION = re.compile(r"[‘'\"\[]?--?[A-Za-z]")
# "The --all switch" is of some kind; what "--all" does is no kind.
_OF_A_KIND = re.compile(r"\bthe [\"'‘“]?([^\s\"'’”]{1,60})[\"'’”]? \w{1,40}", re.IGNORECASE)
# What the problem is called that a question repeats.
_POSED = frozenset(
    content_stems(
        "problem issue question using i'm it's don't doesn't didn't can't isn't won't "
        "masalah pertanyaan soal"
    )
)
# What a name is, and what every one does, ask for no other sentence.
_GENERIC = frozenset(
    content_stems(
        "option flag switch command setting parameter function variable directive keyword file "
        "mean use used purpose work effect default value opsi perintah fungsi arti guna gunanya"
    )
)
# "How many seconds": the unit, and how it is shortened.
_HOW_MANY = re.compile(
    r"\bhow many (milliseconds?|seconds?|minutes?|hours?|bytes?|bits?|characters?)\b",
    re.IGNORECASE,
)
_SHORTENED = {"m": ("ms", "min"), "s": ("s", "sec"), "h": ("h", "hr"), "b": ("b", "k", "kb", "mb")}
_COUNTED = re.compile(r"\d ?([^\W\d_]{1,16})(?![^\W\d_])")
_ASKS_HOW = re.compile(
    r"^\W*(?:how (?:do|does|can|could|should|would|to|is|are)\b|"
    r"what (?:do|must|should|can) (?:i|we|you)\b|bagaimana|cara )",
    re.IGNORECASE,
)
_INSTRUCTS = re.compile(
    r"^\W*(?:to \w+|in order to|untuk \w+|simply|just)\b|"
    r"\b(?:you|one|anda) (?:can|could|may|must|should|have to|need to|will need|dapat|bisa|harus|"
    r"perlu)\b|\b(?:use|using|select|click|clicking|press|run|running|type|set|enter|choose|specify|"
    r"add|call|give|invoke|edit|gunakan|pilih|klik|tekan|jalankan|ketik|masukkan)\b",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"\b(?:to|untuk|lets you|allows? (?:you )?to|allowing|can be used to)"
    r"((?: [^\s.,;:()]{1,40}){1,9})",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\W*(?:this means|that means|these|those|then|thus|hence|therefore|furthermore|"
    r"moreover|in addition|additionally|also|besides|otherwise|instead|another|similarly|likewise|"
    r"on the other hand|in this (?:case|example|way)|in that case|for (?:example|instance)|"
    r"you can (?:also|prevent that)|to this end|oleh karena itu|selain itu|"
    r"misalnya|contohnya|sebaliknya)\b",
    re.IGNORECASE,
)
_ASKS_MEASURE = re.compile(
    r"\b(?:what|which)\b.{0,40}\b(?:frequenc(?:y|ies)|voltages?|current|resolution|sizes?|lengths?|"
    r"widths?|heights?|depth|distance|weight|rates?|speed|temperatures?|ranges?|ports?|versions?|"
    r"values?|limits?|percentage|intervals?|timeout|delay|capacity|impedance|resistance|factor|"
    r"numbers?|ratio|angle|pressure|power|scale)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"(?<![\w.-])\d+(?:[.,]\d+)*")
_SECTION_NUMBER = re.compile(
    r"\b(?:section|chapter|page|figure|table|step)s? [\d.]+", re.IGNORECASE
)
_POINTS = re.compile(
    r"\W*(?:(?:please )?(?:see|refer to|consult|lihat)\b|"
    r"for (?:more|further|other|details|a (?:full|complete))\b)[^.]*[.)]*\W*(?:\d+(?:\.\d+)*\b.*)?",
    re.IGNORECASE | re.DOTALL,
)
_ASKS = re.compile(r"\?[\"'”’)\]]*\Z")
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
    stems = frozenset(content_stems(question))
    further = _further(question, names)
    told = [_tells_of(one, names, further) for one in found]
    # "What does --all imply?": an entry's first sentence is no answer where another one tells that.
    about = about and 1.0 not in told
    wanted = stems if _ASKS_HOW.match(question) else frozenset()
    measured = bool(_ASKS_MEASURE.search(question))
    asks_for = stems | _POSED if not QUESTION_WORDS.isdisjoint(all_words(question)) else None

    def near(candidate: Candidate) -> float:
        return len(stems & candidate.before) / max(1, len(stems))

    return np.array(
        [
            IS_ENTRY * about * _is_entry(candidate, names)
            + FURTHER * tells
            + DEFINED * bool(thing and thing.match(candidate.text))
            + IS_OPTION * (option and _stands_under_option(candidate))
            + COUNTS * (unit is not None and _counts(unit[1].lower(), candidate.text))
            + _instructs(wanted, candidate.text)
            - CODE * (len(_CODE.findall(candidate.text)) >= _CODE_SIGNS)
            + MEASURES * (measured and _tells_figure(question, candidate.text)) * near(candidate)
            - GOES_ON * bool(_GOES_ON.match(candidate.text))
            - POINTS * bool(_POINTS.fullmatch(candidate.text))
            - INTRODUCES * candidate.text.endswith(":")
            - ASKS * bool(_ASKS.search(candidate.text))
            - ECHOES * (asks_for is not None and _echoes(candidate, asks_for, names))
            for candidate, tells in zip(found, told, strict=True)
        ],
        np.float32,
    )


def _echoes(candidate: Candidate, asked: frozenset[str], names: tuple[str, ...]) -> bool:
    """Whether a candidate, with the option or the like that it explains, adds nothing to these."""
    term = candidate.passage.text[slice(*candidate.term)] if candidate.term else ""
    told = asked.issuperset(candidate.stems) and asked.issuperset(content_stems(term))
    return told and set(names).issuperset(literals(f"{term}\n{candidate.text}"))


def _further(question: str, names: tuple[str, ...]) -> frozenset[str]:
    """The stems of what a question asks about a name beyond what kind of thing it names."""
    rest = _OF_A_KIND.sub(lambda one: " " if one[1] in names else one[0], question)
    for name in names:
        rest = rest.replace(name, " ")
    return frozenset(content_stems(rest)) - _GENERIC if names else frozenset()


def _tells_of(candidate: Candidate, names: tuple[str, ...], further: frozenset[str]) -> float:
    """The share of the further stems in a sentence under the names, or that goes on from them."""
    if not further:
        return 0.0
    unit, text = candidate.unit, candidate.passage.text
    near = [(unit.start, unit.end), candidate.term, unit.context]
    if share_held(names, "\n".join(text[slice(*span)] for span in near if span)) < 1:
        return 0.0
    return len(further & frozenset(candidate.stems)) / len(further)


def _tells_figure(question: str, text: str) -> bool:
    """Whether a text holds a figure that the question does not, other than a section's number."""
    found = _FIGURE.findall(_SECTION_NUMBER.sub(" ", text))
    return bool(set(found) - set(_FIGURE.findall(question)))


def _instructs(wanted: frozenset[str], text: str) -> float:
    """What a sentence gains that says how to do what a question wants done, by its stems."""
    if not wanted or not _INSTRUCTS.search(text):
        return 0.0
    purposes = frozenset(content_stems(" ".join(_PURPOSE.findall(text))))
    return INSTRUCTS + FOR_PURPOSE * len(wanted & purposes) / len(wanted)


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
    if asked is None or not content_stems(asked["thing"] or asked["word"]):
        return None
    thing = re.escape(asked["thing"] or asked["word"])
    return re.compile(rf"(?:an? |the |sebuah )?{thing}{_IS}", re.IGNORECASE)
