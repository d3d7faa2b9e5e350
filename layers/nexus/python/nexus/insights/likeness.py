"""How near two questions' embeddings have to be so that they are taken to ask for the same.

Models crowd their cosines differently; `retrieval.cosines` puts them on one scale.
"""

from __future__ import annotations

from nexus.retrieval.cosines import spread_of

# On the scale of `retrieval.cosines`. `tests/bench/likeness.py` measures it: of the thresholds it
# tries, this one gathered the half that was looked at best.
ALIKE = 0.65


def alike(embedding_model: str, chosen: float | None = None) -> float:
    """The least cosine, as the model gives it, of questions that ask for the same.

    `chosen` is what a stage has chosen for its model instead.
    """
    if chosen is not None:
        return chosen
    spread = spread_of(embedding_model)
    return (ALIKE - spread.shift) / spread.scale
