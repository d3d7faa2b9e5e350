"""The way back from a release: which version of each function stood before it, and for how long.

A release is one update of the service stack. Of the functions that it changed it published a
version each, at its beginning or later; the others it left alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from nexus.models import FunctionVersion
from nexus.ports import FunctionVersions

KEPT_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Move:
    """Callers of a function get the version `to` in place of `now`."""

    function: str
    now: int
    to: int


@dataclass(frozen=True, slots=True)
class WayBack:
    """`lost` are functions whose former version is gone: they can only be deployed again."""

    moves: tuple[Move, ...]
    lost: tuple[str, ...]


def way_back(versions: FunctionVersions, functions: Iterable[str], released_at: float) -> WayBack:
    """What leads back before the release that began at `released_at`, a Unix time in seconds."""
    moves, lost = [], []
    for function in functions:
        published, live = versions.published(function), versions.live(function)
        is_new = any(one.number == live and one.published_at >= released_at for one in published)
        before = [one.number for one in published if one.published_at < released_at]
        if is_new and before:
            moves.append(Move(function, live, before[-1]))
        elif is_new and live > 1:  # the first version of a function had none before it
            lost.append(function)
    return WayBack(tuple(moves), tuple(lost))


def way_forward(versions: FunctionVersions, functions: Iterable[str]) -> tuple[Move, ...]:
    """What leads to the newest version of each function, which is the deployed one."""
    moves = []
    for function in functions:
        live, newest = versions.live(function), versions.published(function)[-1].number
        if newest != live:
            moves.append(Move(function, live, newest))
    return tuple(moves)


def former(published: list[FunctionVersion], live: int, now: float) -> list[int]:
    """The versions that nobody goes back to any more: replaced KEPT_S ago, and not live."""
    followed = pairwise(published)
    return [
        one.number
        for one, successor in followed
        if one.number != live and successor.published_at + KEPT_S <= now
    ]


def prune(versions: FunctionVersions, functions: Iterable[str], now: float) -> int:
    """Removes each function's former versions; returns how many there were."""
    removed = 0
    for function in functions:
        for number in former(versions.published(function), versions.live(function), now):
            versions.remove(function, number)
            removed += 1
    return removed
