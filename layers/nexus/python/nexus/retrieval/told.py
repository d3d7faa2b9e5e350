"""Whether a passage on a question's topic tells what is asked for, as far as its words show.

A logistic model over `retrieval.mismatch` and the probability that the passages hold the answer,
fitted by `python -m tests.training.told` to 973 of the English development questions, about
articles with an even hash: adversarial ones against answerable ones. On the 951 about the articles
left out, 34 % of the adversarial ones keep a high confidence (75 % by the probability alone) and
56 % of the answerable ones (82 %); none is refused for it. Nothing was fitted to Indonesian.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from nexus.retrieval.answerability import logit
from nexus.retrieval.mismatch import Mismatch


@dataclass(frozen=True, slots=True)
class Telling:
    """The coefficients of the logistic model; `probability` weighs the logit of that."""

    intercept: float
    probability: float
    names: float
    numbers: float
    degrees: float
    negated: float
    opposite: float
    kind: float


_WEIGHED = tuple(
    spec.name for spec in fields(Telling) if spec.name not in ("intercept", "probability")
)

TELLING = Telling(
    -0.26,
    probability=0.181,
    names=-0.967,
    numbers=-2.506,
    degrees=-0.475,
    negated=-2.686,
    opposite=-2.202,
    kind=0.104,
)
# From here on an answer may be told with high confidence.
TOLD_FROM = 0.596


def is_told(mismatch: Mismatch, probability: float, gate: str) -> bool:
    """Whether an answer may be told with high confidence, under the gate of that name.

    Behind the gate "off_topic" a language model reads the passages and refuses what they do not
    tell; there it is only said of what offers nothing of the kind that is asked for.
    """
    if mismatch.kind < 0:
        return False
    return gate != "answerable" or told(mismatch, probability) >= TOLD_FROM


def told(mismatch: Mismatch, probability: float, telling: Telling = TELLING) -> float:
    """How probable it is that the passage tells what is asked for, of questions on its topic."""
    total = telling.intercept + telling.probability * logit(probability)
    total += sum(getattr(telling, name) * getattr(mismatch, name) for name in _WEIGHED)
    return 1 / (1 + math.exp(-total))
