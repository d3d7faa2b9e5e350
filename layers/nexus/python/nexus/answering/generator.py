"""Has a language model write an answer, and lets through only what the passages support."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nexus.answering.answer_text import Style, limit_words
from nexus.answering.grounding import Grounded, ground
from nexus.answering.prompts import NO_ANSWER, answer_messages, repair_messages
from nexus.deadline import current, optional
from nexus.models import Passage, Source, Usage
from nexus.observability import logger
from nexus.ports import ChatModel, Message

__all__ = ["Generated", "Generator", "Style"]


@dataclass(frozen=True, slots=True)
class Generated:
    """A grounded answer; `text` is "" when the passages turned out to hold none.

    `support` is the share of the model's claims that the passages support, from 0 to 1. `whole` is
    False where another draft might have been better, and there was none in time.
    """

    text: str
    sources: tuple[Source, ...]
    support: float
    usage: Usage
    whole: bool = True


class Generator:
    """Writes answers with a chat model."""

    def __init__(self, chat: ChatModel, max_tokens: int) -> None:
        self._chat = chat
        self._max_tokens = max_tokens

    def generate(
        self,
        question: str,
        passages: Sequence[Passage],
        history: Sequence[tuple[str, str]],
        style: Style,
    ) -> Generated:
        """An answer of supported sentences only; one that needs it is written once more."""
        first = answer_messages(question, passages, history, style)
        started, whole = current().now(), True
        draft, usage = self._write(first)
        took_s = current().now() - started
        if draft is None:
            return Generated("", (), 0.0, usage)
        grounded = ground(draft, passages, question)
        if grounded.needs_retry:
            logger.info(
                "answer_repaired",
                extra={"unsupported": len(grounded.unsupported), "support": grounded.support},
            )
            repair = repair_messages(
                question, passages, draft, grounded.unsupported, history, style
            )
            # A second draft takes as long as the first; without it, that one stands.
            written = optional("rewrite", lambda: self._write(repair), needs_s=took_s)
            whole = written is not None
            again, more = written or (None, Usage())
            usage = _sum(usage, more)
            if again is not None:
                grounded = _better(grounded, ground(again, passages, question))
        text = limit_words(grounded.text, style) if grounded.sources else ""
        return Generated(text, _named(text, grounded), grounded.support, usage, whole)

    def _write(self, messages: list[Message]) -> tuple[str | None, Usage]:
        """What the model writes, or None for no answer; and what it cost."""
        completion = self._chat.complete(messages, self._max_tokens)
        text = completion.text.strip()
        return (None if not text or NO_ANSWER in text else text), completion.usage


def _better(one: Grounded, other: Grounded) -> Grounded:
    """Of two drafts the one whose claims are supported; the first where they are alike."""
    return other if (bool(other.sources), other.support) > (bool(one.sources), one.support) else one


def _named(text: str, grounded: Grounded) -> tuple[Source, ...]:
    """The sources whose markers a shortened text still has; markers count in order, so these."""
    return tuple(source for source in grounded.sources if f"[{source.number}]" in text)


def _sum(one: Usage, other: Usage) -> Usage:
    return Usage(
        one.embedding_tokens + other.embedding_tokens,
        one.input_tokens + other.input_tokens,
        one.output_tokens + other.output_tokens,
    )
