"""Puts the cosines of embedding models on one scale, that which the confidence is fitted to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """What a model's cosine is multiplied by and what is then added."""

    scale: float
    shift: float

    def comparable(self, cosine: float) -> float:
        """The cosine as a model would give it that puts what is unrelated near 0."""
        return self.scale * cosine + self.shift


AS_IT_IS = Spread(1.0, 0.0)
# Models of e5's kind crowd their cosines: here what is unrelated has .75, the best passage of
# another article .82, and one that holds the answer .87 (medians on ../shared/eval; .80, .83 and
# .90 in Indonesian). So they get 0, .34 and .62, which all-MiniLM-L6-v2 gave them.
_SPREADS = {"multilingual-e5-small-neutral": Spread(5.0, -3.74)}


def spread_of(embedding_model: str) -> Spread:
    """How a model's cosines are made comparable; as they are if nothing is known of it."""
    return _SPREADS.get(embedding_model.rpartition("/")[2].lower(), AS_IT_IS)
