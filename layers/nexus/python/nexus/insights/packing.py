"""Packs a question's embedding into few bytes, and compares what is packed.

Each number becomes one byte, scaled so that the largest is 127: cosines of such vectors differ from
the true ones by some thousandths. Of long embeddings the first 512 numbers are kept: models that
are trained for it (OpenAI's text-embedding-3: https://platform.openai.com/docs/guides/embeddings,
"Reducing embedding dimensions") say most with those.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Sequence
from operator import mul

KEPT = 512


def packed(vector: Sequence[float]) -> bytes:
    """An embedding as signed bytes; b"" for one that says nothing."""
    kept = vector[:KEPT]
    largest = max(map(abs, kept), default=0.0)
    if not largest or not math.isfinite(largest):
        return b""
    scale = 127 / largest
    return bytes(round(number * scale) & 0xFF for number in kept)


def unpacked(vector: bytes) -> list[int]:
    """The numbers of a packed embedding, -127 to 127."""
    return [byte - 256 if byte > 127 else byte for byte in vector]


def signs(numbers: Sequence[int]) -> int:
    """Which of the numbers are negative, a bit each."""
    return int("".join("1" if number < 0 else "0" for number in numbers) or "0", 2)


def length(numbers: Sequence[int]) -> float:
    """The vector's length; 1 for one of zeros, of which every cosine is then 0."""
    return math.sqrt(sum(map(mul, numbers, numbers))) or 1.0


def digest(tenant: str, question: str) -> str:
    """16 hex digits that are alike for questions of the same words, whatever case and blanks."""
    said = " ".join(unicodedata.normalize("NFC", question).casefold().split()).strip(" ?!.")
    return hashlib.sha256(f"{tenant}\n{said}".encode()).hexdigest()[:16]
