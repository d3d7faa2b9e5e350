"""Measures how the work of a function grows with the size of what it reads."""

from __future__ import annotations

import time
from collections.abc import Callable

# In characters. The first ones catch what grows exponentially, or with the cube, before it hangs.
SIZES = (24, 28, 96, 768, 5_120)
# Four times the text is four times the work, and sixteen times where it grows with the square.
_TOO_MUCH = 8.0
# Less than this, in seconds of this thread's CPU, is nothing to draw a conclusion from.
_FLOOR_S = 0.008


def superlinear(
    work: Callable[[str], object],
    text_of: Callable[[int], str],
    sizes: tuple[int, ...] = SIZES,
    floor_s: float = _FLOOR_S,
) -> str | None:
    """How the work outgrew the text, or None if it did not.

    Each size that costs more than `floor_s` seconds is compared with a quarter of it. The clock is
    the CPU time of this thread, so that others on the machine do not count, and the least of three
    counts. `work` must do all of it again each time, or caches would hide it.
    """
    for size in sizes:
        if _cpu_s(work, text_of(size)) < floor_s:
            continue
        smaller, larger = text_of(size // 4), text_of(size)
        quick = min(_cpu_s(work, smaller) for _ in range(3))
        slow = min(_cpu_s(work, larger) for _ in range(3))
        if slow >= floor_s and slow > _TOO_MUCH * quick:
            return f"{len(smaller)} characters: {quick:.4f} s, {len(larger)}: {slow:.4f} s"
    return None


def _cpu_s(work: Callable[[str], object], text: str) -> float:
    started = time.thread_time()
    work(text)
    return time.thread_time() - started
