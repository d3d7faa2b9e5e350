"""What was sent to a model and what became of its reply, for who debugs it: sizes, ids, no text.

Written where `NEXUS_LOG_LEVEL` is DEBUG; at any other level nothing is even put together.
"""

from __future__ import annotations

from collections.abc import Sequence

from nexus.answering.grounding import Grounded
from nexus.models import Answer
from nexus.observability import is_debugging, logger
from nexus.ports import Completion, Message


def tell_written(messages: Sequence[Message], max_tokens: int, completion: Completion) -> None:
    """Writes how much a language model was sent, and how much it wrote."""
    if not is_debugging():
        return
    logger.debug(
        "written",
        extra={
            "messages": [
                {"role": message.role, "chars": len(message.content)} for message in messages
            ],
            "max_tokens": max_tokens,
            "reply_chars": len(completion.text),
            "finish": completion.finish,
            "input_tokens": completion.usage.input_tokens,
            "output_tokens": completion.usage.output_tokens,
        },
    )


def tell_grounded(grounded: Grounded) -> None:
    """Writes how many sentences of a draft stayed, and on which passages they rest."""
    if not is_debugging():
        return
    logger.debug(
        "grounded",
        extra={
            "claims": len(grounded.claims),
            "unverified": len(grounded.unverified),
            "unsupported": len(grounded.unsupported),
            "support": round(grounded.support, 4),
            "sources": [source.passage.chunk_id for source in grounded.sources],
            "needs_retry": grounded.needs_retry,
        },
    )


def tell_answered(kind: str, answer: Answer) -> None:
    """Writes what a turn of some kind, such as a greeting, ended in."""
    if not is_debugging():
        return
    logger.debug(
        "answered",
        extra={
            "kind": kind,
            "message_id": answer.message_id,
            "conversation_id": answer.conversation_id,
            "chars": len(answer.text),
            "rewritten_chars": len(answer.rewritten_question),
            "confidence": answer.confidence.level,
            "probability": answer.confidence.score,
            "refused": answer.refused,
            "remembered": answer.remembered,
            "timings_ms": answer.timings_ms,
        },
    )
