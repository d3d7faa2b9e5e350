"""Local reranking: what MaxSim counts, and what the cache of token states keeps and drops."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from cli.local.models import relevance
from cli.local.models.relevance import closeness, token_weights
from cli.local.models.state_cache import ENTRY_BYTES, StateCache, TokenStates, quantised
from tests.model_server import ROOT


def states(*rows: list[float]) -> NDArray[np.float32]:
    return np.array(rows, np.float32).reshape(len(rows), 2)


def of_size(tokens: int) -> TokenStates:
    return TokenStates(np.ones((tokens, 384), np.int8), np.ones(tokens, np.float32))


def test_max_similarity_is_the_weighted_mean_of_the_best_cosines() -> None:
    question = states([1, 0], [0, 1], [0.6, 0.8])
    documents = [states([1, 0]), states(), states([0, 1], [-1, 0], [0.8, 0.6])]
    # Best cosines: 1, 0, .6 in the first; .8, 1, .96 in the third. Weights: 1, 1, .1 of 2.1.
    found = closeness(
        question, np.array([1, 1, 0.1], np.float32), [quantised(d) for d in documents]
    )
    np.testing.assert_allclose(found, [1.06 / 2.1, 0, 1.896 / 2.1], atol=0.003)


def test_what_stands_together_is_closer_than_the_same_scattered() -> None:
    question, blank = states([1, 0], [0, 1]), [[-0.6, -0.8]] * 60
    together = quantised(states([1, 0], [0, 1], *blank, *blank))
    apart = quantised(states([1, 0], *blank, [0, 1], *blank))
    near, far = closeness(question, np.ones(2, np.float32), [together, apart])
    # The three smaller windows hold only one of them, and 0 for the other.
    assert near == pytest.approx(1, abs=0.01)
    assert far == pytest.approx((1 + (0.5 + 0.5 + 0.5 + 1) / 4) / 2, abs=0.01)


def test_a_window_finds_what_lies_across_its_blocks() -> None:
    question, blank = states([1, 0], [0, 1]), [[-0.6, -0.8]]
    across = quantised(states(*blank * 15, [1, 0], *blank * 6, [0, 1], *blank * 60))
    assert closeness(question, np.ones(2, np.float32), [across])[0] == pytest.approx(1, abs=0.01)


def test_documents_over_several_products_keep_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relevance, "PRODUCT_TOKENS", 3)
    wave = [states(*[[np.cos(k / 5), np.sin(k / 5)]] * (k % 4)) for k in range(9)]
    question = states([1, 0])
    found = closeness(question, np.ones(1, np.float32), [quantised(s) for s in wave])
    expected = [np.cos(k / 5) if k % 4 else 0 for k in range(9)]
    np.testing.assert_allclose(found, expected, atol=0.005)


def test_a_question_or_document_without_tokens_scores_nothing() -> None:
    assert closeness(states(), np.zeros(0, np.float32), [of_size(2)]) == [0.0]
    assert closeness(states([1, 0]), np.ones(1, np.float32), [of_size(0)]) == [0.0]


def test_a_token_counts_as_its_word_is_rare() -> None:
    tokens = ["▁Who", "▁is", "▁on", "▁the", "▁perp", "us", "ta", "kaan", "-", "3", "?"]
    scores = np.array([-9, -5, -5, -4, -12, -6, -6, -9, -5, -8, -5], np.float32)
    weights = token_weights(tokens, scores)
    expected = [0.125, 0.1, 0.1, 0.1, 1, 1, 1, 1, 0.1, 0.1, 0.1]
    np.testing.assert_allclose(weights, expected, rtol=1e-6)
    assert token_weights([], np.zeros(0, np.float32)).shape == (0,)


def test_the_cache_stays_in_its_limit_and_drops_what_was_used_longest_ago() -> None:
    size = 10 * (384 + 4) + ENTRY_BYTES
    cache = StateCache(3 * size)
    for text in "abc":
        cache.keep(text, of_size(10))
    assert cache.find(["a"]) != [None]
    cache.keep("d", of_size(10))
    cache.keep("d", of_size(10))
    assert [found is not None for found in cache.find(list("abcd"))] == [True, False, True, True]
    report = cache.report()
    assert (report.texts, report.bytes, report.hits, report.misses) == (3, 3 * size, 4, 1)
    cache.keep("long", of_size(1000))
    assert cache.report().bytes == cache.report().texts == 0


def test_threads_share_one_cache() -> None:
    cache = StateCache(20 * (384 + 4 + ENTRY_BYTES))

    def work(start: int) -> int:
        for number in range(start, start + 2000):
            text = str(number % 37)
            cache.keep(text, of_size(1 + number % 3))
            cache.find([text, "0"])
        return 2 * 2000

    with ThreadPoolExecutor(8) as pool:
        looked = sum(pool.map(work, range(8)))
    report = cache.report()
    assert report.hits + report.misses == looked
    held = [found for found in cache.find([str(n) for n in range(37)]) if found is not None]
    assert len(held) == report.texts
    assert sum(len(s.values) * (384 + 4) + ENTRY_BYTES for s in held) == report.bytes
    assert 0 < report.bytes <= report.limit_bytes


def test_the_server_can_set_numpys_threads_before_numpy_is_imported() -> None:
    code = "import sys, cli.local.models.server; sys.exit('numpy' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    assert (
        subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
    )
