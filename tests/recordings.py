"""Recordings for tests: made from sines, and one spoken sentence in every type that is taken."""

from __future__ import annotations

import io
import math
import struct
import wave
from pathlib import Path

SPOKEN = Path(__file__).parent / "golden" / "recordings"
# What is said in each of them.
SENTENCE = "When does the library open on Saturday?"


def spoken(kind: str) -> bytes:
    """The sentence as a file of this type."""
    return (SPOKEN / f"library.{kind}").read_bytes()


def tone_wav(seconds: float = 1.0, level: float = 0.3, rate: int = 8_000) -> bytes:
    """A sine of 220 Hz in 16-bit samples; a level of 0 is silence."""
    count = int(seconds * rate)
    second = struct.pack(
        f"<{rate}h",
        *(round(32767 * level * math.sin(math.tau * 220 * n / rate)) for n in range(rate)),
    )
    samples = (second * (int(seconds) + 1))[: count * 2]
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return made.getvalue()


def with_silence(recording: bytes, seconds: int) -> bytes:
    """A WAV file, and so many seconds of silence behind what it says."""
    made = io.BytesIO()
    with wave.open(io.BytesIO(recording)) as before, wave.open(made, "wb") as file:
        file.setparams(before.getparams())
        file.writeframes(before.readframes(before.getnframes()))
        second = bytes(before.getframerate() * before.getsampwidth() * before.getnchannels())
        file.writeframes(second * seconds)
    return made.getvalue()
