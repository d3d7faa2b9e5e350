"""Answers a question with sentences quoted from the passages of its prompt, or refuses.

`tests/training/extractive.py` fits the weights: the English ones to 110 of the development
questions, the Indonesian ones to as many of IDK-MRC's, each to the five passages that the search
found; the refusals to the same questions without their passage or their article.
"""

from __future__ import annotations

import re
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
    word_weights,
)
from cli.local.models.passage_cosines import Encoder, read_question
from cli.local.models.prompt_reader import AnswerPrompt, read_prompt
from cli.local.models.words import content_stems
from nexus.answering.prompts import NO_ANSWER
from nexus.answering.routing import route_of
from nexus.models import Language
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
# A second quote comes when the best one has less than the first share of the belief, a third when
# the best two have less than the second. The lines of a table or list are alike in all but what was
# asked for, so that a small lead tells more there, and each says all that it has to say.
SENTENCE_SHARES = (0.95, 0.95)
LINE_SHARES = (0.7, 0.5)
MAX_SENTENCES = 3
# A summary quotes so many passages, and reads so many sentences of each.
SUMMARY_SENTENCES = 5
SUMMARY_LOOK = 3
GREETING = (
    "This local model only quotes answers from passages. Send a prompt with passages and a "
    "question, or set OPENAI_API_KEY to use a language model."
)
_LINE_BREAK = re.compile(r"(?<!\s)[^\S\n]*+\n\s*+")
_REFERS_BACK = re.compile(
    r"^\s*(?:and|but|what about|how about|dan|lalu|kalau|bagaimana dengan)\b|"
    r"\b(?:it|its|they|their|them|he|she|his|her|that|those|these|this|there|one|"
    r"itu|ini|nya|tersebut|mereka|dia|ia|\w+nya)\b",
    re.IGNORECASE,
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
    question = _standalone(read)
    if not found or not content_stems(question):
        return NO_ANSWER
    fit = FITS[language_of(question)]
    weights = word_weights(question, found, model)
    asked = read_question(question, model)
    rows = measure_inside(found, measure_words(question, found, weights), asked, model)
    first = np.argsort(-(rows[:, :FIRST_FEATURES] @ fit.first), kind="stable")[:ENCODED]
    best = [found[index] for index in first]
    rows = measure_alone(best, rows[first], asked, model)
    scores = rows @ fit.last
    order = np.argsort(-scores, kind="stable")
    present = coverage(weights, frozenset().union(*(candidate.stems for candidate in found)))
    if confidence(rows[order], scores[order], present, fit) < fit.refuse_below:
        return NO_ANSWER
    return _compose([best[index] for index in order], scores[order])


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
        repeated = any(_repeats(candidate, firsts[other]) for other in chosen.values())
        if candidate.rank not in chosen and not repeated and len(chosen) < SUMMARY_SENTENCES:
            chosen[candidate.rank] = int(place)
    quoted = [firsts[place] for _, place in sorted(chosen.items())]
    return " ".join(_quote(c, c.unit.start, c.unit.end) for c in quoted)


def _standalone(prompt: AnswerPrompt) -> str:
    """The question, with the earlier one before it if it cannot be understood without."""
    stems = content_stems(prompt.question)
    if prompt.earlier and (len(stems) <= 2 or _REFERS_BACK.search(prompt.question)):
        return f"{prompt.earlier[-1]} {prompt.question}"
    return prompt.question


def _compose(best: Sequence[Candidate], scores: Array) -> str:
    """The best quote first, since a reader may stop there, then the others by their scores."""
    belief = np.exp(scores - scores.max())
    shares = np.cumsum(belief / belief.sum())
    alone, both = SENTENCE_SHARES if best[0].unit.kind == "sentence" else LINE_SHARES
    wanted = 1 if shares[0] >= alone else 2
    if wanted == 2 and len(shares) > 1 and shares[1] < both:
        wanted = MAX_SENTENCES
    chosen: list[Candidate] = []
    for candidate in best:
        if len(chosen) == wanted:
            break
        if candidate.unit.kind != "heading" and not any(_repeats(candidate, c) for c in chosen):
            chosen.append(candidate)
    chosen = chosen or [best[0]]
    quotes: dict[tuple[int, int], str] = {}
    for candidate in chosen:
        for start, end in _spans(candidate, alone=candidate is not chosen[0]):
            quotes.setdefault((candidate.rank, start), _quote(candidate, start, end))
    if any(c.unit.kind != "sentence" for c in chosen):
        return "\n".join(quotes.values())
    return " ".join(list(quotes.values())[:MAX_SENTENCES])


def _spans(candidate: Candidate, *, alone: bool) -> list[tuple[int, int]]:
    """What to quote: a row or item below its heading, a sentence before the one it points to.

    A sentence that stands `alone` comes without, since it only adds to the best one.
    """
    unit = candidate.unit
    own = (unit.start, unit.end)
    if unit.context is None or (unit.kind == "sentence" and alone):
        return [own]
    return [own, unit.context] if unit.kind == "sentence" else [unit.context, own]


def _quote(candidate: Candidate, start: int, end: int) -> str:
    """The stretch with its passage's number, and without the breaks of a printed page's lines."""
    stretch = _LINE_BREAK.sub(" ", candidate.passage.text[start:end])
    return f"{stretch} [{candidate.passage.number}]"


def _repeats(candidate: Candidate, other: Candidate) -> bool:
    """Whether one of the two says nothing that the other does not, as overlapping chunks do."""
    return candidate.text in other.text or other.text in candidate.text
