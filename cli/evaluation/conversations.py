"""Holds known conversations, with the production code or a deployment, and compares each answer.

A turn passes when its answer matches one expression and not another; a conversation when all its
turns do.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.evaluation import in_process
from cli.evaluation.asking import PRINCIPAL
from cli.evaluation.corpus import Corpus, lines_of
from cli.evaluation.deployment import Deployment, Refused
from cli.evaluation.endpoint import Endpoint
from cli.evaluation.lanes import lanes
from cli.evaluation.measurements import Run, Track
from cli.failure import Failure
from nexus.answering.question import Question
from nexus.errors import UpstreamError
from nexus.models import Filters


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered to one message; `error` is "" unless there was no answer.

    `rewritten` is the question as the conversation was taken to mean it, "" if it was taken as it
    stands.
    """

    text: str = ""
    refused: bool = False
    score: float = 0.0
    rewritten: str = ""
    error: str = ""


# Answers a message, in the conversation with this id or alone.
Ask = Callable[[str, str | None], Told]


@dataclass(frozen=True, slots=True)
class ExpectedTurn:
    """A message, what its answer has to match, and what it may not; None demands nothing."""

    ask: str
    matches: re.Pattern[str] | None
    unwanted: re.Pattern[str] | None

    def fits(self, told: Told) -> bool:
        """Whether the answer is as it should be."""
        wanted = self.matches is None or self.matches.search(told.text)
        return not told.error and bool(wanted) and not self._says_unwanted(told.text)

    def _says_unwanted(self, text: str) -> bool:
        return self.unwanted is not None and bool(self.unwanted.search(text))


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns in their order, and the last one's question in words that need none before it."""

    name: str
    turns: tuple[ExpectedTurn, ...]
    alone: str
    held: bool


def read_conversations(path: Path) -> list[Conversation]:
    """Reads JSONL lines `{id, turns: [{ask, answer_matches, not}], alone, held}`.

    `answer_matches` and `not` are regular expressions or null; `alone` may be absent; `held` marks
    what nothing was tuned on. Raises Failure naming the line that is not a conversation.
    """
    found = []
    for number, line in lines_of(path):
        try:
            turns = (_turn(line["turns"][0]), *(_turn(item) for item in line["turns"][1:]))
            alone = str(line.get("alone") or "")
            found.append(Conversation(str(line["id"]), turns, alone, bool(line.get("held"))))
        except (LookupError, TypeError, AttributeError, re.error) as err:
            raise Failure(
                f'{path}, line {number}: a conversation is {{"id", "turns": [{{"ask", '
                '"answer_matches", "not"}]}, the last two regular expressions or null.'
            ) from err
    if not found:
        raise Failure(f"{path} holds no conversations.")
    return found


def _turn(item: dict[str, Any]) -> ExpectedTurn:
    wanted, unwanted = item.get("answer_matches"), item.get("not")
    return ExpectedTurn(
        str(item["ask"]),
        re.compile(wanted) if wanted else None,
        re.compile(unwanted) if unwanted else None,
    )


def hold(
    conversations: Sequence[Conversation], ask: Ask, *, alone: bool, track: Track
) -> dict[str, Any]:
    """Holds each conversation, or asks only its last question `alone`; returns the report.

    It counts `passed` of `total` (and of those `held`), and lists each conversation with the turns
    that failed.
    """
    lines = []
    for one in track("Talking", conversations, len(conversations)):
        if alone and not one.alone:
            continue
        turns = one.turns
        if alone:
            turns = (ExpectedTurn(one.alone, turns[-1].matches, turns[-1].unwanted),)
        name = None if alone else f"c-{uuid.uuid4().hex}"
        told = [(place, turn, ask(turn.ask, name)) for place, turn in enumerate(turns, start=1)]
        failed = [_failed(*turn) for turn in told if not turn[1].fits(turn[2])]
        lines.append({"id": one.name, "held": one.held, "passed": not failed, "failed": failed})
    held = [line for line in lines if line["held"]]
    return {
        "alone": alone,
        "passed": sum(bool(line["passed"]) for line in lines),
        "total": len(lines),
        "held_passed": sum(bool(line["passed"]) for line in held),
        "held_total": len(held),
        "conversations": lines,
    }


def _failed(place: int, turn: ExpectedTurn, told: Told) -> dict[str, Any]:
    return {
        "turn": place,
        "ask": turn.ask,
        "rewritten": told.rewritten,
        "refused": told.refused,
        "score": round(told.score, 4),
        "answer": told.error or told.text,
    }


@contextmanager
def in_this_process(
    corpus: Corpus, endpoint: Endpoint, cache_file: Path, track: Track
) -> Iterator[Ask]:
    """Indexes the corpus, and answers with the production code while inside."""
    chunks: dict[str, int] = {}
    with lanes(1, corpus, endpoint, cache_file, chunks) as (lane,):
        in_process.index_corpus(corpus, [lane], chunks, Run(0), track)
        settings, answerer = endpoint.settings, lane.services.answerer

        def ask(message: str, conversation_id: str | None) -> Told:
            try:
                answer = answerer.answer(
                    PRINCIPAL, Question(message, conversation_id, settings.top_k, Filters())
                )
            except UpstreamError as error:
                return Told(error=type(error).__name__)
            rewritten = answer.rewritten_question
            return Told(answer.text, answer.refused, answer.confidence.score, rewritten)

        yield ask


def deployed(deployment: Deployment) -> Ask:
    """Answers over a deployment's API."""

    def ask(message: str, conversation_id: str | None) -> Told:
        body = {"message": message} | (
            {"conversation_id": conversation_id} if conversation_id else {}
        )
        try:
            chat = deployment.post("/v1/chat", body)
        except Refused as error:
            return Told(error=str(error))
        return Told(
            str(chat["answer"]),
            bool(chat["refused"]),
            float(chat["confidence"]["score"]),
            str(chat.get("rewritten_question") or ""),
        )

    return ask
