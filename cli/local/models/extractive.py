"""Answers a question with sentences quoted from the passages of its prompt, or refuses."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cli.local.models.candidates import Candidate, candidates
from cli.local.models.entries import entries
from cli.local.models.evidence import (
    FEATURES,
    FIRST_FEATURES,
    coverage,
    measure_alone,
    measure_inside,
    measure_words,
    named_literally,
    offers_kind,
    without_words,
    word_weights,
)
from cli.local.models.extractive_weights import ACROSS, FITS, Fit
from cli.local.models.leaning import asked_of, outdated, penalties, weighed
from cli.local.models.passage_cosines import Encoder
from cli.local.models.prompt_reader import read_prompt
from cli.local.models.quoting import compose, quotable, quote, repeats
from cli.local.models.tie_breaks import ATTRIBUTE, before_its_twin, says_attribute
from cli.local.models.words import content_stems
from nexus.answering.prompts import NO_ANSWER
from nexus.answering.routing import route_of
from nexus.retrieval.answer_kinds import names_holder
from nexus.retrieval.apart import passage_tongue
from nexus.text.dictionary import holds
from nexus.text.language import language_of
from nexus.text.tongues import tongue_of

Array = NDArray[np.float32]

# Of the best candidate's features those that tell whether there is an answer.
PRESENCE_COLUMNS = [
    FEATURES.index(name)
    for name in (
        "covered", "covered_around", "covered_passage", "inside_titled", "closeness", "cosine",
        "maxsim",
    )
]  # fmt: skip
AROUND = FEATURES.index("covered_around")
COVERED, COVERED_BEFORE = FEATURES.index("covered"), FEATURES.index("covered_before")
# Sentences that the encoder reads alone: more of them do not change the answers, only the time.
ENCODED = 8

# Among so many of the first passages one in another language makes the answer one across languages,
# unless the likest sentence holds enough of the question's weight: under `OWN_WORDS` of it, a
# sentence in the question's own language answers another question, and loses `ELSEWHERE` to those
# that cannot hold its words.
FIRST_PASSAGES = 2
OWN_WORDS, ELSEWHERE = 0.65, 4.0
# What a question's literal names add to a score: set by hand, since the questions that the weights
# were fitted on have none.
NAMED = 4.0
# What a unit that is no answer loses: more than any evidence can make good.
UNQUOTED = 100.0
# The same for a best sentence without the kind of thing that is asked for. Of the development
# questions that ask for one, it refuses 5 of 298 that have an answer and 6 of 125 that have none.
REFUSE_OTHER_KIND = 0.35
# The same where the dictionary reads the first passage in another language, which never knows all
# of its words. It is weighed with the share of the question's weight that the best sentence and
# its surroundings hold: fitted (intercept, logit of the probability, share) to what was answered of
# the sets of tests/golden/crosslingual, asked of their own documents and of the others'. Under
# `LEAST_READ` were 1 of 110 right answers and 16 of 63 wrong ones.
READ = (0.22, 0.53, 3.34)
LEAST_READ, REFUSE_READ, REFUSE_READ_OTHER_KIND = -0.8, 0.01, 0.1
# The same for a best sentence that holds too few of the question's words (`OWN_WORDS`) where the
# next passage is in another language, and may hold the answer.
REFUSE_BESIDE_FOREIGN = 0.3
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
    weights = weighed(word_weights(question, found, model), read)
    asked = asked_of(read, question, model)
    rows = measure_inside(found, measure_words(question, found, weights), asked, model)
    present = coverage(weights, frozenset().union(*(candidate.stems for candidate in found)))
    fit = FITS[language_of(question)]
    lost, shared = penalties(found, read) + outdated(found, read), rows[:, COVERED_BEFORE]
    likest = rows[(rows[:, :FIRST_FEATURES] @ fit.first).argmax()]
    tongues = _foreign(question, found)
    # The rank of the first passage in another language.
    foreign = min(tongues, default=FIRST_PASSAGES + 1)
    across = likest[COVERED_BEFORE] < OWN_WORDS and foreign < FIRST_PASSAGES
    is_read = across and holds(tongue_of(question), tongues[foreign])
    elsewhere = ELSEWHERE * across * _lacks_words(question, found, shared)
    if across and not is_read:
        rows, present, fit = without_words(rows), 0.0, ACROSS
    literal = named_literally(question, found)
    named = NAMED * literal + entries(question, found)
    named = named + ATTRIBUTE * says_attribute(question, found)
    looked = rows[:, :FIRST_FEATURES] @ fit.first + named - UNQUOTED * ~quotable(found)
    first = np.argsort(lost + elsewhere - looked, kind="stable")[:ENCODED]
    best = [found[index] for index in first]
    rows = measure_alone(best, rows[first], asked, model)
    scores = rows @ fit.last + named[first] - UNQUOTED * ~quotable(best)
    # What was quoted before still tells that the passages are about this.
    order = _ordered(question, best, scores - elsewhere[first], rows)
    sure = confidence(rows[order], scores[order], present, fit)
    offered = offers_kind(rows[order[0]])
    if is_read:
        unsure = sure < (REFUSE_READ if offered else REFUSE_READ_OTHER_KIND)
        # What a talk carries into a question need not stand near its answer.
        near = 1.0 if read.standalone else float(rows[order[0], AROUND])
        unsure = unsure or read_surely(sure, near) < LEAST_READ
    elif across:
        unsure = sure < fit.refuse_below
    elif (
        _is_beside(tongues, question)
        and not read.standalone
        and shared[first][order[0]] < OWN_WORDS
    ):
        unsure = sure < REFUSE_BESIDE_FOREIGN
    else:
        unsure = sure < (fit.refuse_below if offered else REFUSE_OTHER_KIND)
    if is_read or not across:
        below = {names_holder(question, _below_its_term(candidate)) for candidate in best}
        unsure = unsure or below == {False}
    # What stands under the very name that is asked about is no guess.
    unsure = unsure and literal[first][order[0]] < 1
    scores = scores - lost[first] - elsewhere[first]
    order = _ordered(question, best, scores, rows)
    if unsure or not quotable(best)[order[0]]:
        return NO_ANSWER
    return compose([best[index] for index in order], scores[order], frozenset(weights))


def _ordered(
    question: str, best: Sequence[Candidate], scores: Array, rows: Array
) -> NDArray[np.intp]:
    return before_its_twin(question, best, scores, rows, np.argsort(-scores, kind="stable"))


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


def read_surely(probability: float, share: float) -> float:
    """How sure an answer is that a dictionary read, as a logit; its `share` is from 0 to 1."""
    bounded = min(0.999, max(0.001, probability))
    intercept, slope, held = READ
    return intercept + slope * math.log(bounded / (1 - bounded)) + held * share


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


def _foreign(question: str, found: Sequence[Candidate]) -> dict[int, str]:
    """The languages of the passages that are in another than the question, by their ranks."""
    tongue = tongue_of(question)
    passages = {c.rank: c.passage for c in found}
    told = {rank: passage_tongue(one.title, one.text) for rank, one in passages.items()}
    return {rank: other for rank, other in told.items() if tongue and other not in ("", tongue)}


def _is_beside(tongues: dict[int, str], question: str) -> bool:
    """Whether the passage after the first ones is in a language that the dictionary does not read.

    One that it reads would stand before them if it said more of the question.
    """
    foreign = min(tongues, default=None)
    return foreign == FIRST_PASSAGES and not holds(tongue_of(question), tongues[foreign])


def _lacks_words(question: str, found: Sequence[Candidate], shared: Array) -> Array:
    """1 for each candidate in the question's language that holds too few of its words, else 0."""
    tongue = tongue_of(question)
    own = [
        # What a row of a table is about, its header and title say in few words.
        c.unit.kind == "sentence"
        and passage_tongue(c.passage.title, c.passage.text) in ("", tongue)
        for c in found
    ]
    return np.array(own, np.float32) * (shared < OWN_WORDS)


def _below_its_term(candidate: Candidate) -> str:
    """A candidate's text with what it stands under, or points to, before it."""
    unit = candidate.unit
    above = [
        candidate.passage.text[slice(*span)] for span in (candidate.term, unit.context) if span
    ]
    return "\n".join([*above, candidate.text])
