"""Decides whether one sentence of a passage says what a claim says, as far as that is plain."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from nexus.answering.agreement import agrees, units_differ
from nexus.answering.said import Figures, Said, said
from nexus.text.polarity import overstates, turned_round
from nexus.text.quantities import Quantity
from nexus.text.stems import FUNCTION_WORDS, language_of_words, meanings, stem

# The share of a claim's words that stand in the one sentence it rests on, and their order; tuned
# on the even half of the grounding sets (README, "Checks on an answer").
SAME_WORDS = 0.74
SAME_ORDER = 0.6
# Pairs of characters overlap, so that one changed word costs two or three of them.
SAME_PAIRS = 0.5
# Of so many words of a claim one pair that stood together may be parted.
LONG = 6
# A claim shorter than this shows every word of it.
SHORT = 5

PREPOSITIONS = frozenset(
    """for by to at in on from with via as untuk oleh dengan di ke pada dari bagi lewat für mit bei
    an von pour par avec chez para por con desde""".split()
)
# Words that are so few words apart stand together.
NEAR = 6
# What is said of a name stands nearer: with another name of the sentence in its place, it does not.
NEAR_NAME = 2

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BORDER = re.compile(r"[;；。.!?！？|]|(?<!\d)[,:、，]|[,:、，](?!\d)|\s[-–—]\s")
_HARD = re.compile(r"[;；。!?！？|]|\.(?!\d)")


def covered(word: str, evidence: Said) -> bool:
    """Whether a word of a claim stands in a sentence, in another form or language too."""
    if word in evidence.forms:
        return True
    root = stem(word)
    if root in evidence.forms or not evidence.meanings.isdisjoint(meanings(root)):
        return True
    least = 2 if not word.isascii() and len(word) >= 2 and word[0] > "\u0530" else 5
    if len(word) < least or word[:least] not in evidence.heads:
        return False
    return any(_alike(word, other, least) for other in evidence.forms)


def _alike(one: str, other: str, least: int) -> bool:
    """Whether two words begin alike, as the forms of one do."""
    longest = max(len(one), len(other))
    need = max(least, round(longest * (0.5 if least == 2 else 0.75)))
    return len(other) >= need and len(one) >= need and one[:need] == other[:need]


def coverage(claim: Said, evidence: Said) -> float:
    """The share of a claim's words that a sentence has, from 0 to 1; 0 for a claim without any."""
    if not claim.content:
        return 0.0
    forms = evidence.forms
    held = [word in forms or covered(word, evidence) for word in claim.content]
    return sum(held) / len(held)


def objection(
    claim: Said,
    evidence: Said,
    above: Sequence[Said],
    beside: Sequence[Said],
    asked: Figures,
    others: Sequence[Said],
) -> str:
    """Why a sentence does not plainly support a claim, or "".

    `above` is what the sentence stands under, `beside` its neighbours. The reasons are "words",
    "name_nowhere", "fact_elsewhere", "unit", "polarity", "condition" and "order_of_words".
    """
    if not claim.content and not claim.quantities:
        return "words"
    return (
        _quantities_object(claim, evidence, above, beside, asked)
        or _words_object(claim, evidence, above, beside, others)
        or _polarity_objects(claim, evidence, above)
    )


def _quantities_object(
    claim: Said, evidence: Said, above: Sequence[Said], beside: Sequence[Said], asked: Figures
) -> str:
    there = [*evidence.quantities, *(q for one in above for q in one.quantities)]
    around = [q for one in beside for q in one.quantities]
    for quantity in claim.quantities:
        if any(agrees(quantity, q) for q in there):
            continue
        # An equal number of another kind stands here: hours for days, dollars for euros.
        if units_differ(quantity, there):
            return "unit"
        if _rivals(quantity, there) or not any(
            q.unit == quantity.unit and agrees(quantity, q) for q in around
        ):
            if any(agrees(quantity, q) for q in asked.quantities) and not _rivals(quantity, there):
                continue
            return "fact_elsewhere"
    # A table's cell has its unit in the header.
    if not claim.rates <= evidence.rates.union(*(one.rates for one in above)):
        return "unit"
    return ""


def _rivals(quantity: Quantity, there: Sequence[Quantity]) -> bool:
    """Whether the sentence gives another quantity of the same kind."""
    return any(q.kind == quantity.kind and q.unit == quantity.unit for q in there)


def _words_object(  # noqa: PLR0911 - one line a reason reads best
    claim: Said,
    evidence: Said,
    above: Sequence[Said],
    beside: Sequence[Said],
    others: Sequence[Said],
) -> str:
    content = claim.content
    missing = [w for w in content if not covered(w, evidence)]
    inside = len(content) - len(missing)
    missing = [w for w in missing if not any(covered(w, one) for one in above)]
    if any(w in claim.names for w in missing) and not _spelled_out(missing, evidence):
        return "name_nowhere"
    # The sentence before may name what this one calls "it", but brings in no name of its own; and
    # whose this number is, the sentence with the number says.
    lent = () if claim.quantities else beside
    missing = [w for w in missing if not any(covered(w, n) and w not in n.names for n in lent)]
    if missing and any(covered(w, one) for w in missing for one in others):
        return "fact_elsewhere"
    # "For students", "by phone": what a preposition adds is a part of the claim by itself.
    if any(one in PREPOSITIONS and other in missing for one, other in pairwise(claim.words)):
        return "words"
    if missing and _spelled_out(missing, evidence):
        missing = []
    if not content:
        return ""
    share = 1 - len(missing) / len(content)
    least = SAME_WORDS if claim.spaced else SAME_PAIRS
    if share < least or (missing and claim.spaced and len(content) < SHORT):
        return "words"
    if inside < 0.5 * len(content):
        return "fact_elsewhere"
    return ""


def _spelled_out(missing: Sequence[str], evidence: Said) -> bool:
    """Whether all that is missing is a name that is spelled here and shortened there."""
    if len(missing) == 1 and 2 <= len(missing[0]) <= 6:
        return missing[0] in _initials(evidence.words, len(missing[0]))
    letters = "".join(word[0] for word in missing)
    return 2 <= len(missing) <= 6 and letters in evidence.words


def _initials(words: Sequence[str], length: int) -> set[str]:
    big = [w for w in words if w not in FUNCTION_WORDS]
    return {
        "".join(w[0] for w in some[i : i + length])
        for some in (words, big)
        for i in range(len(some) - length + 1)
    }


def _polarity_objects(  # noqa: PLR0911 - one line a reason reads best
    claim: Said, evidence: Said, above: Sequence[Said]
) -> str:
    places = _places(claim, evidence)
    if claim.spaced:
        if len(places) >= 5 and _in_order(places) < SAME_ORDER * len(places):
            return "order_of_words"
        if _repeated(claim, evidence, above):
            return "order_of_words"
        if _parted(claim, evidence, above) > len(claim.content) // LONG:
            return "order_of_words"
    part = _part(evidence, places)
    if part.negations != claim.negations:
        return "polarity"
    whole = _part(evidence, places, hard=True)
    if whole.conditions - claim.conditions or claim.conditions - whole.conditions:
        return "condition"
    known = frozenset(evidence.words).union(*(one.words for one in above))
    if turned_round(frozenset(claim.words), known):
        return "polarity"
    if overstates(claim.modality, whole.modality):
        return "polarity"
    if _is_foreign(claim, evidence):
        return "words"
    return ""


def _is_foreign(claim: Said, evidence: Said) -> bool:
    """Whether the two are of two languages, so that small words cannot be compared."""
    one, other = language_of_words(list(claim.words)), language_of_words(list(evidence.words))
    return one is not None and other is not None and one != other


def _places(claim: Said, evidence: Said) -> list[int]:
    """Where the claim's words stand in the sentence, in the claim's order."""
    if not claim.spaced:
        found = [evidence.text.find(word) for word in claim.content]
        return [at for at in found if at >= 0]
    where: dict[str, int] = {}
    for match in _WORD.finditer(evidence.text):
        word = match.group()
        where.setdefault(word, match.start())
        where.setdefault(stem(word), match.start())
    found_places = []
    for word in claim.content:
        at = where.get(word, where.get(stem(word), -1))
        if at >= 0:
            found_places.append(at)
    return found_places


def _repeated(claim: Said, evidence: Said, above: Sequence[Said]) -> bool:
    """Whether a claim has one word in two places of which the sentence has it in one."""
    twice = {w for w in claim.content if len(w) > 3 and claim.content.count(w) > 1}
    there = [w for one in (evidence, *above) for w in one.content]
    return any(there.count(w) == 1 for w in twice)


def _parted(claim: Said, evidence: Said, above: Sequence[Said]) -> int:
    """How many words that stand side by side in a claim stand nowhere near each other.

    One beside a name counts for more than a claim may have.
    """
    known = frozenset(claim.content)
    allowed = len(claim.content) // LONG
    where: dict[str, list[int]] = {}
    words = [w for one in (evidence, *above) for w in (*one.words, "", "", "")]
    for at, word in enumerate(words):
        where.setdefault(stem(word), []).append(at)
    parted = 0
    for one, other in pairwise(claim.words):
        if one in known and other in known:
            first, second = where.get(stem(one), ()), where.get(stem(other), ())
            near = NEAR if claim.names.isdisjoint((one, other)) else NEAR_NAME
            if first and second and not any(abs(a - b) <= near for a in first for b in second):
                parted += 1 if near == NEAR else 1 + allowed
    return parted


def _in_order(places: Sequence[int]) -> int:
    """The length of the longest run of places that only grow."""
    ends: list[int] = []
    for place in places:
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
    return len(ends)


def _part(evidence: Said, places: Sequence[int], *, hard: bool = False) -> Said:
    """The clauses of a sentence that the claim's words stand in; `hard` ends only at semicolons."""
    text = evidence.text
    if not places or not evidence.spaced:
        return evidence
    borders = [m.start() for m in (_HARD if hard else _BORDER).finditer(text)]
    low = max((b + 1 for b in borders if b < min(places)), default=0)
    high = min((b for b in borders if b >= max(places)), default=len(text))
    return evidence if low == 0 and high >= len(text) - 1 else said(text[low:high])
