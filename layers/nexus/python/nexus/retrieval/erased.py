"""Tells what was read of a document before it was erased from what was read of another since.

Another document of the same path has the same id; so it is told by when each was read.
"""

from __future__ import annotations

from datetime import datetime

# How far the clocks of two functions may be apart. For so long after an erasure what is read of a
# new upload of the same path counts as read before it.
CLOCKS_APART_S = 5.0


def was_erased(read_at: str, erased_at: str, earlier_s: float = 0.0) -> bool:
    """Whether what was read then, or up to `earlier_s` seconds earlier, may be erased by now.

    Both are UTC ISO 8601 times. "" is a time that nobody knows: then it may.
    """
    if not read_at:
        return True
    return _seconds(read_at) - earlier_s < _seconds(erased_at) + CLOCKS_APART_S


def _seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()
