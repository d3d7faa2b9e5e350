"""Embeds texts, and keeps their token states for a search that reranks them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cli.local.models.encoder import WIDTH, TextEncoder
from cli.local.models.state_cache import StateCache, quantised


def embed(
    texts: Sequence[str], model: TextEncoder, cache: StateCache
) -> tuple[NDArray[np.float32], int]:
    """A unit vector for each text in order, and the tokens read.

    The encoder makes the token states in the same pass. They are kept: the retriever has the same
    strings reranked, passages now or later, and a question at once.
    """
    encodings = model.encode(texts)
    vectors = np.zeros((len(texts), WIDTH), np.float32)
    for row, vector, states in model.read(encodings):
        vectors[row] = vector
        cache.keep(texts[row], quantised(states))
    return vectors, sum(map(len, encodings))
