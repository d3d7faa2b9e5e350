"""Refuses compound files (XLS, MSG) whose chains of sectors go in circles, before a parser does.

calamine follows a chain to its end and keeps each sector, olefile as many as a stream claims to
have: in a circle of 6 KB both take all memory ([MS-CFB] 2.3 to 2.5 say how chains are kept).
"""

from __future__ import annotations

import struct
from array import array

from nexus.errors import CorruptDocument

_HEADER = 512
_IN_HEADER = 109
# From here on a number names no sector: it ends a chain or marks a free or special sector.
_LAST = 0xFFFFFFFA
_DAMAGED = "The file is damaged: open it in its own program, save it again and upload that."


def refuse_circles(content: bytes) -> None:
    """Checks the chains of sectors and of mini sectors.

    Raises CorruptDocument if one comes back to itself, or the header makes no sense.
    """
    if len(content) < _HEADER:
        raise CorruptDocument(_DAMAGED)
    (shift,) = struct.unpack_from("<H", content, 0x1E)
    first_mini, _, first_more, _ = struct.unpack_from("<4I", content, 0x3C)
    if shift not in (9, 12):
        raise CorruptDocument(_DAMAGED)
    size = 1 << shift
    tables = [*struct.unpack_from(f"<{_IN_HEADER}I", content, 0x4C)]
    seen: set[int] = set()
    while first_more < _LAST and (more := _sector(content, first_more, size)):
        if first_more in seen:
            raise CorruptDocument(_DAMAGED)
        seen.add(first_more)
        *listed, first_more = more
        tables += listed
    chains = array("I")
    # A table that is named twice would be a file that grows.
    for table in dict.fromkeys(one for one in tables if one < _LAST):
        chains.extend(_sector(content, table, size))
    _refuse(chains)
    mini = array("I")
    while first_mini < len(chains):
        mini.extend(_sector(content, first_mini, size))
        first_mini = chains[first_mini]
    _refuse(mini)


def _sector(content: bytes, number: int, size: int) -> array[int]:
    """The numbers in a sector; none if the file ends before it does."""
    start = (number + 1) * size
    return array("I", content[start : start + size] if start + size <= len(content) else b"")


def _refuse(chains: array[int]) -> None:
    """Raises CorruptDocument if following the numbers from anywhere comes back to a place."""
    walked = array("I", bytes(4 * len(chains)))
    for start in range(len(chains)):
        at = start
        while at < len(chains) and not walked[at]:
            walked[at] = start + 1
            at = chains[at]
        if at < len(chains) and walked[at] == start + 1:
            raise CorruptDocument(_DAMAGED)
