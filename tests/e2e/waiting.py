"""Waits for what happens on its own, with a deadline instead of a guess."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

T = TypeVar("T")


def eventually(
    look: Callable[[], T | None],
    what: str,
    within_s: float = 90.0,
    seen: Callable[[], object] = lambda: "",
) -> T:
    """The first value that is neither None nor false; fails the test when time is up.

    `seen` tells what there was instead.
    """
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    pytest.fail(f"Within {within_s:.0f} s there was no {what}. {seen()}")
