"""The regressions that fit the project's weights find the weights that made the data."""

from __future__ import annotations

import numpy as np

from tests.training.regression import choice, logistic

RANDOM = np.random.default_rng(3)


def test_a_choice_finds_what_decided_it_and_stays_finite_where_it_is_sure() -> None:
    groups = []
    for _ in range(400):
        rows = RANDOM.normal(size=(30, 4)) * [1, 0.1, 1, 0]
        right = np.zeros(30, np.bool_)
        right[int((rows @ [2, 30, 0, 5] + RANDOM.gumbel(size=30)).argmax())] = True
        groups.append((rows, right))
    np.testing.assert_allclose(choice(groups), [2, 30, 0, 0], rtol=0.15, atol=0.2)
    sure = [(np.array([[1.0, k / 100], [0.0, 0.0]]), np.array([True, False])) for k in range(90)]
    assert np.abs(choice(sure)).max() < 100


def test_a_logistic_regression_finds_what_decided() -> None:
    rows = np.column_stack([np.ones(4000), RANDOM.normal(size=(4000, 2))])
    held = rows @ [-1, 2, 0] + RANDOM.logistic(size=4000) > 0
    np.testing.assert_allclose(logistic(rows, held), [-1, 2, 0], atol=0.2)
