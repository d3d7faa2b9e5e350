"""Runs the multilingual-e5-small encoder on ONNX Runtime: texts to vectors, from any thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from cli.local.models.model_files import GRAPH_NAME, SCORES_NAME, TOKENIZER_NAME

Array = NDArray[np.float32]

WIDTH = 384
SPECIAL_TOKENS = 2  # one before each text and one after it
MAX_TOKENS = 512  # what the model was trained to read, the special tokens included
# A text of at most this many tokens in all is a person's question, and is read at once.
QUICK_TOKENS = 600
# Texts that are read ahead of whoever takes what is made of them.
AHEAD = 16
# Log probabilities of words: over the first all are common, under the second all are rare.
COMMON_SCORE, RARE_SCORE = -8.0, -16.0
LEAST_RARITY = 0.1


def rarity(scores: Array) -> Array:
    """How rare words are, 0.1 to 1, by their log probabilities."""
    found = (COMMON_SCORE - scores) / (COMMON_SCORE - RARE_SCORE)
    clipped: Array = np.clip(found, LEAST_RARITY, 1)
    return clipped


class TextEncoder:
    """The encoder; safe to share between threads.

    Each text is read alone, on one thread, so that what is made of it does not depend on the texts
    beside it; `threads` of them are read side by side.
    """

    def __init__(self, path: Path, threads: int = 2) -> None:
        self._tokenizer = Tokenizer.from_file(str(path / TOKENIZER_NAME))
        self._scores = np.load(path / SCORES_NAME, mmap_mode="r")
        self._end = int(self._tokenizer.encode("").ids[-1])
        self._session = _session(path / GRAPH_NAME)
        self._readers = ThreadPoolExecutor(threads, "reader")

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """The texts' tokens, cut at 512 with the special ones; `len()` of each is its count."""
        # Cut here and not by the tokenizer, which `count` shares: a second would take a second to
        # load. What is cut off takes the closing token with it, and `_run` puts it back.
        encodings: list[Encoding] = self._tokenizer.encode_batch_fast(list(texts))
        for encoding in encodings:
            encoding.truncate(MAX_TOKENS)
        return encodings

    def tokens(self, encoding: Encoding) -> list[str]:
        """The vocabulary's own names of a text's tokens, special ones left out."""
        # The fast encoding leaves `encoding.tokens` empty.
        return [self._tokenizer.id_to_token(number) or "" for number in encoding.ids[1:-1]]

    def scores(self, encoding: Encoding) -> Array:
        """The log probabilities of a text's tokens, special ones left out."""
        found: Array = self._scores[encoding.ids[1:-1]]
        return found

    def places(self, text: str) -> NDArray[np.int64]:
        """Where each of a text's tokens starts and ends: tokens × 2, special ones left out."""
        encoding = self._tokenizer.encode(text)
        encoding.truncate(MAX_TOKENS)
        found = encoding.offsets[1:-1]
        return np.array(found, np.int64).reshape(len(found), 2)

    def count(self, text: str) -> int:
        """How many tokens the whole text has, special ones left out."""
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def embed(self, texts: Sequence[str]) -> Array:
        """Vectors of unit length, n × 384, in the order of the texts, cut at 512 tokens."""
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

        Special tokens are dropped. Whoever keeps the states of many texts holds up to 800 kB for
        each; whoever does not holds a few.
        """
        if sum(map(len, encodings)) <= QUICK_TOKENS:  # not behind a batch that others sent
            for row, encoding in enumerate(encodings):
                yield row, *self._run(encoding)
            return
        # A bounded number ahead, so that states do not pile up.
        for start in range(0, len(encodings), AHEAD):
            read = self._readers.map(self._run, encodings[start : start + AHEAD])
            for row, found in enumerate(read, start):
                yield row, *found

    def _run(self, encoding: Encoding) -> tuple[Array, Array]:
        ids = np.array([encoding.ids], np.int32)
        ids[0, -1] = self._end
        pooled, states = self._session.run(["pooled", "token_states"], {"input_ids": ids})
        return pooled[0], states[0, 1:-1]

    def rarity(self, word: str) -> float:
        """How rare a word is, 0.1 to 1, by the vocabulary's probabilities of its pieces."""
        ids = self._tokenizer.encode(word, add_special_tokens=False).ids
        return float(rarity(self._scores[ids].sum(keepdims=True))[0])


def _session(graph: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(graph),
        options,
        providers=["CPUExecutionProvider"],
        # The fused operator is ten times slower than the two that it replaces.
        disabled_optimizers=["SkipLayerNormFusion"],
    )
