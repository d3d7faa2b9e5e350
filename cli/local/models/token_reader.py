"""Scores how likely a text holds the answer to a question, token by token, with a trained network.

MaxSim finds what repeats a question. What answers it is something else: a token of the kind that is
asked for, which the question does not hold, near what repeats it. The network looks at each token
of a text for that. `tests/training/token_reader.py` trains it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Weights = Mapping[str, Array]

WEIGHTS = Path(__file__).with_name("token_reader.npz")
# Tokens to either side of one within which the question's words are looked for.
RADII = (2, 5, 10, 20, 40)
# The numbers of a state of unit length then have a variance of about one.
WIDENED = 384**0.5
# The mean of cosines of tokens and their deviation, roughly: what takes their place is near 0 to 1.
USUAL_COSINE, COSINE_DEVIATION = 0.45, 0.15
LOWEST_COSINE = -1.0
# What a text without tokens scores; the lowest of the evaluation set is -9.4.
NO_ANSWER = -20.0


@dataclass(frozen=True, slots=True)
class Question:
    """A question's token states (tokens × 384, unit length), and what its tokens count for.

    `shares` are three rows of what its tokens count for, each adding up to 1 (or 0 throughout):
    all of them, without the words that ask, and rare words more. `content` marks the tokens of
    content words.
    """

    states: Array
    shares: Array
    content: NDArray[np.bool_]


def read_weights(path: Path = WEIGHTS) -> Weights:
    """The trained numbers by name, in float32."""
    with np.load(path) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def answer_score(weights: Weights, question: Question, text: Array) -> float:
    """How likely a text (token states, tokens × 384, unit length) holds the answer; no unit.

    It is the logarithm of the sum over tokens of e to their score; far below all others where there
    is no token.
    """
    if not len(text) or not len(question.states):
        return NO_ANSWER
    scores = token_scores(weights, question, text)
    highest = float(scores.max())
    return highest + float(np.log(np.exp(scores - highest).sum()))


def token_scores(weights: Weights, question: Question, text: Array) -> Array:
    """A score for each token of a text, counted from that of "no token answers"."""
    asked = question.states * WIDENED
    attention = asked @ weights["attention"]
    attention = np.exp(attention - attention.max(axis=0))
    # What is asked for, by each head, and how it shows in a token of the text.
    sought = (attention / attention.sum(axis=0)).T @ asked
    keys = np.einsum("he,hed->hd", sought, weights["sought"])
    shown = np.einsum("ehd,hd->eh", weights["found"], keys) / keys.shape[1] ** 0.5
    cosines = question.states @ text.T
    told: list[Any] = [question.shares @ highest_near(cosines, radius) for radius in RADII]
    told.append(
        np.where(question.content[:, None], cosines, LOWEST_COSINE).max(axis=0, keepdims=True)
    )
    told.append(question.shares[1:2] @ cosines)
    whole = question.shares[::2] @ cosines.max(axis=1)
    told.append(np.repeat(whole[:, None], len(text), axis=1))
    alike = (np.concatenate(told).T - USUAL_COSINE) / COSINE_DEVIATION
    seen = text * WIDENED
    rows = np.concatenate([seen @ shown, seen @ weights["kind"], alike], axis=1)
    hidden = _gelu(rows @ weights["hidden"] + weights["hidden_bias"])
    scores = hidden @ weights["score"] + rows @ weights["direct"] + weights["bias"]
    return np.asarray(scores, np.float32)


def highest_near(values: Array, radius: int) -> Array:
    """For each column the highest value of each row at most `radius` columns away."""
    edge = np.full((len(values), radius), LOWEST_COSINE, values.dtype)
    highest = np.concatenate([edge, values, edge], axis=1)
    size = 1
    # Two windows that meet or overlap make a longer one.
    while size < 2 * radius + 1:
        step = min(size, 2 * radius + 1 - size)
        highest = np.maximum(highest[:, :-step], highest[:, step:])
        size += step
    return highest


def _gelu(values: Array) -> Array:
    """The Gaussian error linear unit by its usual tanh (Hendrycks and Gimpel, 2016)."""
    # Products, because NumPy raises to a power ten times more slowly.
    inner = math.sqrt(2 / math.pi) * values * (1 + 0.044715 * values * values)
    found: Array = 0.5 * values * (1 + np.tanh(inner))
    return found
