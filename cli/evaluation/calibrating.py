"""Fits the coefficients of the probability to an operator's own questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cli.evaluation.figures import rounded
from cli.evaluation.measurements import ARTICLE_MISSING, GOLD_REMOVED, Run
from cli.evaluation.probability_measures import auroc, calibration_error, reliability
from cli.failure import Failure
from nexus.models import Language
from nexus.retrieval.answerability import Features
from nexus.retrieval.confidence import Calibration, probability
from nexus.text.language import language_of

Array = NDArray[np.float64]

FOLDS = 5
# Fewer examples of either kind say too little about so many coefficients.
LEAST = 40
# The strength of the prior that a feature says nothing, in examples.
_PRIOR = 1.0
_STEPS = 50
_FEATURES = tuple(spec.name for spec in fields(Features))


@dataclass(frozen=True, slots=True)
class Example:
    """What a ranking said, whether its passages held the answer, and of which article it was.

    A `near` one lacked the passage and had the rest of its article. Such examples tell which
    features matter, but how many of them there are says nothing about how probable an answer is.
    """

    features: Features
    held: bool
    article: str
    language: Language
    stated: float
    near: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """A language's coefficients; how they did on articles that they were not fitted on."""

    calibration: Calibration
    examples: int
    auroc: float | None
    ece: float | None
    ece_before: float | None


def calibrate(run: Run, article_of: Callable[[str], str]) -> dict[Language, Fit]:
    """Fits each language that has enough questions, on what the report's `ece` is measured on.

    That is the questions that were also asked without their article, both ways. Those asked without
    their passage alone help to weigh the features. `article_of` names the article of a document.
    Raises Failure if no language has enough.
    """
    examples = examples_of(run, article_of)
    fits = {}
    for language in Language:
        own = [example for example in examples if example.language is language]
        held = sum(example.held for example in own)
        if min(held, sum(not (example.held or example.near) for example in own)) >= LEAST:
            fits[language] = _checked_fit(own)
    if not fits:
        raise Failure(
            f"A calibration takes {LEAST} questions of a language that find their document and as "
            "many without it (--missing)."
        )
    return fits


def as_setting(fits: dict[Language, Fit]) -> dict[str, Any]:
    """The coefficients as NEXUS_CALIBRATION holds them."""
    return {
        language.value: {name: round(v, 4) for name, v in asdict(found.calibration).items()}
        for language, found in fits.items()
    }


def examples_of(run: Run, article_of: Callable[[str], str]) -> list[Example]:
    """The questions that were asked with and without their article or passage, as examples."""
    measured = {m.question.question_id: m for m in run.questions if m.features is not None}
    near = {judged.question_id: judged for judged in run.missing.get(GOLD_REMOVED, [])}
    found = []
    for judged in run.missing.get(ARTICLE_MISSING, []):
        whole = measured.get(judged.question_id)
        if whole is None or whole.features is None or whole.probability is None:
            continue
        about = article_of(whole.question.document), language_of(whole.question.text)
        found.append(Example(whole.features, whole.held, *about, whole.probability))
        if judged.features is not None:
            found.append(Example(judged.features, False, *about, judged.probability))
        # A document that is its own article was asked without it once.
        other = near.get(judged.question_id, judged)
        if other is not judged and other.features is not None:
            found.append(Example(other.features, False, *about, other.probability, near=True))
    return found


def fit(examples: Sequence[Example]) -> Calibration:
    """The logistic regression of `held` on the features, with a weak prior.

    The sum of the weighed features is then fitted once more, to the examples that are not near.
    """
    rows = np.array([[getattr(e.features, name) for name in _FEATURES] for e in examples])
    held = np.array([e.held for e in examples], float)
    intercept, slopes = regression(rows, held)
    far = np.array([not e.near for e in examples])
    if not far.all():
        base, (factor,) = regression((intercept + rows[far] @ slopes)[:, None], held[far])
        intercept, slopes = base + float(factor) * intercept, float(factor) * slopes
    return Calibration(intercept, **dict(zip(_FEATURES, map(float, slopes), strict=True)))


def regression(rows: Array, held: Array) -> tuple[float, Array]:
    """The intercept and slopes of a logistic regression, by Newton's method."""
    middle, spread = rows.mean(axis=0), rows.std(axis=0)
    # What never changes, such as the relevance without a reranker, says nothing.
    scale = np.where(spread > 1e-9, spread, np.inf)
    design = np.column_stack([np.ones(len(rows)), (rows - middle) / scale])
    prior = np.diag([1e-6, *([_PRIOR] * rows.shape[1])])
    weights: Array = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        said = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (said - held) + prior @ weights
        curve = (design * (said * (1 - said))[:, None]).T @ design + prior
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if float(np.abs(step).max()) < 1e-8:
            break
    slopes: Array = weights[1:] / scale
    return float(weights[0] - slopes @ middle), slopes


def _checked_fit(examples: Sequence[Example]) -> Fit:
    """The fit to all examples, judged by fits that leave each article out in turn."""
    articles = sorted({example.article for example in examples})
    fold_of = {article: place % FOLDS for place, article in enumerate(articles)}
    said: list[tuple[float, bool]] = []
    for fold in range(min(FOLDS, len(articles))):
        rest = [e for e in examples if fold_of[e.article] != fold]
        if len({e.held for e in rest}) == 2:
            fitted = fit(rest)
            own = [e for e in examples if fold_of[e.article] == fold and not e.near]
            said += [(probability(e.features, fitted), e.held) for e in own]
    return Fit(
        calibration=fit(examples),
        examples=sum(not e.near for e in examples),
        auroc=rounded(auroc([p for p, h in said if h], [p for p, h in said if not h])),
        ece=_ece(said),
        ece_before=_ece([(e.stated, e.held) for e in examples if not e.near]),
    )


def _ece(said: Sequence[tuple[float, bool]]) -> float | None:
    return rounded(calibration_error(reliability([p for p, _ in said], [h for _, h in said])))
