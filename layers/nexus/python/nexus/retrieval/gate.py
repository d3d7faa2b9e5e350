"""Decides, from what the search found, whether a question goes to the model that writes answers.

There are two gates, and `NEXUS_GATE` says which one stands. "answerable" compares the probability
that the passages hold the answer: for a model that answers whatever it is asked, as the local
extractive one. "off_topic" only turns away what no document is about, and leaves it to a language
model to refuse the rest: a right passage that says the same in other words has a low cosine and no
shared words, and a question on the topic that nobody answers looks just like it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nexus.models import Compared, Comparison, Hit
from nexus.retrieval.apart import rest_tongue, tongue_of_question
from nexus.retrieval.holding import stems_held
from nexus.retrieval.off_topic_bars import Bar, bar_of
from nexus.settings import Settings
from nexus.text.segments import words_of
from nexus.text.stems import content_stems

# From this share of its words on, in one passage, a question is on topic whatever its cosine is.
# Chosen on the articles of the evaluation sets with an even hash. On the others, 50 % of the
# English questions (33 % of the Indonesian) find so many in a passage, and 1.1 % (1.5 %) still do
# when their own article is gone.
COVERED = 0.8
# A single word stands in much.
LEAST_WORDS = 2


class Gate:
    """The configured gate, for vectors of one embedding model."""

    def __init__(self, settings: Settings, embedding_model: str) -> None:
        self._answerable = settings.gate == "answerable"
        self._refuse_below = settings.refuse_below
        own = settings.off_topic_below
        self._bar = bar_of(embedding_model) if own is None else Bar(own, own)

    def compare(
        self, question: str, probability: float, dense: Sequence[Hit], shown: Sequence[Hit]
    ) -> Comparison | None:
        """What decides whether the question passes, and whether it does; None passes, too.

        `probability` is that of an answer in the passages, `dense` are hits with their cosines and
        `shown` the passages that a model would be given. None means that nothing was compared:
        no bar is known for the embedding model, or nothing has a cosine.
        """
        if self._answerable:
            return _compared("probability", probability, self._refuse_below)
        if self._bar is None or not dense:
            return None
        nearest = _nearest(question, dense, self._bar)
        if nearest.passed:
            return nearest
        words = _compared("words", _covered(question, shown), COVERED)
        return words if words.passed else nearest

    def compare_named(self, probability: float) -> Comparison | None:
        """The same for a question that names the document it is about: that is on topic."""
        return (
            _compared("probability", probability, self._refuse_below) if self._answerable else None
        )


@dataclass(frozen=True, slots=True)
class _Question:
    """A question's words, and the language that they are in; "" if nothing tells."""

    words: frozenset[str]
    tongue: str


def _nearest(question: str, dense: Sequence[Hit], bar: Bar) -> Comparison:
    """The cosine that stands highest over its own bar."""
    first = max(dense, key=lambda hit: hit.score)
    whole = _compared("cosine", first.score, bar.alike)
    if whole.passed:
        return whole
    asked = _Question(frozenset(words_of(question)), tongue_of_question(question))
    # What is under the lower bar passes neither, so that its language is of no interest.
    near = [first, *(hit for hit in dense if hit.score >= bar.across and hit is not first)]
    compared = [
        _compared("cosine", hit.score, bar.across if _is_foreign(asked, hit) else bar.alike)
        for hit in near
    ]
    return max(compared, key=lambda one: one.value - one.threshold)


def _covered(question: str, shown: Sequence[Hit]) -> float:
    """The largest share, from 0 to 1, of the question's content words that one passage holds.

    0 unless the question and that passage are in one language. Every word counts alike, so that a
    word more in a passage can never make it less.
    """
    words, tongue = words_of(question), tongue_of_question(question)
    asked, known = frozenset(content_stems(words, tongue)), frozenset(words)
    if len(asked) < LEAST_WORDS or not tongue:
        return 0.0
    alike = [hit for hit in shown if rest_tongue(hit, known) == tongue]
    shares = (len(stems_held(hit.title, hit.text, asked, None)) for hit in alike)
    return max(shares, default=0) / len(asked)


def _is_foreign(asked: _Question, hit: Hit) -> bool:
    """Whether a question and a passage are surely in two languages."""
    return bool(asked.tongue) and rest_tongue(hit, asked.words) not in ("", asked.tongue)


def _compared(what: Compared, value: float, threshold: float) -> Comparison:
    """The comparison as it is shown: the value is rounded first, so that both say the same."""
    shown = round(value, 4)
    return Comparison(what, shown, threshold, shown >= threshold)
