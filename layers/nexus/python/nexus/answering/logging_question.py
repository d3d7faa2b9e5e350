"""Makes of a turn what the question log keeps of it: numbers and ids, words where they are kept."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from dataclasses import asdict

from nexus import __version__
from nexus.answering.cache_keys import embedding_key
from nexus.answering.opening import opened
from nexus.answering.prompts import PROMPTS_VERSION
from nexus.insights.packing import digest, packed
from nexus.models import Answer, Generation, LoggedQuestion, Principal, Spent
from nexus.settings import Settings
from nexus.spending import by_model
from nexus.text.tongues import tongue_of


def question_logged(
    principal: Principal,
    message: str,
    answer: Answer,
    vector: Sequence[float],
    bill: Sequence[Spent],
    settings: Settings,
) -> LoggedQuestion:
    """What the log keeps of an answered question; its `created_at` is its turn's, set there."""
    spent = by_model(bill)
    passages = [source.passage for source in answer.sources]
    cited = [passage.document_id for passage in passages if passage.kind != "tool"]
    return LoggedQuestion(
        message_id=answer.message_id,
        created_at="",
        client=principal.client,
        level=answer.confidence.level,
        score=answer.confidence.score,
        refused=answer.refused,
        cached="cache" in answer.timings_ms,
        latency_ms=answer.timings_ms["total"],
        model=next((one.model for one in spent if one.model == settings.chat_model), ""),
        spent=spent,
        document_ids=tuple(dict.fromkeys((*cited, *answer.named_document_ids))),
        language=tongue_of(message),
        settings=settings_version(settings),
        vector=packed(vector),
        asked=digest(principal.tenant, answer.rewritten_question or message),
        text=message if settings.keep_questions else "",
        rewritten=bool(answer.rewritten_question),
    )


def failure_logged(
    message_id: str,
    created_at: str,
    client: str,
    latency_ms: float,
    bill: Sequence[Spent],
    error: Exception,
) -> LoggedQuestion:
    """What the log keeps of a question that got no answer: whose, its cost, the error's name."""
    service = getattr(error, "service", "")
    name = type(error).__name__
    return LoggedQuestion(
        message_id,
        created_at,
        client,
        latency_ms=latency_ms,
        spent=by_model(bill),
        failed=f"{service}: {name}" if service else name,
    )


def vector_looked_up(generation: Generation, message: str) -> tuple[float, ...]:
    """The question's embedding, if this turn has found it in the cache beside the answer."""
    turn = opened()
    key = embedding_key(generation.embedding_model, generation.embedding_dimension, message)
    kept = turn.known(key) if turn else None
    return struct.unpack(f"<{len(kept) // 4}f", kept) if kept and not len(kept) % 4 else ()


# By their identity, as in `cache_keys`: their hash is that of a hundred fields.
_versions: dict[int, tuple[Settings, str]] = {}
_MOST_VERSIONS = 32


def settings_version(settings: Settings) -> str:
    """12 hex digits of everything that is configured, the prompts and the release."""
    known = _versions.get(id(settings))
    if known is None:
        if len(_versions) >= _MOST_VERSIONS:
            _versions.clear()
        told = [__version__, PROMPTS_VERSION, asdict(settings)]
        digits = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]
        known = _versions[id(settings)] = (settings, digits)
    return known[1]
