"""Whether a passage on a question's topic tells what is asked for, as far as its words show.

A logistic model over `retrieval.mismatch` and the probability that the passages hold the answer,
fitted by `python -m tests.training.told` to 1,100 of the English development questions, about
articles with an even hash: adversarial ones against answerable ones. On the articles left out it
tells them apart with an AUROC of .68 (the probability alone: .60), so that the bar takes the high
confidence from one of three answerable questions, too; none is refused for it. The Indonesian
development questions, on which nothing was fitted, are told apart with an AUROC of .71.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

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


TELLING = Telling(
    -0.197,
    probability=0.164,
    names=-0.959,
    numbers=-1.941,
    degrees=-1.423,
    negated=-2.269,
    opposite=-1.371,
    kind=0.225,
)
# From here on an answer may be told with high confidence.
TOLD_FROM = 0.58


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
    weights = asdict(telling)
    total = weights.pop("intercept") + weights.pop("probability") * logit(probability)
    total += sum(weight * getattr(mismatch, name) for name, weight in weights.items())
    return 1 / (1 + math.exp(-total))
