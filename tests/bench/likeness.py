"""Measures how well questions that ask for the same are gathered, at thresholds of the cosine.

    python -m tests.bench.likeness [--json OUT]

The questions are those of tests/golden/paraphrases, embedded by the local model and packed as the
log packs them. Two of a group should be gathered (recall), two of different groups not (precision).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from cli.local.layout import PROJECT, Layout
from cli.local.models.encoder import TextEncoder
from cli.local.models.prepare import ensure_model
from nexus.insights.clusters import Asked, gathered
from nexus.insights.likeness import ALIKE
from nexus.insights.packing import packed, unpacked
from nexus.retrieval.cosines import spread_of
from tests.bench.reporting import Row, arguments, report

QUESTIONS = PROJECT / "tests" / "golden" / "paraphrases" / "questions.txt"
MODEL = "multilingual-e5-small-neutral"
THRESHOLDS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


def groups(half: int) -> list[list[str]]:
    """The groups of even place (0: looked at) or of odd place (1: held out)."""
    text = QUESTIONS.read_text(encoding="utf-8")
    blocks = [block.splitlines() for block in text.strip().split("\n\n")]
    return [[line for line in block if not line.startswith("#")] for block in blocks][half::2]


def vectors(questions: Sequence[str], encoder: TextEncoder) -> list[bytes]:
    """The questions' embeddings, as the log packs them."""
    return [packed(tuple(map(float, row))) for row in encoder.embed(list(questions))]


def measured(half: int, encoder: TextEncoder, threshold: float) -> Row:
    """How many pairs are gathered as they should be, at a threshold on the common scale."""
    spread = spread_of(MODEL)
    written = groups(half)
    questions = [(number, text) for number, group in enumerate(written) for text in group]
    made = vectors([text for _, text in questions], encoder)
    asked = [
        Asked(vector, {str(place)}, 1, examples=[(f"{place:05d}", "")])
        for place, vector in enumerate(made)
    ]
    found = {}
    made_groups = gathered(asked, (threshold - spread.shift) / spread.scale).groups
    for number, group in enumerate(made_groups):
        found.update(dict.fromkeys((int(digest) for digest in group.digests), number))
    right = wrong = missed = 0
    for one, other in combinations(range(len(questions)), 2):
        same, together = questions[one][0] == questions[other][0], found[one] == found[other]
        right += same and together
        wrong += together and not same
        missed += same and not together
    return {
        "threshold": threshold,
        "precision": round(right / max(1, right + wrong), 3),
        "recall": round(right / max(1, right + missed), 3),
        "groups": len(made_groups),
        "of": len(written),
    }


def cosines(half: int, encoder: TextEncoder) -> dict[str, list[float]]:
    """The cosines of pairs that ask for the same, and of other pairs."""
    questions = [(n, text) for n, group in enumerate(groups(half)) for text in group]
    made = np.array([unpacked(one) for one in vectors([text for _, text in questions], encoder)])
    unit = made / np.linalg.norm(made, axis=1, keepdims=True)
    found: dict[str, list[float]] = {"same": [], "other": []}
    for one, other in combinations(range(len(questions)), 2):
        kind = "same" if questions[one][0] == questions[other][0] else "other"
        found[kind].append(float(unit[one] @ unit[other]))
    return found


def main() -> None:
    """Measures both halves."""
    given = arguments(__doc__).parse_args()
    encoder = TextEncoder(ensure_model(Layout().models))
    rows: list[Row] = []
    for half, name in enumerate(("looked at", "held out")):
        for threshold in sorted({*THRESHOLDS, ALIKE}):
            rows.append({"half": name, **measured(half, encoder, threshold)})  # noqa: PERF401
        pairs = cosines(half, encoder)
        for kind, values in pairs.items():
            low, middle, high = np.percentile(values, (5, 50, 95))
            rows.append(
                {
                    "half": name,
                    "threshold": f"cosines of {kind} pairs: {low:.3f} / {middle:.3f} / {high:.3f}",
                }
            )
    report("Questions that ask for the same", rows, given.json)


if __name__ == "__main__":
    main()
