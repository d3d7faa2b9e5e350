"""Runs the all-MiniLM-L6-v2 encoder on ONNX Runtime: texts to vectors, from any thread."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from cli.local.models.convert import GRAPH_NAME, TOKENIZER_NAME

Array = NDArray[np.float32]

WIDTH = 384
SPECIAL_TOKENS = 2  # one before each text and one after it
MAX_TOKENS = 256  # what the model was trained to read, the special tokens included
# Padded tokens in one run: a layer's activations then stay in the second-level cache.
BATCH_TOKENS = 1024
# A text of at most this many tokens in all is a person's question: it gets the quick session.
QUICK_TOKENS = 600
# The vocabulary lists words by frequency: before the first place all are common, after the last
# all are rare.
COMMON_PLACE, RARE_PLACE = 2000, 20000


class MiniLM:
    """The encoder; safe to share between threads.

    Two sessions run the same graph: one on a single thread, for a question that must not wait, and
    one on `threads` threads, for the batches of ingestion.
    """

    def __init__(self, path: Path, threads: int = 2) -> None:
        self._tokenizer = Tokenizer.from_file(str(path / TOKENIZER_NAME))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._counter = Tokenizer.from_file(str(path / TOKENIZER_NAME))
        self._counter.no_padding()
        self._counter.no_truncation()
        self._quick = _session(path / GRAPH_NAME, 1)
        self._batch = _session(path / GRAPH_NAME, threads) if threads > 1 else self._quick

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """The texts' tokens, cut at 256 with the special ones; `len()` of each is its count."""
        encodings: list[Encoding] = self._tokenizer.encode_batch_fast(list(texts))
        return encodings

    def tokens(self, encoding: Encoding) -> list[str]:
        """The vocabulary's own names of a text's tokens, special ones left out."""
        # The fast encoding leaves `encoding.tokens` empty.
        return [self._tokenizer.id_to_token(number) or "" for number in encoding.ids[1:-1]]

    def places(self, text: str) -> NDArray[np.int64]:
        """Where each of a text's tokens starts and ends: tokens × 2, special ones left out."""
        found = self._tokenizer.encode(text).offsets[1:-1]
        return np.array(found, np.int64).reshape(len(found), 2)

    def count(self, text: str) -> int:
        """How many tokens the whole text has, special ones left out."""
        return len(self._counter.encode(text, add_special_tokens=False))

    def embed(self, texts: Sequence[str]) -> Array:
        """Vectors of unit length, n × 384, in the order of the texts, cut at 256 tokens."""
        pooled = np.zeros((len(texts), WIDTH), np.float32)
        for row, vector, _ in self.read(self.encode(texts)):
            pooled[row] = vector
        return pooled

    def both(self, texts: Sequence[str]) -> tuple[Array, list[Array]]:
        """The vectors of `embed`, and for each text its token states, from one pass."""
        pooled = np.zeros((len(texts), WIDTH), np.float32)
        tokens = [np.zeros((0, WIDTH), np.float32)] * len(texts)
        for row, vector, states in self.read(self.encode(texts)):
            pooled[row], tokens[row] = vector, states
        return pooled, tokens

    def read(self, encodings: Sequence[Encoding]) -> Iterator[tuple[int, Array, Array]]:
        """For each text its row, its unit vector, and one unit vector per token: tokens × 384.

        Special tokens are dropped. The longest texts come first. Whoever keeps the states of many
        texts holds up to 400 kB for each; whoever does not holds one run's.
        """
        quick = sum(map(len, encodings)) <= QUICK_TOKENS
        session = self._quick if quick else self._batch
        for rows, inputs in _batches(encodings):
            pooled, states = session.run(["pooled", "token_states"], inputs)
            for row, vector, vectors in zip(rows, pooled, states, strict=True):
                yield row, vector, vectors[1 : len(encodings[row]) - 1]

    def rarity(self, word: str) -> float:
        """How rare a lower-case word is, 0.1 to 1; one that the vocabulary splits is rare."""
        ids = self._tokenizer.encode(word, add_special_tokens=False).ids
        if len(ids) != 1:
            return 1.0
        span = math.log(RARE_PLACE / COMMON_PLACE)
        return min(1.0, max(0.1, math.log(max(ids[0], 1) / COMMON_PLACE) / span))


def _batches(encodings: Sequence[Encoding]) -> Iterator[tuple[list[int], dict[str, object]]]:
    """Groups of texts of like length, with their padded inputs: little is spent on padding."""
    order = sorted(range(len(encodings)), key=lambda row: -len(encodings[row]))
    start = 0
    while start < len(order):
        longest = len(encodings[order[start]])
        rows = order[start : start + max(1, BATCH_TOKENS // longest)]
        start += len(rows)
        ids = np.zeros((len(rows), longest), np.int32)
        mask = np.zeros((len(rows), longest), np.int32)
        for place, row in enumerate(rows):
            ids[place, : len(encodings[row])] = encodings[row].ids
            mask[place, : len(encodings[row])] = 1
        yield rows, {"input_ids": ids, "attention_mask": mask}


def _session(graph: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Waiting threads must sleep: the emulator's functions share these cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(graph),
        options,
        providers=["CPUExecutionProvider"],
        # The fused operator is ten times slower than the two that it replaces.
        disabled_optimizers=["SkipLayerNormFusion"],
    )
