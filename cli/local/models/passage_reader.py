"""Reads questions and passages for the extractive model, and passages only once where it can."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cli.local.models.encoder import TextEncoder
from cli.local.models.relevance import passage_states, token_weights
from cli.local.models.state_cache import StateCache

Array = NDArray[np.float32]


class PassageReader:
    """The encoder with what it read before: a search has just had the same passages reranked."""

    def __init__(self, model: TextEncoder, cache: StateCache) -> None:
        self._model = model
        self._cache = cache

    def both(self, texts: Sequence[str]) -> tuple[Array, list[Array]]:
        """A unit vector for each text, and for each text one for each of its tokens."""
        return self._model.both(texts)

    def rarity(self, word: str) -> float:
        """How rare a lower-case word is in the language, 0.1 to 1."""
        return self._model.rarity(word)

    def shares(self, question: str) -> Array:
        """What each of a question's tokens counts for; together 1."""
        encoding = self._model.encode([question])[0]
        weights = token_weights(self._model.tokens(encoding), self._model.scores(encoding))
        return weights / weights.sum() if len(weights) else weights

    def placed(self, texts: Sequence[str]) -> list[tuple[Array, NDArray[np.int64]]]:
        """For each text its tokens' unit vectors, and where each token starts and ends in it.

        Both break off where the model stops reading.
        """
        found = []
        for text, states in zip(
            texts, passage_states(texts, self._model, self._cache), strict=True
        ):
            found.append((states.unpacked(), self._model.places(text)))
        return found
