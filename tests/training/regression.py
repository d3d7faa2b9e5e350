"""Logistic and softmax regression with a weak prior, by Newton's method."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_PRIOR = 1.0
_STEPS = 40


def choice(groups: Sequence[tuple[Array, NDArray[np.bool_]]]) -> Array:
    """Weights by which a softmax chooses the right ones among each group's rows.

    A group is its rows (candidates × features) and which of them are right, at least one.
    """
    spread = np.concatenate([rows for rows, _ in groups]).std(axis=0)
    scale = np.where(spread > 1e-9, spread, np.inf)
    scaled = [(rows / scale, right / right.sum()) for rows, right in groups]
    weights: Array = np.zeros(len(scale))
    for _ in range(_STEPS):
        slope, curve = _PRIOR * weights, _PRIOR * np.eye(len(scale))
        for rows, target in scaled:
            scores = rows @ weights
            said = np.exp(scores - scores.max())
            said /= said.sum()
            mean = said @ rows
            slope += mean - target @ rows
            curve += (rows * said[:, None]).T @ rows - np.outer(mean, mean)
        step = np.linalg.solve(curve, slope)
        # A whole step may overshoot where the softmax is nearly sure.
        share, before = 1.0, _loss(scaled, weights)
        while share > 1e-4 and _loss(scaled, weights - share * step) > before:
            share /= 2
        weights = weights - share * step
        if float(np.abs(step).max()) < 1e-6:
            break
    return np.asarray(weights / scale)


def _loss(groups: Sequence[tuple[Array, Array]], weights: Array) -> float:
    total = _PRIOR * float(weights @ weights) / 2
    for rows, target in groups:
        scores = rows @ weights
        total += float(scores.max() + np.log(np.exp(scores - scores.max()).sum()))
        total -= float(target @ scores)
    return total


def logistic(rows: Array, held: NDArray[np.bool_]) -> Array:
    """Weights of a logistic regression; the first column is 1 throughout, and has no prior."""
    middle, spread = rows.mean(axis=0), rows.std(axis=0)
    middle[0], spread[0] = 0, 1
    scale = np.where(spread > 1e-9, spread, np.inf)
    design = (rows - middle) / scale
    prior = np.diag([1e-6, *([_PRIOR] * (rows.shape[1] - 1))])
    weights: Array = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        said = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (said - held) + prior @ weights
        curve = (design * (said * (1 - said))[:, None]).T @ design + prior
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if float(np.abs(step).max()) < 1e-8:
            break
    found = weights / scale
    found[0] = weights[0] - found[1:] @ middle[1:]
    return np.asarray(found)
