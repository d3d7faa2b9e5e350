"""The cosines of different models mean the same on one scale."""

from __future__ import annotations

import pytest

from nexus.retrieval.cosines import spread_of
from nexus.retrieval.off_topic_bars import bar_of

NEUTRAL = "multilingual-e5-small-neutral"


def test_a_crowding_models_cosines_are_spread() -> None:
    spread = spread_of(NEUTRAL)
    assert spread.comparable(0.75) == pytest.approx(0.01)
    assert spread.comparable(0.87) == pytest.approx(0.61)
    assert spread_of(f"maker/{NEUTRAL.upper()}") == spread


def test_other_models_cosines_stay_as_they_are() -> None:
    for model in ("text-embedding-3-small", "multilingual-e5-small", ""):
        assert spread_of(model).comparable(0.42) == 0.42


def test_the_local_model_has_a_bar_of_its_own() -> None:
    assert bar_of(NEUTRAL) != bar_of("multilingual-e5-small")
