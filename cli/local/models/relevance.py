"""Scores how relevant texts are to a question by MaxSim over the encoder's token states.

MaxSim takes each of the question's tokens where it finds it best, anywhere in the text. What
answers a question stands together, so windows of the text are scored, too. Whether the best text
answers at all, its likest sentence tells.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cli.local.models.encoder import SPECIAL_TOKENS, TextEncoder
from cli.local.models.state_cache import StateCache, TokenStates, quantised
from cli.local.models.words import FUNCTION_WORDS, QUESTION_WORDS, content_stems
from nexus.text.sentences import sentence_spans

Array = NDArray[np.float32]

# Set by hand, not fitted: among the first ten that a search finds for the 5,618 answerable
# questions of the evaluation set, 91 % of the gold passages come closer than .6 and 17 % of the
# others (our measurement).
MIDDLE = 0.6
STEEPNESS = 16.0
# The likest sentence of the best text tells whether any holds the answer.
SENTENCE_WEIGHT = 2.0
USUAL_SENTENCE = 0.5
# What "the" and "?" find in a text says little. Measured on 5,344 of these questions by MaxSim of
# the whole text: with this weight the right document comes first for 85.3 % of them, with equal
# weights for 84.4 %.
FUNCTION_WEIGHT = 0.1
# The state of "who" or "when" is near those of people or of dates, so it says more.
QUESTION_WEIGHT = 0.5
SPACE = "▁"
# A text is cut into blocks of so many tokens, and the windows are so many blocks long: a clause, a
# sentence or two, a paragraph. With them the right document comes first for 87.1 % of the
# questions, by MaxSim of the whole text alone for 85.9 %.
BLOCK_TOKENS = 8
WINDOWS = (2, 3, 6, 12)
# Tokens of texts that are compared in one product: 12 MB of floats, forty ordinary chunks.
PRODUCT_TOKENS = 8192


def relevance(
    query: str, texts: Sequence[str], model: TextEncoder, cache: StateCache
) -> tuple[list[float], int]:
    """A relevance from 0 to 1 for each text (at least one) in order, and how many tokens were read.

    Their order is that of `closeness`. How near the best one's likest sentence is moves all alike,
    so that the highest is over 0.5 where the texts roughly hold an answer. The states of texts come
    from the cache, and go there.
    """
    encoding = model.encode([query])[0]
    ((_, vector, states),) = model.read([encoding])
    weights = token_weights(model.tokens(encoding))
    documents = passage_states(texts, model, cache)
    tokens = sum(len(states.values) + SPECIAL_TOKENS for states in documents)
    scores = [STEEPNESS * (close - MIDDLE) for close in closeness(states, weights, documents)]
    best = scores.index(max(scores))
    likest = _likest_sentence(query, vector, texts[best], model)
    found = SENTENCE_WEIGHT * (likest - USUAL_SENTENCE)
    return [_logistic(score + found) for score in scores], tokens + len(encoding)


def _likest_sentence(query: str, vector: Array, text: str, model: TextEncoder) -> float:
    """The cosine of a question with the sentence that has most of its words, read alone."""
    asked = frozenset(content_stems(query))
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    if not sentences:
        return 0.0
    chosen = max(sentences, key=lambda sentence: len(asked.intersection(content_stems(sentence))))
    return float(model.embed([chosen])[0] @ vector)


def token_weights(tokens: Sequence[str]) -> Array:
    """What each token of a question counts for: little in function words and punctuation.

    Tokens are SentencePiece's; a word's first piece begins with the mark for a space. Each counts
    as the word, but a word in three pieces for two words, not for three.
    """
    words, word_of = _words(tokens)
    pieces = Counter(word_of)
    weights = [_word_weight(word) for word in words]
    return np.array([weights[place] * (1 + 1 / pieces[place]) / 2 for place in word_of], np.float32)


def _words(tokens: Sequence[str]) -> tuple[list[str], list[int]]:
    """The words in small letters that tokens are pieces of, and for each token its word's place."""
    words: list[str] = []
    word_of: list[int] = []
    for token in tokens:
        piece = token.lstrip(SPACE).lower()
        spelled = any(map(str.isalnum, piece))
        # "fee?" is a word and a sign, though no space stands between them.
        if words and not token.startswith(SPACE) and spelled == any(map(str.isalnum, words[-1])):
            words[-1] += piece
        else:
            words.append(piece)
        word_of.append(len(words) - 1)
    return words, word_of


def _word_weight(word: str) -> float:
    if word in QUESTION_WORDS:
        return QUESTION_WEIGHT
    return FUNCTION_WEIGHT if word in FUNCTION_WORDS or not any(map(str.isalnum, word)) else 1.0


def closeness(question: Array, weights: Array, documents: Sequence[TokenStates]) -> list[float]:
    """How close each document comes to a question: its MaxSim, half and half with its windows'.

    MaxSim is the weighted mean of each question token's best cosine. It is 0 where the question or
    the document has no token.
    """
    scores = [0.0] * len(documents)
    if not len(question):
        return scores
    shares = weights / weights.sum()
    for places in _products(documents):
        parts = [documents[place] for place in places]
        values = np.concatenate([part.values for part in parts]).astype(np.float32)
        cosines = (question @ values.T) * np.concatenate([part.scales for part in parts])
        start = 0
        for place, part in zip(places, parts, strict=True):
            end = start + len(part.values)
            scores[place] = mean_of_windows(shares, cosines[:, start:end])
            start = end
    return scores


def mean_of_windows(shares: Array, cosines: Array) -> float:
    """The MaxSim of a whole text (a column a token), half and half with its best windows'."""
    best = np.maximum.reduceat(cosines, np.arange(0, cosines.shape[1], BLOCK_TOKENS), axis=1)
    whole = float(shares @ best.max(axis=1))
    total, size = 0.0, 1
    for blocks in WINDOWS:
        if blocks >= cosines.shape[1] / BLOCK_TOKENS:
            total += whole
            continue
        # Two windows that meet or overlap make a longer one.
        while size < blocks:
            step = min(size, blocks - size)
            best = np.maximum(best[:, :-step], best[:, step:])
            size += step
        total += float((shares @ best).max())
    return (whole + total / len(WINDOWS)) / 2


def passage_states(
    texts: Sequence[str], model: TextEncoder, cache: StateCache
) -> list[TokenStates]:
    """The states of each text in order, read by the encoder where the cache has none."""
    once = list(dict.fromkeys(texts))
    kept = zip(once, cache.find(once), strict=True)
    found = {text: states for text, states in kept if states is not None}
    missing = [text for text in once if text not in found]
    for row, _, states in model.read(model.encode(missing)):
        found[missing[row]] = quantised(states)
        cache.keep(missing[row], found[missing[row]])
    return [found[text] for text in texts]


def _products(documents: Sequence[TokenStates]) -> Iterator[list[int]]:
    """Places of documents with tokens, in groups of about PRODUCT_TOKENS tokens."""
    group: list[int] = []
    size = 0
    for place, document in enumerate(documents):
        if not len(document.values):
            continue
        if group and size + len(document.values) > PRODUCT_TOKENS:
            yield group
            group, size = [], 0
        group.append(place)
        size += len(document.values)
    if group:
        yield group


def _logistic(score: float) -> float:
    return 1 / (1 + math.exp(-score))
