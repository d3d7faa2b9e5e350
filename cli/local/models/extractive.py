"""Answers a question with sentences quoted from the passages of its prompt, or refuses.

`tests/training/extractive.py` fits the weights: the English ones to 110 of the development
questions, the Indonesian ones to as many of IDK-MRC's, each to the five passages that the search
found; the refusals to the same questions without their passage or their article.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cli.local.models.candidates import Candidate, candidates
from cli.local.models.evidence import (
    FEATURES,
    FIRST_FEATURES,
    coverage,
    measure_alone,
    measure_inside,
    measure_words,
    named_literally,
    offers_kind,
    word_weights,
)
from cli.local.models.leaning import asked_of, penalties, weighed
from cli.local.models.passage_cosines import Encoder
from cli.local.models.prompt_reader import read_prompt
from cli.local.models.quoting import compose, quotable, quote, repeats
from cli.local.models.tie_breaks import ATTRIBUTE, before_its_twin, says_attribute
from cli.local.models.words import content_stems
from nexus.answering.prompts import NO_ANSWER
from nexus.answering.routing import route_of
from nexus.models import Language
from nexus.retrieval.answer_kinds import names_holder
from nexus.text.language import language_of

Array = NDArray[np.float32]

# Of the best candidate's features those that tell whether there is an answer.
PRESENCE_COLUMNS = [
    FEATURES.index(name)
    for name in (
        "covered", "covered_around", "covered_passage", "inside_titled", "closeness", "cosine",
        "maxsim",
    )
]  # fmt: skip
# Sentences that the encoder reads alone: more of them do not change the answers, only the time.
ENCODED = 8


@dataclass(frozen=True, slots=True)
class Fit:
    """Weights of evidence.FEATURES: of the first ones to choose what is read alone, then of all.

    `presence` is the logistic that tells an answer's presence; `confidence` lists its inputs.
    """

    first: Array
    last: Array
    presence: Array
    refuse_below: float


FITS = {
    Language.ENGLISH: Fit(
        first=np.array(
            [
                *(0.7, 1.05, 2.46, -0.06, 0.01, 0.89, 0.42, 1.86, 0.5),
                *(1.07, 0.45, -0.23, 0.0, 5.01, 6.48, 7.36, 6.67, 6.8),
            ],
            np.float32,
        ),
        last=np.array(
            [
                *(2.54, -1.51, 2.58, -0.77, 1.69, 0.42, 0.88, 1.6, 0.43),
                *(1.23, -0.08, 0.43, 0.0, 2.16, 4.48, 8.83, 6.86, 8.43),
                *(32.39, 4.91, 25.74, -8.5),
            ],
            np.float32,
        ),
        presence=np.array(
            [
                *(-31.23, 0.24, 1.77, 0.82, -0.33, -1.25, 3.62, 15.03, 7.17),
                *(-4.94, -1.31),
            ],
            np.float32,
        ),
        refuse_below=0.089,
    ),
    Language.INDONESIAN: Fit(
        first=np.array(
            [
                *(-2.2, 2.32, -0.18, 0.98, -0.79, 0.91, 2.11, 1.98, 0.52),
                *(1.1, 3.46, 0.2, 0.0, -2.1, 12.75, 0.64, 4.26, 3.45),
            ],
            np.float32,
        ),
        last=np.array(
            [
                *(-2.79, 0.65, 0.36, 0.9, 1.36, 0.81, 2.38, 1.94, 0.69),
                *(1.35, 2.23, 0.29, 0.0, -2.6, 9.27, 0.04, 4.47, 4.16),
                *(26.34, 4.92, 16.82, -5.25),
            ],
            np.float32,
        ),
        presence=np.array(
            [
                *(-51.25, 0.24, -0.72, 1.61, 0.34, 5.61, 10.42, 19.41, -0.01),
                *(15.7, -0.59),
            ],
            np.float32,
        ),
        refuse_below=0.109,
    ),
}
# What a question's literal names add to a score: set by hand, since the questions that the weights
# were fitted on have none.
NAMED = 4.0
# What a unit that is no answer loses: more than any evidence can make good.
UNQUOTED = 100.0
# The same for a best sentence without the kind of thing that is asked for. Of the development
# questions that ask for one, it refuses 5 of 298 that have an answer and 6 of 125 that have none.
REFUSE_OTHER_KIND = 0.5
# A summary quotes so many passages, and reads so many sentences of each.
SUMMARY_SENTENCES = 5
SUMMARY_LOOK = 3
GREETING = (
    "This local model only quotes answers from passages. Send a prompt with passages and a "
    "question, or set OPENAI_API_KEY to use a language model."
)


def answer(prompt: str, model: Encoder) -> str:
    """One to three quotes, each followed by its passage's number like [1], or NO_ANSWER.

    A prompt that `nexus.answering.prompts` did not make gets a fixed sentence.
    """
    read = read_prompt(prompt)
    if read is None:
        return GREETING
    found = candidates(read)
    if route_of(read.question) == "summary":
        return _summary(found, model)
    question = read.standalone or read.question
    if not found or not content_stems(question):
        return NO_ANSWER
    fit = FITS[language_of(question)]
    weights = weighed(word_weights(question, found, model), read)
    asked = asked_of(read, question, model)
    rows = measure_inside(found, measure_words(question, found, weights), asked, model)
    named = NAMED * named_literally(question, found)
    lost = penalties(found, read)
    looked = rows[:, :FIRST_FEATURES] @ fit.first + named - UNQUOTED * ~quotable(found)
    first = np.argsort(lost - looked, kind="stable")[:ENCODED]
    best = [found[index] for index in first]
    rows = measure_alone(best, rows[first], asked, model)
    scores = rows @ fit.last + named[first] - UNQUOTED * ~quotable(best)
    scores = scores + ATTRIBUTE * says_attribute(question, best)
    # What was quoted before still tells that the passages are about this.
    order = before_its_twin(question, best, scores, rows, np.argsort(-scores, kind="stable"))
    present = coverage(weights, frozenset().union(*(candidate.stems for candidate in found)))
    sure = confidence(rows[order], scores[order], present, fit)
    if sure < (fit.refuse_below if offers_kind(rows[order[0]]) else REFUSE_OTHER_KIND):
        return NO_ANSWER
    if {names_holder(question, _below_its_term(candidate)) for candidate in best} == {False}:
        return NO_ANSWER
    scores = scores - lost[first]
    order = before_its_twin(question, best, scores, rows, np.argsort(-scores, kind="stable"))
    return compose([best[index] for index in order], scores[order], frozenset(weights))


def confidence(rows: Array, scores: Array, present: float, fit: Fit) -> float:
    """The probability that the passages hold the answer; the best candidate comes first.

    `present` is the share of the question's weight that stands anywhere in the passages.
    """
    inputs = np.array(presence_inputs(rows, scores, present), np.float32)
    return float(1 / (1 + np.exp(-(inputs @ fit.presence))))


def presence_inputs(rows: Array, scores: Array, present: float) -> list[float]:
    """What tells whether the passages hold the answer, as `Fit.presence` weighs it; 1 first."""
    alone = float(rows[:, FIRST_FEATURES].max())
    return [1.0, float(scores[0]), *map(float, rows[0, PRESENCE_COLUMNS]), alone, present]


def _summary(found: Sequence[Candidate], model: Encoder) -> str:
    """The sentence of each passage that is most like all of them, in the passages' order."""
    sentences = [candidate for candidate in found if candidate.unit.kind == "sentence"] or found
    if not sentences:
        return NO_ANSWER
    # A passage's first sentences say what it is about, and a few of each suffice.
    seen: Counter[int] = Counter()
    firsts = []
    for candidate in sentences:
        seen[candidate.rank] += 1
        if seen[candidate.rank] <= SUMMARY_LOOK:
            firsts.append(candidate)
    vectors, _ = model.both([candidate.text for candidate in firsts])
    likeness = vectors @ vectors.mean(axis=0)
    chosen: dict[int, int] = {}
    for place in np.argsort(-likeness, kind="stable"):
        candidate = firsts[int(place)]
        repeated = any(repeats(candidate, firsts[other]) for other in chosen.values())
        if candidate.rank not in chosen and not repeated and len(chosen) < SUMMARY_SENTENCES:
            chosen[candidate.rank] = int(place)
    quoted = [firsts[place] for _, place in sorted(chosen.items())]
    return " ".join(quote(c, c.unit.start, c.unit.end) for c in quoted)


def _below_its_term(candidate: Candidate) -> str:
    """A candidate's text with what it stands under, or points to, before it."""
    unit = candidate.unit
    above = [
        candidate.passage.text[slice(*span)] for span in (candidate.term, unit.context) if span
    ]
    return "\n".join([*above, candidate.text])
