"""What the best outcome of a turn is whose upstreams' fates are known: arithmetic, no code of ours.

A call may take its own limit, or what is left. A step that the answer can do without leaves ten
seconds for what follows, or two thirds where there is less.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from tests.properties.unreliable import Plan

END = 26.5  # 27 s less half a second for writing the answer back
LATE = "passing"


@dataclass(frozen=True)
class Case:
    """A turn: whether it is the function's first, in a conversation, leaning on it, and the drafts.

    `draft` is "good", "invented" (a second draft is asked for) or "none" (the model refuses).
    """

    cold: bool
    conversation: bool
    leans: bool
    draft: str


@dataclass(frozen=True)
class Outcome:
    """`status` 200 with what is known of the answer; or 503, and whether trying again helps."""

    status: int
    retry: bool = False
    refused: bool = False
    degraded: bool = False
    remembered: bool = False
    cached: bool = False


class _Turn:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.t = 0.0
        self._calls: Counter[str] = Counter()
        self.resting = False  # the cache, after a failure

    def ended(self, name: str, own_s: float, until: float = END) -> tuple[float, str]:
        """When a call ends that begins now, and "" or how it failed."""
        limit = min(own_s, until - self.t)
        if limit <= 0:
            return self.t, LATE
        fate = self.plan.of(name, self._calls[name])
        self._calls[name] += 1
        if fate.delay_s > limit:
            return self.t + limit, LATE
        kind = {"well": "", "quota": "lasting"}.get(fate.kind, fate.kind)
        return self.t + fate.delay_s, kind

    def call(self, name: str, own_s: float, until: float = END) -> str:
        """Waits for a call; "" or how it failed."""
        self.t, failure = self.ended(name, own_s, until)
        return failure

    def borne(self) -> float:
        """Until when a step may last whose failure can be borne."""
        left = END - self.t
        return self.t + max(left - 10, left / 3)

    def embed(self) -> str:
        until = self.borne()
        if not self.resting:
            self.resting = bool(self.call("cache.get", 1, until))
        failure = self.call("models.embed", 10, until)
        if not failure and not self.resting:  # kept behind the answer, which does not wait for it
            self.resting = bool(self.ended("cache.put", 1, math.inf)[1])
        return failure

    def open(self) -> tuple[float, str, float, str]:
        """Where all stands, what is cached and the embedding are asked for at once.

        When the first ends and how it failed, and the same of the last.
        """
        until = self.borne()
        pointer, unread = self.ended("turns.standing", 4)
        looked, failure = self.ended("cache.get_many", 1)
        self.resting = bool(failure)
        embedded, no_vector = self.ended("models.embed", 10, until)
        return pointer, unread, max(looked, embedded), no_vector

    def write(self, *, keeps: bool, values: bool, reachable: bool) -> tuple[bool, bool]:
        """Whether the turn is remembered, and whether its answer is given to the cache."""
        if not reachable or self.resting:
            if values and not self.resting:
                self.resting = bool(self.ended("cache.put", 1, math.inf)[1])
            cached = keeps and not self.resting
            return reachable and not self.call("turns.append", 3), cached
        fate = self.plan.of("turns.append", 0)
        begun = fate.kind == "well" and (
            not fate.obedient or fate.delay_s <= min(3, max(0, END - self.t))
        )
        return not self.call("turns.append", 3), keeps and begun and self.t <= END


def best(plan: Plan, case: Case, *, at_once: bool = False) -> Outcome:
    """The outcome that a turn has to have; `at_once` asks for what it can side by side."""
    turn = _Turn(plan)
    opened = at_once and not case.cold  # the first turn waits for the pointer
    read, failure, embedded, no_vector = turn.t, "", turn.t, None
    if case.conversation and opened:
        read, failure = turn.ended("conversations.history", 3)
    if opened:
        pointer, unread, embedded, no_vector = turn.open()
        version = pointer if pointer <= turn.t + 1.5 else turn.t + 1.5
        slot = not case.leans and not unread and pointer == version
        if not case.leans:
            turn.t = version
        if slot and not turn.resting:
            turn.resting = bool(turn.call("cache.get", 1))
    else:
        pointer, unread = turn.ended("generations.read", 4)
        if case.cold:
            turn.t = pointer
            if unread:
                return _problem(unread)
        slot = not case.leans and not turn.call("catalogue.version", 1.5)
        if slot:
            turn.resting = bool(turn.call("cache.get", 1))
        if case.conversation:
            read, failure = turn.ended("conversations.history", 3)
            no_vector = turn.embed()
    reachable, values = not failure, opened and not no_vector
    turn.t = max(turn.t, read)
    # The search by words needs no embedding, and does not wait for one.
    words_at, no_words = turn.ended("index.search_text", 8)
    turn.t = max(turn.t, embedded)
    if no_vector is None:
        no_vector = turn.embed()
    no_dense = no_vector or turn.call("index.search_dense", 8, turn.borne())
    if words_at > turn.borne():
        words_at, no_words = turn.borne(), LATE
    turn.t = max(turn.t, words_at)
    if no_dense and no_words:
        return _problem(LATE if LATE in (no_dense, no_words) else no_dense)
    lost = no_dense or no_words
    if failure := turn.call("catalogue.get_many", 4):
        return _problem(failure)
    degraded = bool(turn.call("rerank.rerank", 4, turn.borne())) or bool(lost)
    began = turn.t
    if failure := turn.call("chat.complete", 20):
        return _problem(failure)
    whole = True
    if case.draft == "invented":
        whole = turn.t - began <= END - turn.t and not turn.call("chat.complete", 20)
    if case.draft == "none" and lost:
        return _problem(lost)
    keeps = slot and whole and not degraded
    if not case.cold:
        turn.t = max(turn.t, pointer)
    if at_once:
        remembered, cached = turn.write(keeps=keeps, values=values, reachable=reachable)
    else:
        cached = keeps and not turn.resting
        remembered = reachable and not turn.call("conversations.append", 3)
    refused = case.draft == "none"
    return Outcome(200, False, refused, bool(lost), remembered, cached)


def _problem(failure: str) -> Outcome:
    return Outcome(503, retry=failure == LATE)
