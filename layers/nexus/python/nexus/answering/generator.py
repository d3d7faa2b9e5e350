"""Has a language model write an answer, and lets through only what the passages support."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nexus.answering.answer_text import WORD_LIMITS, Style, WordLimits, limit_words
from nexus.answering.grounding import Grounded, ground
from nexus.answering.growing import GrowingDraft
from nexus.answering.prompts import answer_messages, repair_messages
from nexus.answering.reply import Reply, read_reply
from nexus.answering.telling import Telling
from nexus.answering.told_of_answer import tell_grounded, tell_written
from nexus.answering.verifying import Verification, Verifier, verifier_of
from nexus.deadline import current, optional
from nexus.errors import UpstreamRefused
from nexus.models import CheckedClaim, Passage, Source, Usage
from nexus.observability import logger
from nexus.ports import ChatModel, Message, StreamingChat
from nexus.settings import Settings

__all__ = ["Generated", "Generator", "Style"]


@dataclass(frozen=True, slots=True)
class Generated:
    """A grounded answer; `text` is "" when the passages turned out to hold none.

    `support` is the share of the model's claims that were not condemned, from 0 to 1. `cut` is True
    for an answer that the model could not write to its end, and `whole` is False where another
    draft or a verification might have made it better, and there was none in time.
    """

    text: str
    sources: tuple[Source, ...]
    support: float
    usage: Usage
    cut: bool = False
    whole: bool = True
    claims: tuple[CheckedClaim, ...] = ()


class Generator:
    """Writes answers with a chat model."""

    def __init__(
        self,
        chat: StreamingChat,
        max_tokens: int,
        verifier: Verifier | None = None,
        limits: WordLimits = WORD_LIMITS,
    ) -> None:
        self._chat = chat
        self._max_tokens = max_tokens
        self._verifier = verifier
        self._limits = limits

    def generate(
        self,
        question: str,
        passages: Sequence[Passage],
        history: Sequence[tuple[str, str]],
        style: Style,
        standalone: str = "",
        telling: Telling | None = None,
    ) -> Generated:
        """An answer of supported sentences only; one that begins with another is written once more.

        `standalone` is what the question means after the turns in `history`, if these decide it.
        `telling` shows its sentences while they are written.
        Raises UpstreamRefused when the model's tokens did not suffice for one sentence.
        """
        first = answer_messages(question, passages, history, style, standalone, self._limits)
        started, whole = current().now(), True
        growing = None
        if telling is not None:
            waits = self._verifier is not None and not telling.retracts
            growing = GrowingDraft(
                telling, passages, question, style, waits=waits, limits=self._limits
            )
        draft, usage = self._write(first, len(passages), growing)
        took_s = current().now() - started
        if not draft.text:
            if draft.cut:
                raise UpstreamRefused(
                    "models",
                    "The model used all its tokens before it had written a sentence; raise "
                    "NEXUS_ANSWER_MAX_TOKENS or choose a chat model that reasons less.",
                )
            return Generated("", (), 0.0, usage)
        checking = Verification(self._verifier) if self._verifier else None
        grounded = ground(draft.text, passages, question, checking)
        if grounded.needs_retry:
            logger.info(
                "answer_repaired",
                extra={"unsupported": len(grounded.unsupported), "support": grounded.support},
            )
            repair = repair_messages(
                question,
                passages,
                draft.text,
                grounded.unsupported,
                history,
                style,
                standalone,
                self._limits,
            )

            def rewrite() -> tuple[Reply, Usage]:
                return self._write(repair, len(passages))

            # A second draft takes as long as the first. Without it, that one stands, if any of it
            # does; if none does, to say that nothing was found would be untrue.
            has_answer = bool(grounded.sources)
            written = optional("rewrite", rewrite, needs_s=took_s) if has_answer else rewrite()
            whole = written is not None
            if written is not None:
                again, more = written
                usage += more
                if again.text:
                    second = ground(again.text, passages, question, checking)
                    better = _better(grounded, second)
                    draft, grounded = (draft if better is grounded else again), better
        tell_grounded(grounded)
        if checking:
            usage += checking.usage
            whole = whole and checking.whole
        text = limit_words(grounded.text, style, self._limits) if grounded.sources else ""
        return Generated(
            text,
            _named(text, grounded),
            grounded.support,
            usage,
            draft.cut,
            whole,
            grounded.claims if text else (),
        )

    def check(
        self, reply: Reply, question: str, passages: Sequence[Passage], style: Style
    ) -> Generated:
        """What stays of a reply that another model wrote, by the same checks; asks for no other.

        `text` is "" where no sentence of it rests on the passages. `usage` is what checking cost.
        """
        if not reply.text:
            return Generated("", (), 0.0, Usage())
        checking = Verification(self._verifier) if self._verifier else None
        grounded = ground(reply.text, passages, question, checking)
        tell_grounded(grounded)
        text = limit_words(grounded.text, style, self._limits) if grounded.sources else ""
        return Generated(
            text,
            _named(text, grounded),
            grounded.support,
            checking.usage if checking else Usage(),
            reply.cut,
            claims=grounded.claims if text else (),
        )

    def _write(
        self, messages: list[Message], passages: int, growing: GrowingDraft | None = None
    ) -> tuple[Reply, Usage]:
        """What the model replies, and what it cost."""
        if growing is None:
            completion = self._chat.complete(messages, self._max_tokens)
        else:
            completion = self._chat.stream(messages, self._max_tokens, growing.hear)
        tell_written(messages, self._max_tokens, completion)
        return read_reply(completion.text, completion.finish, passages), completion.usage


def generator_of(settings: Settings, chat: StreamingChat, verifier: ChatModel | None) -> Generator:
    """A generator within the settings' tokens and words, and with a verifier where there is one."""
    limits: WordLimits = {
        "concise": settings.concise_words,
        "detailed": settings.detailed_words,
        "summary": settings.summary_words,
    }
    return Generator(chat, settings.answer_max_tokens, verifier_of(verifier), limits)


def _better(one: Grounded, other: Grounded) -> Grounded:
    """Of two drafts the one whose claims are supported; the first where they are alike."""
    return other if (bool(other.sources), other.support) > (bool(one.sources), one.support) else one


def _named(text: str, grounded: Grounded) -> tuple[Source, ...]:
    """The sources whose markers a shortened text still has; markers count in order, so these."""
    return tuple(source for source in grounded.sources if f"[{source.number}]" in text)
