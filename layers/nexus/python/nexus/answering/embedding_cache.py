"""Keeps the embeddings of questions, in the process and in the cache that all processes share."""

from __future__ import annotations

import struct
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Executor

from nexus.answering.cache_keys import as_embedded, embedding_key
from nexus.answering.forgiving_cache import ForgivingCache
from nexus.answering.opening import opened
from nexus.deadline import awaited, behind
from nexus.ports import Embedder, Embeddings, Kept

# Embeddings that a process holds: at 1,536 numbers, 6 MB.
HELD_EMBEDDINGS = 1_000


class CachedEmbedder:
    """An Embedder of questions: each is looked for in this process, then in the cache.

    Not for ingestion: only single texts are cached, and chunks would push the questions out. What a
    conversation makes of a question is looked for in this process only: hardly anybody asks it a
    second time, and to look elsewhere is a trip more before each answer. A hit reports no tokens;
    its vector is rounded to 32-bit floats. Values are written by `executor`, so that nobody waits
    for them.
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
        text = as_embedded(texts[0])
        key = embedding_key(self._model, self._layout.size // 4, text)
        known, turn = self._held_here(key), opened()
        is_asked = turn is not None and turn.has(key)
        is_alone = turn is None or not turn.looks_up  # as in the first turn of a process
        making = None
        if known is None and is_asked:
            # Asked beside the cache: it costs a fraction of a read, and waiting for that a trip. It
            # then goes on for nobody where the cache has the embedding, or the answer.
            making = self._executor.submit(self._embedder.embed, [text])
        if known is None and (is_asked or is_alone):
            known = self._known(key)
        if known or is_asked or is_alone:
            self._cache.count("cache_embedding_hit" if known else "cache_embedding_miss")
        if known:
            return Embeddings((self._layout.unpack(known),), 0)
        made = awaited(making, "models") if making else self._embedder.embed([text])
        packed = struct.pack(f"<{len(made.vectors[0])}f", *made.vectors[0])
        if len(packed) == self._layout.size:
            self._hold(key, packed)
            if turn is not None and is_asked:
                turn.keep(Kept(key, packed, self._ttl_s))
            elif is_alone:
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
