"""Keeps what a reader warned of short enough to be stored with a document and read by its owner."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from nexus.models import ReadingWarning

# At most this many are kept, the last of which then says how many more there are. With the longest
# of each field they take 100 KB of a DynamoDB item's 400 at most.
MOST = 50
LONGEST_WHAT = 120
LONGEST_WHERE = 120
LONGEST_ADVICE = 240
_MORE = re.compile(r"([0-9]{1,9}) more (?:place was|places were) not read in full")
_MORE_ADVICE = "Mend what is named, and upload the document again to see the rest."


def bounded(warnings: Iterable[ReadingWarning]) -> tuple[ReadingWarning, ...]:
    """At most 50 different warnings, each field cut; those of several parts may be given in a row.

    What an earlier call left out is counted on.
    """
    kept: dict[ReadingWarning, None] = {}
    more = 0
    for warning in warnings:
        earlier = _MORE.fullmatch(warning.what) if warning.advice == _MORE_ADVICE else None
        if earlier:
            more += int(earlier[1])
            continue
        short = replace(
            warning,
            what=_cut(warning.what, LONGEST_WHAT),
            where=_cut(warning.where, LONGEST_WHERE),
            advice=_cut(warning.advice, LONGEST_ADVICE),
        )
        if len(kept) < MOST:
            kept.setdefault(short)
        elif short not in kept:
            more += 1
    found = list(kept)
    if more and len(found) == MOST:
        found.pop()
        more += 1
    if more:
        words = "place was" if more == 1 else "places were"
        found.append(ReadingWarning(f"{more} more {words} not read in full", "", _MORE_ADVICE))
    return tuple(found)


def sentences(warnings: Iterable[ReadingWarning]) -> str:
    """What the warnings say, one after the other, for a refusal; at most three of them."""
    told = list(dict.fromkeys(warnings))
    said = [
        f"{one.where}: {one.what} ({one.advice.rstrip('.')})."
        if one.where
        else f"{one.what} ({one.advice.rstrip('.')})."
        for one in told[:3]
    ]
    return " ".join(line[:1].upper() + line[1:] for line in said)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
