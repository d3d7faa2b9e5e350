"""Reads how long a WebM recording is, which browsers' recorders leave out of its header.

Elements are an id, a size and a content (RFC 8794); those of Matroska are in RFC 9559. Times are
counted in `TimestampScale` nanoseconds; a block's is that of its cluster and its own, 16 bits.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_SEGMENT, _INFO, _CLUSTER, _GROUP = 0x18538067, 0x1549A966, 0x1F43B675, 0xA0
_SCALE, _DURATION, _TIME, _SIMPLE, _BLOCK = 0x2AD7B1, 0x4489, 0xE7, 0xA3, 0xA1
_OPENED = (_SEGMENT, _INFO, _CLUSTER, _GROUP)
_MOST_ELEMENTS = 2_000_000


@dataclass(slots=True)
class _Times:
    scale: int = 1_000_000
    duration: float = 0.0
    cluster: int = 0
    last: int = 0


def seconds_of(content: bytes) -> float:
    """The recording's length in seconds, 0 for none. Raises ValueError if it is no WebM.

    It looks at each element once, without the frames in it.
    """
    times = _Times()
    at = 0
    for _ in range(_MOST_ELEMENTS):
        if at >= len(content):
            break
        element, at = _number(content, at, keep_mark=True)
        size, at = _number(content, at, keep_mark=False)
        if element in _OPENED:
            continue  # what it holds follows
        unknown = size is None or at + size > len(content)
        if unknown and element not in (_SIMPLE, _BLOCK):
            break
        body = content[at : at + min(size or 0, 16)]
        _read(element or 0, body, times)
        at += size or len(content)
    ticks = times.duration or times.last
    return ticks * times.scale / 1e9


def _read(element: int, body: bytes, times: _Times) -> None:
    if element == _SCALE:
        times.scale = int.from_bytes(body) or times.scale
    elif element == _DURATION and len(body) in (4, 8):
        value = struct.unpack(">f" if len(body) == 4 else ">d", body)[0]
        times.duration = value if value > 0 else 0.0
    elif element == _TIME:
        times.cluster = int.from_bytes(body)
    elif element in (_SIMPLE, _BLOCK):
        _, after = _number(body, 0, keep_mark=False)
        offset = int.from_bytes(body[after : after + 2], signed=True)
        times.last = max(times.last, times.cluster + offset)


def _number(content: bytes, at: int, *, keep_mark: bool) -> tuple[int | None, int]:
    """A number of 1 to 8 bytes, and where it ends; None for a size that is not known."""
    first = content[at] if at < len(content) else 0
    length = 9 - first.bit_length()
    if not first or length > 8 or at + length > len(content):
        raise ValueError("An element of the WebM file is broken off.")
    value = int.from_bytes(content[at : at + length])
    if not keep_mark:
        value &= (1 << 7 * length) - 1
        if value == (1 << 7 * length) - 1:
            return None, at + length
    return value, at + length
