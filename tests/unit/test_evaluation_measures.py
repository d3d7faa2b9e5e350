"""The figures of an evaluation, against values worked out by hand and properties that must hold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.evaluation.probability_measures import (
    auroc,
    calibration_error,
    percentile,
    reliability,
)
from cli.evaluation.rank_measures import mrr_at, ndcg_at, place_of, recall_at
from cli.evaluation.text_measures import contains, token_f1

places = st.lists(st.one_of(st.none(), st.integers(1, 30)), min_size=1)
scores = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_ranks_by_hand() -> None:
    ranks = [1, 2, None, 4]
    assert recall_at(ranks, 1) == 0.25
    assert recall_at(ranks, 2) == 0.5
    assert recall_at(ranks, 10) == 0.75
    assert mrr_at(ranks, 10) == pytest.approx((1 + 1 / 2 + 0 + 1 / 4) / 4)
    assert mrr_at(ranks, 3) == pytest.approx((1 + 1 / 2) / 4)
    assert ndcg_at(ranks, 10) == pytest.approx((1 + 1 / math.log2(3) + 1 / math.log2(5)) / 4)
    assert recall_at([], 1) is None


def test_a_place_counts_distinct_documents() -> None:
    assert place_of(["a", "a", "b", "a", "c"], {"c", "z"}) == 3
    assert place_of(["a", "b"], {"c"}) is None


@given(places)
def test_ranks_never_fall_as_more_is_looked_at(ranks: list[int | None]) -> None:
    for measure in (recall_at, mrr_at, ndcg_at):
        values = [measure(ranks, k) or 0.0 for k in range(1, 31)]
        assert values == sorted(values)
        assert 0 <= values[0] <= values[-1] <= 1
    recall, ndcg, mrr = (measure(ranks, 10) or 0.0 for measure in (recall_at, ndcg_at, mrr_at))
    assert recall + 1e-9 >= ndcg >= mrr - 1e-9


def test_auroc_by_hand() -> None:
    # Of the six pairs the positive wins four, loses one and ties one.
    assert auroc([0.9, 0.5], [0.1, 0.5, 0.6]) == pytest.approx(4.5 / 6)
    assert auroc([1.0], [0.0]) == 1
    assert auroc([0.5, 0.5], [0.5]) == 0.5
    assert auroc([], [0.5]) is None


@given(scores, scores)
def test_auroc_is_the_share_of_pairs_won(positives: list[float], negatives: list[float]) -> None:
    won = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)
    assert auroc(positives, negatives) == pytest.approx(won / len(positives) / len(negatives))
    assert auroc(negatives, positives) == pytest.approx(1 - won / len(positives) / len(negatives))


def test_calibration_error_by_hand() -> None:
    bins = reliability([0.05, 0.05, 0.95, 1.0], [False, True, True, True])
    assert [(item.low, item.count, item.true) for item in bins] == [(0.0, 2, 0.5), (0.9, 2, 1.0)]
    assert calibration_error(bins) == pytest.approx(0.5 * (0.5 - 0.05) + 0.5 * (1 - 0.975))
    with pytest.raises(ValueError, match="0 to 1"):
        reliability([1.2], [True])


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_calibration_error_is_a_distance_and_bins_lose_nothing(
    pairs: list[tuple[float, bool]],
) -> None:
    bins = reliability([p for p, _ in pairs], [truth for _, truth in pairs])
    assert sum(item.count for item in bins) == len(pairs)
    assert all(item.low - 1e-9 <= item.stated <= item.high + 1e-9 for item in bins)
    assert 0 <= (calibration_error(bins) or 0.0) <= 1


def test_percentiles_by_hand() -> None:
    assert percentile([4, 1, 3, 2], 0.5) == 2.5
    assert percentile([10, 20], 0.95) == pytest.approx(19.5)
    assert percentile([7], 0.95) == 7
    assert percentile([], 0.5) is None


@pytest.mark.parametrize(
    ("text", "answer", "held"),
    [
        ("It began in October 1973.", "october 1973", True),
        ("It rose to nearly $12 a barrel.", "$12", True),
        ("It rose to nearly $120 a barrel.", "$12", False),
        ("From 1973–74 it fell.", "1973", True),
        ("The U.S. joined.", "US", True),
        ("Fees of IDR 1,000 apply.", "IDR 1,000", True),
        ("The Normans came.", "the Normans", True),
        ("He said A+.", "+", True),
        ("Anything", "", False),
        ("“Café” au lait", "cafe\u0301", True),
    ],
)
def test_containment_is_of_whole_words_punctuation_aside(
    text: str, answer: str, held: bool
) -> None:
    assert contains(text, [answer]) is held


def test_token_f1_by_hand() -> None:
    # Said "black cat sat", wanted "cat": precision 1/3, recall 1.
    assert token_f1("The black cat sat.", ["a cat"]) == pytest.approx(0.5)
    assert token_f1("cat", ["dog", "the cat"]) == 1
    assert token_f1("cat", []) == 0


@given(st.text(), st.text())
def test_token_f1_is_symmetric_and_one_for_the_same(one: str, other: str) -> None:
    assert token_f1(one, [other]) == pytest.approx(token_f1(other, [one]))
    assert token_f1(one, [one]) == 1


@given(st.text(), st.text(min_size=1).filter(str.strip), st.text())
def test_what_stands_between_blanks_is_contained(before: str, answer: str, after: str) -> None:
    assert contains(f"{before} {answer} {after}", [answer])
