"""Answers a question with sentences quoted from the passages of its prompt, or refuses.

The English weights were fitted on 2,000 of the development questions, to the five passages that the
search found for each; the refusals on the same questions without their passage or their article.
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
                *(-0.29, 0.06, 2.64, 0.01, 0.23, 0.46, 1.21, 1.22, 0.61, 1.0, 0.49, -0.35, -0.01),
                *(1.08, 12.77, 3.02, 7.67, 7.93),
            ],
            np.float32,
        ),
        last=np.array(
            [
                *(-0.23, 0.55, 2.45, 0.02, 0.7, 0.58, 1.09, 1.05, 0.52, 0.92, 0.13, -0.2, 0.29),
                *(1.48, 13.91, 2.39, 5.74, 6.98),
                *(1.37, 8.41, 3.65, -10.03),
            ],
            np.float32,
        ),
        presence=np.array(
            [-11.53, 0.09, -0.1, 0.3, 1.48, -0.38, 6.92, -2.54, 6.95, 2.35, -0.04], np.float32
        ),
        # Beside what is refused before the model is asked, this refuses 1 % of the questions whose
        # passage is there.
        refuse_below=0.11,
    ),
    # The encoder takes all Indonesian to be alike, so that words decide: these were fitted to
    # English questions without what it makes of whole passages.
    Language.INDONESIAN: Fit(
        first=np.array(
            [
                *(2.23, 2.37, 2.33, 2.06, 1.30, 1.55, 0.87, 1.28, 0.22, 1.05, 1.59, -0.27, -0.20),
                *(0, 0, 0, 0, 0),
            ],
            np.float32,
        ),
        last=np.array(
            [
                *(1.38, 0.94, 2.27, 2.13, 1.70, 1.26, 0.80, 1.07, 0.28, 1.05, 1.84, -0.13, -0.26),
                *(0, 0, 0, 0, 0),
                *(2.45, 3.51, 2.89, 0),
            ],
            np.float32,
        ),
        presence=np.array(
            [-5.75, 0.44, -0.35, 0.12, 0.40, 0, 0, 0.08, 1.70, -0.42, -0.62], np.float32
        ),
        refuse_below=0.25,
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
    alone = rows[:, FIRST_FEATURES]
    inputs = [1.0, scores[0], *rows[0, PRESENCE_COLUMNS], alone.max(), present]
    return float(1 / (1 + np.exp(-(np.array(inputs, np.float32) @ fit.presence))))


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
