"""What a feature of a format is: a small file, and what is wanted of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

GOLDEN = Path(__file__).parent.parent / "golden"


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that a format can hold, and what its reader should get of it.

    `wanted` are words of which each stands, on one line, in a text or the headings over it;
    `unwanted` stand nowhere. `refused` is a word of the reason why the whole file is refused;
    `warned` one of a warning.
    """

    format: str
    name: str
    path: str
    make: Callable[[], bytes]
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    refused: str = ""
    warned: str = ""
