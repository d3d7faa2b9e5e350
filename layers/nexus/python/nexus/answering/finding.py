"""Finds what a turn is answered from: by its question alone, and by what the talk makes of it.

Both are searched side by side, and the better one stands. A language model rewrites the question
while the bare one is searched; without it, or when it is late, fails or says what cannot be a
question, the rules of `followups` do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace

from nexus.answering.followups import answered, carried, topic_of
from nexus.answering.readings import is_better_carried
from nexus.answering.rewriting import Rewriter
from nexus.deadline import awaited, exceeded, optional
from nexus.errors import ConfigurationError, UpstreamError
from nexus.models import Passage, Turn, Usage
from nexus.retrieval.retrieved import Retrieved
from nexus.retrieval.searching import ANSWER_S, Embedding, Failure
from nexus.text.segments import words_of

# A question is rewritten in so many seconds, or not at all: the rules need none.
REWRITE_S = 4.0
# The last turns that a prompt for an answer shows.
SHOWN_TURNS = 3

# How much nearer a passage counts whose document the last answers cite, in relevance (0 to 1).
KEPT = 0.1

# Searches for a question; its embedding may be given.
Search = Callable[[str, Embedding | None], Retrieved]
# Gives turns without the answers that may no longer be shown.
Seen = Callable[[Sequence[Turn]], list[Turn]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a question was answered from.

    `rewritten` is what the talk made of it, and `turns` those that it was understood by; both are
    empty if it was answered as it stands. `usage` is what rewriting cost.
    """

    retrieved: Retrieved
    turns: tuple[Turn, ...] = ()
    rewritten: str = ""
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a conversation makes of a question, "" for nothing, by which turns, and what it took.

    `retrieved` is what a search for it found; None if there is no such question, or it failed.
    """

    question: str = ""
    turns: tuple[Turn, ...] = ()
    retrieved: Retrieved | None = None
    usage: Usage = field(default_factory=Usage)


class Finder:
    """Searches for the questions of conversations."""

    def __init__(self, rewriter: Rewriter | None, executor: Executor) -> None:
        self._rewriter = rewriter
        self._executor = executor

    def find(
        self,
        question: str,
        embedded: Embedding | None,
        turns: Sequence[Turn],
        seen: Seen,
        search: Search,
    ) -> Found:
        """The better of what the bare question finds and what the conversation makes of it.

        `turns` are the ones before, oldest first. Raises what `search` raises for the bare
        question, unless the other reading finds enough.
        """
        reading = self._executor.submit(self._read, question, turns, seen, search)
        bare, failure = _attempted(lambda: search(question, embedded))
        read = _given(reading)
        other = read.retrieved
        if other is not None and _is_better(question, read, bare, other):
            found = _on_topic(_with_effort_of(other, bare), read.turns)
            return Found(found, _shown(read.turns, seen), read.question, read.usage)
        if bare is None:
            raise failure or exceeded("index")
        return Found(_with_effort_of(bare, other), usage=read.usage)

    def _read(self, question: str, turns: Sequence[Turn], seen: Seen, search: Search) -> Reading:
        """The question in other words, and what they find, while the bare one is searched."""
        rewriter, text, usage = self._rewriter, "", Usage()
        if rewriter is not None:
            made = optional(
                "rewriting",
                lambda: rewriter.rewrite(question, seen(turns)),
                own_s=REWRITE_S,
                leaving_s=ANSWER_S,
            )
            text, usage = made or (text, usage)
        about = tuple(turns)
        if not text and (spoken := answered(turns)):
            topic, about = topic_of(spoken)
            text = carried(question, topic)
        if not text or _alike(text, question):
            return Reading(usage=usage)
        found = optional("second_search", lambda: search(text, None), leaving_s=ANSWER_S)
        return Reading(text, about, found, usage)


def _attempted(search: Callable[[], Retrieved]) -> tuple[Retrieved | None, Failure | None]:
    try:
        return search(), None
    except (UpstreamError, ConfigurationError) as error:
        return None, error


def _given(reading: Future[Reading]) -> Reading:
    """The reading; none when the request's time ended before it was there."""
    try:
        return awaited(reading, "models")
    except UpstreamError:
        return Reading()


def _is_better(question: str, read: Reading, bare: Retrieved | None, other: Retrieved) -> bool:
    if bare is None:
        return other.is_enough
    return is_better_carried(question, read.question, bare, other, _cited(read.turns))


def _shown(turns: Sequence[Turn], seen: Seen) -> tuple[Turn, ...]:
    """The last turns as they may be seen."""
    last = turns[-SHOWN_TURNS:]
    known = optional("seen_turns", lambda: seen(last), leaving_s=ANSWER_S)
    return tuple(known or (replace(turn, answer="") for turn in last))


def _on_topic(found: Retrieved, turns: Sequence[Turn]) -> Retrieved:
    """What was found, the documents of the conversation a little further up."""
    cited = _cited(turns)

    def nearness(passage: Passage) -> float:
        return passage.score + (KEPT if passage.document_id in cited else 0.0)

    return replace(found, passages=tuple(sorted(found.passages, key=nearness, reverse=True)))


def _cited(turns: Sequence[Turn]) -> frozenset[str]:
    return frozenset(document for turn in turns for document in turn.document_ids)


def _alike(one: str, other: str) -> bool:
    return words_of(one) == words_of(other)


def _with_effort_of(found: Retrieved, other: Retrieved | None) -> Retrieved:
    """One search's result, with what the other one cost added to it."""
    if other is None:
        return found
    spent = {
        stage: round(took + other.timings_ms.get(stage, 0.0), 2)
        for stage, took in found.timings_ms.items()
    }
    tokens = found.embedding_tokens + other.embedding_tokens
    return replace(found, embedding_tokens=tokens, timings_ms=spent)
