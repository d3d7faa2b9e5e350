"""Gives the answer of before while the documents are as they were, and keeps the new ones."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

from nexus.answering.caching import AnswerCache, answer_key
from nexus.answering.followups import is_follow_up
from nexus.answering.prompts import PROMPTS_VERSION
from nexus.answering.question import Question, style_of
from nexus.answering.routing import Route
from nexus.deadline import behind, optional
from nexus.models import Answer, Principal
from nexus.ports import Catalogue
from nexus.retrieval.reader import Reader
from nexus.retrieval.retriever import Retrieved
from nexus.settings import Settings

# Without it there is only no cached answer: it is not waited for as for what an answer needs.
VERSION_S = 1.5


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a question's answer stands in the cache: its key, for this version of the documents."""

    key: str
    tenant: str
    version: int
    catalogue: Catalogue


class RecalledAnswers:
    """The answers of before; without a cache there are none. Writing is left to `executor`."""

    def __init__(self, cache: AnswerCache | None, settings: Settings, executor: Executor) -> None:
        self._cache = cache
        self._settings = settings
        self._executor = executor

    def slot(
        self, reader: Reader, principal: Principal, question: Question, route: Route
    ) -> Slot | None:
        """The question's place, to be asked for before the documents are searched.

        None where no answer may come from the cache.
        """
        leans = question.conversation_id is not None and is_follow_up(question.message)
        if self._cache is None or leans:
            return None
        version = _version(reader.catalogue, principal.tenant)
        if version is None:  # the documents have just changed, or nothing can be said of them
            return None
        key = answer_key(
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
        return Slot(key, principal.tenant, version, reader.catalogue)

    def get(self, slot: Slot | None, question: Question) -> Answer | None:
        """The answer of before, if the question may have it."""
        if slot is None or self._cache is None or not question.cache.read:
            return None
        known = self._cache.get(slot.key)
        # What was refused alone may be answered where there is a conversation to lean on.
        return known if known and not (known.refused and question.conversation_id) else None

    def keep(
        self, slot: Slot | None, question: Question, answer: Answer, retrieved: Retrieved
    ) -> None:
        """Keeps a whole answer that rests on nothing but the question and these passages."""
        is_whole = not retrieved.degraded and not answer.truncated
        if slot and self._cache and question.cache.write and is_whole:
            behind(self._executor, _keep, self._cache, slot, answer, retrieved)


def _keep(cache: AnswerCache, slot: Slot, answer: Answer, retrieved: Retrieved) -> None:
    """Caches an answer, under the documents that were shown to the model or are named in it."""
    cache.put(slot.key, answer, {(slot.tenant, item.document_id) for item in retrieved.passages})
    # If the documents have changed since, nobody asks for it any more; and a document that was
    # erased has been looked for in the cache before this was there.
    if _version(slot.catalogue, slot.tenant) != slot.version:
        cache.discard(slot.key)


def _version(catalogue: Catalogue, tenant: str) -> int | None:
    return optional("version", lambda: catalogue.version(tenant), own_s=VERSION_S)
