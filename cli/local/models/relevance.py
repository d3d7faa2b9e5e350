"""Scores how relevant texts are to a question by MaxSim over the encoder's token states."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cli.local.models.evidence import max_similarity
from cli.local.models.minilm import MiniLM

# A logistic fitted on the development questions, the gold passage against the nine that a search
# ranks beside it: MIDDLE is the MaxSim at which both are equally likely.
MIDDLE = 0.592
STEEPNESS = 20.3


def relevance(query: str, texts: Sequence[str], model: MiniLM) -> tuple[list[float], int]:
    """A relevance from 0 to 1 for each text in order, and the tokens read.

    It grows with MaxSim, so the order is MaxSim's; over 0.5 roughly means relevant.
    """
    encodings = model.encode([query, *texts])
    question, *states = model.token_states_encoded(encodings)
    scores = [
        1 / (1 + math.exp(-STEEPNESS * (max_similarity(question, tokens) - MIDDLE)))
        for tokens in states
    ]
    return scores, sum(map(len, encodings))
