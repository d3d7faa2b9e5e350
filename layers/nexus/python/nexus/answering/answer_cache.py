"""Keeps whole answers, so that what was asked before costs nothing again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cache

from pydantic import TypeAdapter

from nexus.answering.forgiving_cache import ForgivingCache
from nexus.models import Answer, Usage
from nexus.observability import logger
from nexus.ports import Kept

# A refusal is the answer that people mend, by uploading or by waiting for an upload.
REFUSAL_TTL_S = 300


class AnswerCache:
    """Whole answers that no conversation had a part in, each under its `answer_key`."""

    def __init__(self, cache: ForgivingCache, ttl_s: int) -> None:
        self._cache = cache
        self._ttl_s = ttl_s
        self._form = answer_form()

    def get(self, key: str) -> Answer | None:
        """The answer, without ids, usage and timings: those are the new turn's own."""
        stored = self._cache.get(key)
        answer = None
        if stored is not None:
            try:
                answer = self._form.validate_json(stored)
            except ValueError:  # another version of the service wrote it
                logger.warning("cached_answer_unreadable")
        self._cache.count("cache_answer_hit" if answer else "cache_answer_miss")
        return answer

    @property
    def shared(self) -> ForgivingCache:
        """The cache below, which holds the questions' embeddings, too."""
        return self._cache

    def put(self, key: str, answer: Answer, documents: Collection[tuple[str, str]] = ()) -> None:
        """Keeps an answer; a refusal for at most 5 minutes.

        `documents` are the tenant and id of each document that it was made from, so that it can be
        removed with any of them.
        """
        if kept := self.packed(key, answer, documents):
            self._cache.put(kept.key, kept.value, kept.ttl_s, kept.documents)

    def packed(
        self, key: str, answer: Answer, documents: Collection[tuple[str, str]] = ()
    ) -> Kept | None:
        """What `put` keeps of an answer; None if it cannot be kept."""
        bare = replace(
            answer,
            message_id="",
            conversation_id="",
            usage=Usage(),
            timings_ms={},
            remembered=False,
        )
        try:
            value = self._form.dump_json(bare)
        except ValueError:  # half of a surrogate pair, which a model can write, has no UTF-8
            return None
        ttl_s = min(self._ttl_s, REFUSAL_TTL_S) if answer.refused else self._ttl_s
        return Kept(key, value, ttl_s, documents)

    def discard(self, key: str) -> None:
        """Removes an answer."""
        self._cache.discard(key)


@cache
def answer_form() -> TypeAdapter[Answer]:
    """What writes an answer as JSON, and reads it again. Raises ValueError."""
    # Made once in a process, as making it takes longer than a turn of ours.
    return TypeAdapter(Answer)
