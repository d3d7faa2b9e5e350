"""How loud a WAV recording of whole samples is: whether anybody speaks in it, and how evenly."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

# Pieces of a twentieth of a second are looked at, of each so many samples.
_PIECE_S, _SAMPLES = 0.05, 40
_MOST_PIECES = 20_000
# Root mean square of full scale. Speech into a microphone is at -40 dB and above; the noise of a
# quiet room and of a converter below -60 dB.
SILENT_BELOW = 0.0012


@dataclass(frozen=True, slots=True)
class Loudness:
    """`level` is the loudest tenth's root mean square (0 to 1), `swing` how much that varies.

    `swing` is the standard deviation of the loud pieces over their mean.
    """

    level: float
    swing: float

    @property
    def is_silent(self) -> bool:
        """Whether nobody can be heard."""
        return self.level < SILENT_BELOW


def loudness_of(content: bytes) -> Loudness | None:
    """Of a WAV file in 16-bit samples; None for any other, which only its decoder can tell."""
    at, rate, channels, bits = 12, 0, 0, 0
    while at + 8 <= len(content):
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        at += 8
        if name == b"fmt " and at + 16 <= len(content):
            form, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", content, at)
            if form not in (1, 0xFFFE) or bits != 16 or not rate or not channels:
                return None
        if name == b"data":
            return _measured(memoryview(content)[at : at + size], rate * channels) if rate else None
        at += size + size % 2
    return None


def _measured(samples: memoryview, a_second: int) -> Loudness:
    piece = max(_SAMPLES, int(a_second * _PIECE_S)) * 2
    count = len(samples) // piece
    step = max(1, -(-count // _MOST_PIECES))
    levels = sorted(_level(samples[n * piece : (n + 1) * piece]) for n in range(0, count, step))
    if not levels:
        return Loudness(0.0, 0.0)
    loudest = levels[-max(1, len(levels) // 10) :]
    level = sum(loudest) / len(loudest)
    heard = [one for one in levels if one > level / 10] or [0.0]
    mean = sum(heard) / len(heard)
    spread = math.sqrt(sum((one - mean) ** 2 for one in heard) / len(heard))
    return Loudness(level, spread / mean if mean else 0.0)


def _level(piece: memoryview) -> float:
    count = len(piece) // 2
    values = struct.unpack(f"<{count}h", piece[: count * 2])[:: max(1, count // _SAMPLES)]
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values)) / 32768
