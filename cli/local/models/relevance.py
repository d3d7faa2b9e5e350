"""Scores how relevant texts are to a question by MaxSim over the encoder's token states.

MaxSim takes each of the question's tokens where it finds it best, anywhere in the text. What
answers a question stands together, so windows of the text are scored, too. Whether the best text
answers at all, a trained reader of its tokens and its likest sentence tell.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cli.local.models.minilm import SPECIAL_TOKENS, MiniLM
from cli.local.models.state_cache import StateCache, TokenStates, quantised
from cli.local.models.token_reader import Question, Weights, answer_score
from cli.local.models.words import FUNCTION_WORDS, QUESTION_WORDS, content_stems
from nexus.text.sentences import sentence_spans

Array = NDArray[np.float32]

# Set by hand, not fitted: among the first ten that a search finds for the 5,618 answerable
# questions of the evaluation set, 91 % of the gold passages come closer than .6 and 17 % of the
# others (our measurement).
MIDDLE = 0.6
STEEPNESS = 16.0
# What the token reader says of a text over what is usual, in logits. It hardly moves the order,
# where closeness knows more (with three times the weight the right document comes first less
# often).
ANSWER_WEIGHT = 0.085
USUAL_ANSWER = -1.0
# What it says of the best text, and that text's likest sentence, tell whether any holds the answer:
# with them, questions whose passage is missing are told from others with an AUROC of .900 instead
# of .896 (on articles that the reader had not seen; `nexus.retrieval.confidence` fitted to each).
BEST_ANSWER_WEIGHT = 0.2
SENTENCE_WEIGHT = 2.0
USUAL_SENTENCE = 0.5
# What "the" and "?" find in a text says little. Measured on 5,344 of these questions by MaxSim of
# the whole text: with this weight the right document comes first for 85.3 % of them, with equal
# weights for 84.4 %.
FUNCTION_WEIGHT = 0.1
# The state of "who" or "when" is near those of people or of dates, so it says more.
QUESTION_WEIGHT = 0.5
# A text is cut into blocks of so many tokens, and the windows are so many blocks long: a clause, a
# sentence or two, a paragraph. With them the right document comes first for 87.1 % of the
# questions, by MaxSim of the whole text alone for 85.9 %.
BLOCK_TOKENS = 8
WINDOWS = (2, 3, 6, 12)
# Tokens of texts that are compared in one product: 12 MB of floats, forty ordinary chunks.
PRODUCT_TOKENS = 8192


def relevance(
    query: str, texts: Sequence[str], model: MiniLM, cache: StateCache, reader: Weights
) -> tuple[list[float], int]:
    """A relevance from 0 to 1 for each text (at least one) in order, and how many tokens were read.

    Their order is that of `closeness` and a little of what `reader` (the weights of `token_reader`)
    makes of each text. How well the best of them answers moves all alike, so that the highest is
    over 0.5 where the texts roughly hold an answer. The states of texts come from the cache, and go
    there.
    """
    # Alone, because activations are quantised with one scale for a whole batch: the same question
    # then has the same states, whatever the texts beside it.
    encoding = model.encode([query])[0]
    ((_, vector, states),) = model.read([encoding])
    question = read_question(model.tokens(encoding), states, model)
    documents = passage_states(texts, model, cache)
    tokens = sum(len(states.values) + SPECIAL_TOKENS for states in documents)
    answers = [answer_score(reader, question, states.unpacked()) for states in documents]
    scores = [
        STEEPNESS * (close - MIDDLE) + ANSWER_WEIGHT * (answer - USUAL_ANSWER)
        for close, answer in zip(
            closeness(question.states, question.shares[0], documents), answers, strict=True
        )
    ]
    best = scores.index(max(scores))
    found = BEST_ANSWER_WEIGHT * (answers[best] - USUAL_ANSWER)
    found += SENTENCE_WEIGHT * (
        _likest_sentence(query, vector, texts[best], model) - USUAL_SENTENCE
    )
    return [_logistic(score + found) for score in scores], tokens + len(encoding)


def read_question(tokens: Sequence[str], states: Array, model: MiniLM) -> Question:
    """What the token reader is told of a question; `tokens` are WordPiece's."""
    words, word_of = _words(tokens)
    weights = token_weights(tokens)
    asks = np.array([words[place] in QUESTION_WORDS for place in word_of], np.bool_)
    rarity = np.array([model.rarity(words[place]) for place in word_of], np.float32)
    shares = np.stack([weights, weights * ~asks, weights * rarity])
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-6)
    return Question(states, shares, weights > QUESTION_WEIGHT)


def _likest_sentence(query: str, vector: Array, text: str, model: MiniLM) -> float:
    """The cosine of a question with the sentence that has most of its words, read alone."""
    asked = frozenset(content_stems(query))
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    if not sentences:
        return 0.0
    chosen = max(sentences, key=lambda sentence: len(asked.intersection(content_stems(sentence))))
    return float(model.embed([chosen])[0] @ vector)


def token_weights(tokens: Sequence[str]) -> Array:
    """What each token of a question counts for: little in function words and punctuation.

    Tokens are WordPiece's; a word's pieces after its first begin with ##. Each counts as the word,
    but a word in three pieces for two words, not for three.
    """
    words, word_of = _words(tokens)
    pieces = Counter(word_of)
    weights = [_word_weight(word) for word in words]
    return np.array([weights[place] * (1 + 1 / pieces[place]) / 2 for place in word_of], np.float32)


def _words(tokens: Sequence[str]) -> tuple[list[str], list[int]]:
    """The words that tokens are pieces of, and for each token the place of its word."""
    words: list[str] = []
    word_of: list[int] = []
    for token in tokens:
        if token.startswith("##") and words:
            words[-1] += token[2:]
        else:
            words.append(token)
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


def passage_states(texts: Sequence[str], model: MiniLM, cache: StateCache) -> list[TokenStates]:
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
