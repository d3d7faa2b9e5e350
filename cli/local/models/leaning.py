"""Reads a question that leans on the turns before it: what it adds counts more than the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from cli.local.models.candidates import Candidate
from cli.local.models.passage_cosines import Array, Asked, Encoder, read_question
from cli.local.models.prompt_reader import AnswerPrompt
from cli.local.models.words import content_stems
from nexus.answering.followups import BEHIND, own_text
from nexus.retrieval.answer_kinds import all_words, asked_kind, offers

# What a stem counts that was only carried into a question, of what it would count in its own.
CARRIED = 0.6
# The share of a question's own tokens beside those of the whole.
OWN_SHARE = 0.25
# What a sentence's score loses that was given already.
GIVEN = 3.0
# The same of one that came only beside the first, which is what was answered.
BESIDE = 1.0
# What a line of a table loses that a later turn left for another.
OUTDATED = 3.0

_MARKER = re.compile(r"\[\d{1,3}\]")


def weighed(weights: dict[str, float], prompt: AnswerPrompt) -> dict[str, float]:
    """The weights of a question's stems, less for those that the turns before brought into it.

    The further back a turn was, the less: in "the loan of a book: a film: the fine?" the film
    counts more than the book that it took the place of.
    """
    own = set(content_stems(own_text(prompt.question)))
    if not prompt.standalone or own.isdisjoint(weights):
        return weights
    parts = [set(content_stems(part)) for part in prompt.standalone.split(BEHIND)]

    def share(stem: str) -> float:
        if stem in own:
            return 1.0
        since = next((back for back, part in enumerate(reversed(parts)) if stem in part), 0)
        return float(CARRIED ** max(1, since))

    return {stem: weight * share(stem) for stem, weight in weights.items()}


def asked_of(prompt: AnswerPrompt, question: str, model: Encoder) -> Asked:
    """What the encoder makes of a question, its own words read once more alone."""
    whole = read_question(question, model)
    if not prompt.standalone or not content_stems(own_text(prompt.question)):
        return whole
    own = read_question(prompt.question, model)
    pooled = (1 - OWN_SHARE) * whole.pooled + OWN_SHARE * own.pooled
    return Asked(
        (pooled / np.linalg.norm(pooled)).astype(np.float32),
        np.concatenate([whole.states, own.states]),
        np.concatenate([(1 - OWN_SHARE) * whole.shares, OWN_SHARE * own.shares]),
    )


def penalties(found: Sequence[Candidate], prompt: AnswerPrompt) -> Array:
    """What each candidate loses for having been quoted in a turn before, in the scores' unit.

    Nothing where it holds all that the question adds, or another kind of thing than was asked for
    before: "for 14 days" beside "6 books".
    """
    said = " ".join(_plain(answer) for _, answer in prompt.earlier)
    first = [_plain(_MARKER.split(answer, maxsplit=1)[0]) for _, answer in prompt.earlier]
    own = frozenset(content_stems(own_text(prompt.question)))
    kind = asked_kind(prompt.question)
    if kind in {asked_kind(question) for question, _ in prompt.earlier}:
        kind = None
    words = frozenset(all_words(prompt.question))

    def repeats(candidate: Candidate) -> bool:
        if not said or _plain(candidate.text) not in said:
            return False
        adds = (bool(own) and own <= candidate.before) or (
            kind is not None and offers(kind, candidate.text, words)
        )
        return not adds

    def cost(candidate: Candidate) -> float:
        return GIVEN if any(_plain(candidate.text) in quote for quote in first) else BESIDE

    return np.array([cost(one) if repeats(one) else 0.0 for one in found], np.float32)


def outdated(found: Sequence[Candidate], prompt: AnswerPrompt) -> Array:
    """What each line of a table or list loses where a later turn named another line of it.

    In "the loan of a book: a film: the fine?" the book's line loses, and that of a map, too.
    """
    lost = np.zeros(len(found), np.float32)
    parts = [frozenset(content_stems(part)) for part in prompt.standalone.split(BEHIND)]
    tables: dict[tuple[int, str], list[int]] = {}
    for place, one in enumerate(found):
        if one.unit.kind in ("row", "field", "item"):
            tables.setdefault((one.rank, one.unit.kind), []).append(place)
    for lines in tables.values():
        named = [frozenset(content_stems(name_of(found[line].text))) for line in lines]
        shared = frozenset.intersection(*named)
        newest = [
            max((at for at, part in enumerate(parts) if part & (name - shared)), default=-1)
            for name in named
        ]
        for line, at in zip(lines, newest, strict=True):
            lost[line] = OUTDATED * (max(newest) >= 0 and at < max(newest))
    return lost


def name_of(line: str) -> str:
    """What a line of a table or list is about: its first cell, or what stands before its colon."""
    first = re.split(r"; |\t| \| ", line.strip("|- *•"), maxsplit=1)
    label, colon, value = first[0].partition(": ")
    return value if colon and len(first) > 1 else label


def _plain(text: str) -> str:
    return " ".join(_MARKER.sub(" ", text).split())
