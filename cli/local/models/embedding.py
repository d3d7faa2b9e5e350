"""Embeds texts, and keeps the token states of those that a search may rerank later."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cli.local.models.encoder import WIDTH, TextEncoder
from cli.local.models.state_cache import StateCache, quantised

# Passages are longer than this many characters, and most questions are not.
LONGER_THAN = 80


def embed_passages(
    texts: Sequence[str], model: TextEncoder, cache: StateCache
) -> tuple[NDArray[np.float32], int]:
    """A unit vector for each text in order, and the tokens read.

    The encoder makes the token states in the same pass. Those of passages are kept: the retriever
    has the same strings reranked.
    """
    encodings = model.encode(texts)
    vectors = np.zeros((len(texts), WIDTH), np.float32)
    for row, vector, states in model.read(encodings):
        vectors[row] = vector
        if is_passage(texts[row], alone=len(texts) == 1):
            cache.keep(texts[row], quantised(states))
    return vectors, sum(map(len, encodings))


def is_passage(text: str, *, alone: bool) -> bool:
    """Whether a text looks like a chunk, not like a question: those come alone, on one line."""
    return len(text) > LONGER_THAN and (not alone or "\n" in text.strip())
