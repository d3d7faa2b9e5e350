"""What a search for a question came to: what an answer may be made from, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, field

from nexus.models import Comparison, Passage
from nexus.retrieval.answerability import Features
from nexus.retrieval.mismatch import Mismatch
from nexus.retrieval.searching import Failure


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Passages, best first, the probability that they hold the answer, and what that rests on.

    `gate` is what decides whether a model is asked; None if nothing was compared. `mismatch` is how
    the question and the first passage disagree, and `told` whether an answer from it may be told
    with high confidence. `degraded` is whether a search or a reranker should have had a say and
    failed; `lost` is why one of the two searches is missing. `unmatched` is True where
    no document passes the request's filters. `vector` is the question's embedding, () without one.
    """

    passages: tuple[Passage, ...] = ()
    probability: float = 0.0
    gate: Comparison | None = None
    features: Features | None = None
    embedding_tokens: int = 0
    timings_ms: dict[str, float] = field(default_factory=dict)
    degraded: bool = False
    lost: Failure | None = None
    mismatch: Mismatch | None = None
    told: bool = True
    unmatched: bool = False
    vector: tuple[float, ...] = ()

    @property
    def is_enough(self) -> bool:
        """Whether there are passages, and a model that writes answers is worth its price."""
        return bool(self.passages) and (self.gate is None or self.gate.passed)
