"""Plants believable errors in sentences that are right: what a check of answers has to notice."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from cli.evaluation.grounding_sets import Labelled
from nexus.text.quantities import plain, quantities
from nexus.text.stems import FUNCTION_WORDS

Kind = str
KINDS = ("nowhere", "unit", "subject", "polarity", "elsewhere")

_DIGITS = re.compile(
    r"(?<![\w.,])\d{1,3}(?:([.,])\d{3})*(?!\w|[.,]\d)|(?<![\w.,])\d{2,4}(?!\w|[.,]\d)"
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_UNITS = (
    ("day", "week", "month", "hour"), ("days", "weeks", "months", "hours"),
    ("years", "months", "decades", "weeks"), ("year", "month", "week"),
    ("minutes", "hours", "days"),
    ("million", "billion", "thousand"), ("percent", "dollars"), ("km", "miles"), ("kg", "pounds"),
    ("hari", "minggu", "bulan"), ("tahun", "bulan", "minggu"), ("menit", "jam", "hari"),
    ("juta", "ribu", "miliar"), ("persen", "rupiah"),
    ("년", "개월", "주"), ("개월", "년", "일"), ("시간", "분", "일"), ("달러", "원", "유로"),
    ("$", "€", "£"), ("%", " dollars"), ("euros", "dollars"), ("元", "美元"), ("天", "周"),
)  # fmt: skip
_OPPOSITES = (
    ("is", "is not"), ("are", "are not"), ("was", "was not"), ("were", "were not"),
    ("can", "cannot"), ("may", "may not"), ("should", "should not"), ("will", "will not"),
    ("has", "has never"), ("have", "have never"), ("must", "need not"),
    ("increased", "decreased"), ("increase", "decrease"), ("more", "less"), ("before", "after"),
    ("all", "some"), ("first", "last"), ("largest", "smallest"), ("allowed", "forbidden"),
    ("adalah", "bukan"), ("dapat", "tidak dapat"), ("telah", "belum"), ("sudah", "belum"),
    ("boleh", "dilarang"), ("menjadi", "tidak menjadi"), ("memiliki", "tidak memiliki"),
    ("merupakan", "bukan"), ("lebih", "kurang"), ("있다", "없다"), ("이다", "이 아니다"),
    ("했다", "하지 않았다"), ("된다", "되지 않는다"), ("est", "n'est pas"), ("可以", "不可以"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planted:
    """A sentence with one error of a kind, over the passages of the right one."""

    kind: Kind
    case: Labelled


def planted(cases: list[Labelled], seed: int = 7) -> Iterator[Planted]:
    """One error of each kind for each right sentence that gives a place for it, in any order.

    "nowhere" changes a number to one that stands in no passage; "elsewhere" to one that stands in
    another sentence of them; "subject" puts a word of another sentence in the place of one.
    """
    chance = random.Random(seed)  # noqa: S311 - a fixed choice, no secret
    makers: Mapping[Kind, Callable[[Labelled, random.Random], str | None]] = {
        "nowhere": _number_nowhere,
        "unit": _unit,
        "subject": _subject,
        "polarity": _polarity,
        "elsewhere": _number_elsewhere,
    }
    for case in cases:
        if not case.supported:
            continue
        for kind, make in makers.items():
            made = make(case, chance)
            if made and made != case.sentence:
                yield Planted(kind, replace(case, sentence=made, supported=False))


def _numbers(text: str) -> set[float]:
    return {v for q in quantities(plain(text)) for v in (*q.values, *q.base)}


def _number_nowhere(case: Labelled, chance: random.Random) -> str | None:
    places = list(_DIGITS.finditer(case.sentence))
    if not places:
        return None
    known = set().union(*map(_numbers, (*case.passages, case.question)))
    place = chance.choice(places)
    digits = place.group()
    for _ in range(20):
        at = chance.choice([i for i, c in enumerate(digits) if c.isdigit()])
        digit = chance.choice("123456789" if at == 0 else "0123456789")
        new = digits[:at] + digit + digits[at + 1 :]
        if new != place.group() and not _numbers(new) & known:
            return case.sentence[: place.start()] + new + case.sentence[place.end() :]
    return None


def _number_elsewhere(case: Labelled, chance: random.Random) -> str | None:
    places = list(_DIGITS.finditer(case.sentence))
    if not places:
        return None
    place = chance.choice(places)
    mine = _numbers(case.sentence)
    others = [
        m.group()
        for passage in case.passages
        for m in _DIGITS.finditer(passage)
        if not _numbers(m.group()) & mine and len(m.group()) == len(place.group())
    ]
    if not others:
        return None
    return case.sentence[: place.start()] + chance.choice(others) + case.sentence[place.end() :]


def _unit(case: Labelled, chance: random.Random) -> str | None:
    for group in chance.sample(_UNITS, len(_UNITS)):
        at = _place(group[0], case.sentence)
        if at is not None:
            new = chance.choice(group[1:])
            return case.sentence[:at] + new + case.sentence[at + len(group[0]) :]
    return None


def _polarity(case: Labelled, chance: random.Random) -> str | None:
    for said, turned in chance.sample(_OPPOSITES, len(_OPPOSITES)):
        at = _place(said, case.sentence)
        if at is not None:
            return case.sentence[:at] + turned + case.sentence[at + len(said) :]
    return None


def _subject(case: Labelled, chance: random.Random) -> str | None:
    mine = {m.group().lower()[:5] for m in _WORD.finditer(case.sentence)}
    words = [m for m in _WORD.finditer(case.sentence) if m.group().lower() not in FUNCTION_WORDS]
    own = [m for m in words if m.group()[0].isupper()] or words
    if not own:
        return None
    place = chance.choice(own)
    others = [
        m.group()
        for passage in case.passages
        for m in _WORD.finditer(passage)
        if m.group().lower()[:5] not in mine
        and m.group().lower() not in FUNCTION_WORDS
        and _fits(m.group(), place.group(), passage[: m.start()])
    ]
    if not others:
        return None
    return case.sentence[: place.start()] + chance.choice(others) + case.sentence[place.end() :]


def _fits(word: str, place: str, before: str) -> bool:
    """Whether a word may stand in a place: a name, or a word with the same particle."""
    if word[0] > "z":
        return word[-1] == place[-1]
    return word[0].isupper() and bool(re.search(r"[\w,] $", before[-2:]))


def _place(word: str, text: str) -> int | None:
    """Where a word stands in a text by itself; in scripts without blanks, where it stands."""
    pattern = re.escape(word)
    if word.isascii() and word.isalpha():
        pattern = rf"(?<!\w){pattern}(?!\w)"
    match = re.search(pattern, text)
    return match.start() if match else None
