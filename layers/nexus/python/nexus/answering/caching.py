"""Keeps question embeddings and whole answers, so that what was asked before costs nothing again.

An answer's key names everything that it depends on; the last part is the version of the tenant's
documents (`Catalogue.version`), which must be read before the documents are searched. An answer
from before a change then lies under a key that nobody asks for any more, until it expires, or is
removed with a document that it was made from.
"""

from __future__ import annotations

import hashlib
import json
import struct
import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, replace
from functools import cache
from typing import TypeVar

from pydantic import TypeAdapter

from nexus import __version__
from nexus.answering.opening import opened
from nexus.deadline import awaited, behind
from nexus.errors import UpstreamError
from nexus.models import Answer, Filters, Generation, Principal, Usage
from nexus.observability import logger
from nexus.ports import Cache, Embedder, Embeddings, Kept
from nexus.settings import Settings

T = TypeVar("T")

# How long the cache is left alone after it failed: waiting for it must not slow every request.
PAUSE_S = 30.0
# A refusal is the answer that people mend, by uploading or by waiting for an upload.
REFUSAL_TTL_S = 300
# Embeddings that a process holds: at 1,536 numbers, 6 MB.
HELD_EMBEDDINGS = 1_000


class ForgivingCache:
    """A cache whose failures are misses, counted as `cache_failure`; it then rests for PAUSE_S.

    `count` is told the name of each thing that happens, from any thread.
    """

    def __init__(
        self,
        cache: Cache,
        count: Callable[[str], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cache = cache
        self._now = now
        self._resting_until = 0.0
        self.count = count

    @property
    def rests(self) -> bool:
        """Whether it is left alone now, as it failed."""
        return self._now() < self._resting_until

    def get(self, key: str) -> bytes | None:
        """The value, or None if there is none or the cache fails."""
        turn = opened()
        if turn and turn.has(key):
            return turn.value(key)
        return self._attempt(lambda: self._cache.get(key))

    def get_many(self, keys: Collection[str]) -> Mapping[str, bytes]:
        """The values that are there; none if the cache fails."""
        return self._attempt(lambda: self._cache.get_many(list(keys))) or {}

    def put(
        self, key: str, value: bytes, ttl_s: int, documents: Collection[tuple[str, str]] = ()
    ) -> None:
        """Keeps a value, if the cache can."""
        self._attempt(lambda: self._cache.put(key, value, ttl_s, documents))

    def discard(self, key: str) -> None:
        """Removes a value, if the cache can."""
        self._attempt(lambda: self._cache.discard(key))

    def _attempt(self, call: Callable[[], T | None]) -> T | None:
        if self.rests:
            return None
        try:
            return call()
        except UpstreamError as error:
            self._resting_until = self._now() + PAUSE_S
            self.count("cache_failure")
            logger.warning("cache_failed", extra={"error": type(error).__name__})
            return None


class CachedEmbedder:
    """An Embedder of questions: each is looked for in this process, then in the cache.

    Not for ingestion: only single texts are cached, and chunks would push the questions out. A hit
    reports no tokens; its vector is rounded to 32-bit floats. Values are written by `executor`, so
    that nobody waits for them.
    """

    def __init__(
        self,
        embedder: Embedder,
        cache: ForgivingCache,
        model: str,
        dimension: int,
        ttl_s: int,
        executor: Executor,
    ) -> None:
        self._embedder = embedder
        self._cache = cache
        self._model = model
        self._layout = struct.Struct(f"<{dimension}f")
        self._ttl_s = ttl_s
        self._executor = executor
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """Embeds one text, from the caches if it is there; several texts always anew."""
        if len(texts) != 1:
            return self._embedder.embed(texts)
        text = _as_embedded(texts[0])
        key = embedding_key(self._model, self._layout.size // 4, text)
        known, turn = self._held_here(key), opened()
        making = None
        if known is None:
            if turn and turn.has(key):
                # Asked beside the cache: it costs a fraction of a read, and waiting for that a
                # trip. It then goes on for nobody where the cache has the embedding, or the answer.
                making = self._executor.submit(self._embedder.embed, [text])
            known = self._known(key)
        self._cache.count("cache_embedding_hit" if known else "cache_embedding_miss")
        if known:
            return Embeddings((self._layout.unpack(known),), 0)
        made = awaited(making, "models") if making else self._embedder.embed([text])
        packed = struct.pack(f"<{len(made.vectors[0])}f", *made.vectors[0])
        if len(packed) == self._layout.size:
            self._hold(key, packed)
            if turn and turn.has(key):
                turn.kept.append(Kept(key, packed, self._ttl_s))
            else:
                behind(self._executor, self._cache.put, key, packed, self._ttl_s)
        return made

    def ping(self) -> None:
        """Returns when the embedder's endpoint answers; raises otherwise."""
        self._embedder.ping()

    def _held_here(self, key: str) -> bytes | None:
        with self._lock:
            if key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key]

    def _known(self, key: str) -> bytes | None:
        packed = self._cache.get(key)
        if packed is None or len(packed) != self._layout.size:
            return None
        self._hold(key, packed)
        return packed

    def _hold(self, key: str, packed: bytes) -> None:
        with self._lock:
            self._held[key] = packed
            self._held.move_to_end(key)
            if len(self._held) > HELD_EMBEDDINGS:
                self._held.popitem(last=False)


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


def answer_key(
    *,
    principal: Principal,
    question: str,
    filters: Filters,
    top_k: int,
    style: str,
    prompts: str,
    settings: Settings,
    generation: Generation,
    version: int,
) -> str:
    """The key of an answer: 64 hex digits of everything that it depends on.

    `filters` are the request's, the principal's rights are its own; clients of a tenant with the
    same rights share answers. `prompts` names the prompts' wording. All settings count, models and
    thresholds among them, and so do the index generation and the release of Nexus. `version` is the
    generation's catalogue's, read before the documents were.
    """
    return _digest(
        "answer",
        __version__,
        asdict(settings),
        asdict(generation),
        prompts,
        principal.tenant,
        version,
        _sets(principal.filters),
        _sets(filters),
        top_k,
        style,
        " ".join(unicodedata.normalize("NFC", question).split()),
    )


def embedding_key(model: str, dimension: int, text: str) -> str:
    """The key of a text's embedding: 64 hex digits."""
    # Its length in bytes, as 32-bit floats.
    return _digest("embedding", model, 4 * dimension, _as_embedded(text))


def _as_embedded(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _sets(filters: Filters) -> list[object]:
    """Filters whose order of names says nothing."""
    return [
        sorted(set(value)) if isinstance(value, tuple) else value
        for value in asdict(filters).values()
    ]


def _digest(*parts: object) -> str:
    # JSON, so that no two lists of parts can be written alike; it escapes what has no UTF-8, too.
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
