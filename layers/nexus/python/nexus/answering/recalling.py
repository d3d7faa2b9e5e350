"""Gives the answer of before while the documents are as they were, and keeps the new ones."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from nexus.answering.answer_cache import AnswerCache
from nexus.answering.cache_keys import answer_key, embedding_key
from nexus.answering.followups import is_follow_up
from nexus.answering.forgiving_cache import ForgivingCache
from nexus.answering.opening import VERSION_S, opened
from nexus.answering.prompts import PROMPTS_VERSION
from nexus.answering.question import Question, style_of
from nexus.answering.routing import Route
from nexus.deadline import behind, optional
from nexus.models import Answer, Generation, Principal
from nexus.ports import Catalogue, Kept
from nexus.retrieval.reader import Reader
from nexus.retrieval.retrieved import Retrieved
from nexus.settings import Settings

# Tenants whose last version a process remembers.
REMEMBERED_VERSIONS = 1_000


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a question's answer stands in the cache: its key, for this version of the documents."""

    key: str
    tenant: str
    version: int
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class Keeping:
    """An answer that is to be kept, in its slot."""

    slot: Slot
    kept: Kept


class RecalledAnswers:
    """The answers of before; without a cache there are none. Writing is left to `executor`."""

    def __init__(self, cache: AnswerCache | None, settings: Settings, executor: Executor) -> None:
        self._cache = cache
        self._settings = settings
        self._executor = executor
        self._versions: dict[tuple[Generation, str], int] = {}

    @property
    def rests(self) -> bool:
        """Whether nothing can be kept now, as there is no cache, or it failed."""
        return self._cache is None or self._cache.shared.rests

    def look_up(
        self, reader: Reader, principal: Principal, question: Question, route: Route
    ) -> bool:
        """Begins to look up, in one read, the question's embedding and what may be its answer.

        The answer stands under the version of the documents, which is read meanwhile: the last one
        that this process has seen is tried. `get` asks again if it has changed since. False if this
        turn was not opened.
        """
        turn = opened()
        if self._cache is None or turn is None or not turn.knows(reader.generation):
            return False
        keys = set()
        if self._settings.embedding_cache_ttl_s:
            made = reader.generation
            keys.add(
                embedding_key(made.embedding_model, made.embedding_dimension, question.message)
            )
        guess = self._versions.get((reader.generation, principal.tenant))
        if guess is not None and question.cache.read and not _leans(question):
            keys.add(self._key(reader, principal, question, route, guess))
        turn.look_up(self._cache.shared.get_many, keys)
        return True

    def slot(
        self, reader: Reader, principal: Principal, question: Question, route: Route
    ) -> Slot | None:
        """The question's place, to be asked for before the documents are searched.

        None where no answer may come from the cache.
        """
        if self._cache is None or _leans(question):
            return None
        turn = opened()
        if turn and turn.knows(reader.generation):
            version = turn.version(reader.generation)
        else:
            version = _version(reader.catalogue, principal.tenant)
        if version is None:  # the documents have just changed, or nothing can be said of them
            return None
        if len(self._versions) >= REMEMBERED_VERSIONS:
            self._versions.clear()
        self._versions[reader.generation, principal.tenant] = version
        key = self._key(reader, principal, question, route, version)
        return Slot(key, principal.tenant, version, reader.catalogue)

    def _key(
        self, reader: Reader, principal: Principal, question: Question, route: Route, version: int
    ) -> str:
        return answer_key(
            principal=principal,
            question=question.message,
            filters=question.filters,
            top_k=question.top_k,
            style=style_of(question, route),
            prompts=PROMPTS_VERSION,
            settings=self._settings,
            generation=reader.generation,
            version=version,
        )

    def get(self, slot: Slot | None, question: Question) -> Answer | None:
        """The answer of before, if the question may have it."""
        if slot is None or self._cache is None or not question.cache.read:
            return None
        known = self._cache.get(slot.key)
        # What was refused alone may be answered where there is a conversation to lean on.
        return known if known and not (known.refused and question.is_in_talk) else None

    def keeping(
        self, slot: Slot | None, question: Question, answer: Answer, retrieved: Retrieved
    ) -> Keeping | None:
        """A whole answer to keep that rests on nothing but the question and these passages.

        It stands under the documents that were shown to the model or are named in it.
        """
        is_whole = not retrieved.degraded and not answer.truncated
        if slot is None or self._cache is None or not question.cache.write or not is_whole:
            return None
        documents = {(slot.tenant, item.document_id) for item in retrieved.passages}
        kept = self._cache.packed(slot.key, answer, documents)
        return Keeping(slot, kept) if kept else None

    def keep(self, values: Sequence[Kept], keeping: Keeping | None) -> None:
        """Writes values, and an answer, behind the turn."""
        if self._cache is None:
            return
        for value in values:
            behind(self._executor, _put, self._cache.shared, value)
        if keeping:
            behind(self._executor, _keep, self._cache.shared, keeping)

    def confirm(self, keeping: Keeping) -> None:
        """Removes an answer that the turn's own write has kept, if it may not be, behind it."""
        if self._cache is not None:
            behind(self._executor, _confirm, self._cache.shared, keeping)


def _leans(question: Question) -> bool:
    return question.is_in_talk and is_follow_up(question.message)


def _put(cache: ForgivingCache, value: Kept) -> None:
    cache.put(value.key, value.value, value.ttl_s, value.documents)


def _keep(cache: ForgivingCache, keeping: Keeping) -> None:
    _put(cache, keeping.kept)
    _confirm(cache, keeping)


def _confirm(cache: ForgivingCache, keeping: Keeping) -> None:
    # If the documents have changed since, nobody asks for it any more; and a document that was
    # erased has been looked for in the cache before this was there.
    slot = keeping.slot
    if _version(slot.catalogue, slot.tenant) != slot.version:
        cache.discard(slot.key)


def _version(catalogue: Catalogue, tenant: str) -> int | None:
    return optional("version", lambda: catalogue.version(tenant), own_s=VERSION_S)
