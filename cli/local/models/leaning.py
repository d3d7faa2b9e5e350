"""Reads a question that leans on the turns before it: what it adds counts more than the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from cli.local.models.candidates import Candidate
from cli.local.models.passage_cosines import Array, Asked, Encoder, read_question
from cli.local.models.prompt_reader import AnswerPrompt
from cli.local.models.words import content_stems
from nexus.answering.followups import own_text
from nexus.retrieval.answer_kinds import all_words, asked_kind, offers

# What a stem counts that was only carried into a question, of what it would count in its own.
CARRIED = 0.6
# The share of a question's own tokens beside those of the whole.
OWN_SHARE = 0.25
# What a sentence's score loses that was given already.
GIVEN = 3.0

_MARKER = re.compile(r"\[\d{1,3}\]")


def weighed(weights: dict[str, float], prompt: AnswerPrompt) -> dict[str, float]:
    """The weights of a question's stems, less for those that the turns before brought into it."""
    own = set(content_stems(own_text(prompt.question)))
    if not prompt.standalone or own.isdisjoint(weights):
        return weights
    return {stem: weight * (1 if stem in own else CARRIED) for stem, weight in weights.items()}


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

    return np.array([GIVEN if repeats(one) else 0.0 for one in found], np.float32)


def _plain(text: str) -> str:
    return " ".join(_MARKER.sub(" ", text).split())
