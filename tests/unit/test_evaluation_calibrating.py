"""How the confidence is fitted to an operator's questions."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace

import pytest

from cli.evaluation.calibrating import as_setting, calibrate, examples_of, fit
from cli.evaluation.measurements import ARTICLE_MISSING, GOLD_REMOVED, Judged, MeasuredQuestion, Run
from cli.evaluation.questions import GoldenQuestion
from cli.failure import Failure
from nexus.models import Language
from nexus.retrieval.answerability import Features
from nexus.retrieval.confidence import probability, read_calibrations


def run_of(count: int, *, question: str = "What is the fee of the course?") -> Run:
    """Questions whose relevance and coverage tell, by a known law, whether they are held."""
    dice = random.Random(7)
    run = Run(count)
    missing = run.missing.setdefault(ARTICLE_MISSING, [])
    for number in range(count):
        golden = GoldenQuestion(f"q{number}", question, f"d{number}", ("x",), True)
        features = Features(dice.gauss(1, 2), 0.5, dice.random(), 0.1, 1.0)
        held = dice.random() < 1 / (1 + math.exp(-(features.relevance + 2 * features.coverage)))
        run.questions.append(
            MeasuredQuestion(golden, held=held, probability=0.01, features=features)
        )
        far = Features(dice.gauss(-5, 1), 0.1, 0.0, 0.0, 0.5)
        missing.append(Judged(golden.question_id, 0.99, True, far))
    return run


def test_the_fit_is_calibrated_on_articles_that_it_has_not_seen() -> None:
    fits = calibrate(run_of(600), lambda document: f"article {int(document[1:]) % 12}")
    found = fits[Language.ENGLISH]
    assert set(fits) == {Language.ENGLISH}
    assert found.examples == 1200
    assert found.ece is not None
    assert found.ece < 0.05
    assert found.ece_before is not None
    assert found.ece_before > 0.5
    # What it writes is what the setting reads.
    read = read_calibrations(json.dumps(as_setting(fits)))
    near = Features(4.0, 0.5, 0.9, 0.1, 1.0)
    assert probability(near, read[Language.ENGLISH]) > 0.9


def test_a_feature_that_never_changes_gets_no_weight() -> None:
    run = run_of(80)
    examples = [e for e in examples_of(run, str) if e.stated == 0.01]
    assert fit(examples).cosine == 0
    assert fit(examples).relevance > 0


def test_near_misses_weigh_the_features_and_leave_the_probability_as_it_is() -> None:
    run = run_of(600)
    plain = calibrate(run, lambda document: f"article {int(document[1:]) % 12}")
    # Without its passage a question's ranking looks like before, but has no names.
    near = run.missing.setdefault(GOLD_REMOVED, [])
    for measured in run.questions:
        assert measured.features is not None
        without = replace(measured.features, names=0.0)
        near.append(Judged(measured.question.question_id, 0.5, False, without))
    found = calibrate(run, lambda document: f"article {int(document[1:]) % 12}")
    after, before = found[Language.ENGLISH], plain[Language.ENGLISH]
    assert after.calibration.names > before.calibration.names + 1
    assert after.examples == before.examples
    assert after.ece is not None
    assert after.ece < 0.05


def test_too_few_questions_are_refused() -> None:
    with pytest.raises(Failure, match="40 questions"):
        calibrate(run_of(20), str)
