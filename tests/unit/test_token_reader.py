"""The token reader: what it looks at around a token, and what a text's tokens make together."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cli.local.models.token_reader import (
    NO_ANSWER,
    RADII,
    Question,
    answer_score,
    highest_near,
    read_weights,
    token_scores,
)

Array = NDArray[np.float32]
WEIGHTS = read_weights()
EXPECTED = [-8.922, -7.301, -2.781, -3.189, -2.991, -6.047]
RANDOM = np.random.default_rng(7)


def unit(*shape: int) -> Array:
    drawn = RANDOM.normal(size=shape)
    long: Array = (drawn / np.linalg.norm(drawn, axis=-1, keepdims=True)).astype(np.float32)
    return long


def question(tokens: int) -> Question:
    shares = np.full((3, tokens), 1 / max(1, tokens), np.float32)
    return Question(unit(tokens, 384), shares, np.arange(tokens) < tokens - 1)


@given(st.integers(1, 90), st.integers(0, 41))
def test_the_highest_value_near_a_column_is_found_at_every_radius(
    columns: int, radius: int
) -> None:
    values = np.random.default_rng(columns).uniform(-1, 1, (3, columns)).astype(np.float32)
    expected = [
        values[:, max(0, at - radius) : at + radius + 1].max(axis=1) for at in range(columns)
    ]
    np.testing.assert_array_equal(highest_near(values, radius), np.stack(expected, axis=1))


def test_a_texts_score_is_the_sum_over_its_tokens() -> None:
    asked, text = question(9), unit(50, 384)
    scores = token_scores(WEIGHTS, asked, text)
    expected = math.log(sum(math.exp(score) for score in scores))
    assert answer_score(WEIGHTS, asked, text) == pytest.approx(expected, abs=1e-3)


def test_the_network_computes_what_it_was_trained_to() -> None:
    # The numbers change with the weights, and with nothing else.
    random = np.random.default_rng(3)

    def near(tokens: int) -> Array:
        mixed = 0.7 * np.ones(384) / 384**0.5 + random.normal(0, 0.04, (tokens, 384))
        long: Array = (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)
        return long

    shares = np.array([[0.5, 0.3, 0.2], [0, 0.6, 0.4], [0.1, 0.8, 0.1]], np.float32)
    asked = Question(near(3), shares, np.array([False, True, True]))
    text = np.concatenate([near(60), asked.states[1:], near(60)])
    scores = token_scores(WEIGHTS, asked, text)
    np.testing.assert_allclose(scores[[0, 20, 45, 58, 63, 100]], EXPECTED, atol=0.01)


def test_what_has_no_token_holds_no_answer() -> None:
    assert answer_score(WEIGHTS, question(9), np.zeros((0, 384), np.float32)) == NO_ANSWER
    assert answer_score(WEIGHTS, question(0), unit(5, 384)) == NO_ANSWER


def test_the_committed_weights_fit_the_network() -> None:
    rows = WEIGHTS["attention"].shape[1] + WEIGHTS["kind"].shape[1] + 3 * len(RADII) + 4
    assert WEIGHTS["hidden"].shape[0] == WEIGHTS["direct"].shape[0] == rows
    assert all(np.isfinite(value).all() for value in WEIGHTS.values())
