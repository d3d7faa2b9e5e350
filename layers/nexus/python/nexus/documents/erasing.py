"""Erases a document for good, everywhere that its text or what was made of it is kept.

The catalogue is told first, so that readers see nothing more of it from that moment on; then what
they no longer see is deleted, from the bucket on, because all else is made from it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

from nexus.errors import NotFound, Superseded, UpstreamUnavailable
from nexus.ingestion.revisions import last_stamp, timestamp
from nexus.models import DocumentRecord
from nexus.object_keys import object_key
from nexus.ports import Cache, Catalogue, CitedQuestions, CitedTurns, DocumentVersions, VectorIndex

Erasable = Literal[
    "object_versions",
    "vectors",
    "manifests",
    "cached_answers",
    "logged_questions",
    "conversation_turns",
]

# Times that it is tried again where others are writing what is being erased.
ROUNDS = 5
# An index may show deleted vectors for moments: pauses before asking again, 7.5 s in all.
PAUSES_S = (0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class Place:
    """One index generation: its catalogue, its index, and the namespace of a tenant in that."""

    catalogue: Catalogue
    index: VectorIndex
    namespace: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of one kind of thing; `remaining` is what a query found at `verified_at`.

    `found` is what there was when this call began: one that was broken off has left less.
    """

    what: Erasable
    found: int
    removed: int
    remaining: int
    verified_at: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an erasure found, removed and left; times are UTC ISO 8601 with Z."""

    document_id: str
    path: str
    title: str
    started_at: str
    finished_at: str
    duration_ms: float
    items: tuple[Erased, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is left anywhere."""
        return not any(item.remaining for item in self.items)


@dataclass(slots=True)
class _Doomed:
    """The document that is being erased; `hidden` are its records where this call hid it."""

    tenant: str
    document_id: str
    key: str
    hidden: dict[Place, DocumentRecord] = field(default_factory=dict)


class Eraser:
    """Erases documents and tells what it did.

    What holds beside others who write meanwhile: an upload that comes before the last look at the
    bucket is erased with the rest; a later one is a new document, whole, whose chunks this leaves
    alone (though it counts them, when they are that fast). A worker that began on the document
    before cannot publish it any more, and takes back what it wrote. An answer that was made before
    and is stored after is discarded from the cache (`Answerer`), and not shown in its conversation
    (`nexus.documents.tombstones`) whatever is uploaded anew: when the document was erased is kept,
    and compared with when the answer began to read. Its turn is emptied by erasing again, or
    expires.
    """

    def __init__(
        self,
        places: Sequence[Place],
        versions: DocumentVersions,
        cache: Cache | None,
        turns: CitedTurns,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        questions: CitedQuestions | None = None,
    ) -> None:
        self._places = tuple(places)
        self._versions = versions
        self._cache = cache
        self._turns = turns
        self._questions = questions
        self._now = now
        self._sleep = sleep

    def erase(self, tenant: str, document_id: str) -> Receipt:
        """Erases the tenant's document from every generation, the bucket and all that was made.

        Broken off anywhere, by an error or the end of the process, the same call later finishes it.
        What was only removed from the bucket before is erased too. Raises NotFound if the tenant
        has no such document or nothing of it is left, and UpstreamError when a service fails.
        """
        started = self._now()
        records: dict[Place, DocumentRecord] = {}
        for place in self._places:
            if record := place.catalogue.get(tenant, document_id):
                records[place] = record
        if not records:
            raise NotFound("There is no such document.")
        described = max(records.values(), key=lambda record: record.updated_at)
        doomed = _Doomed(tenant, document_id, object_key(tenant, described.path))
        counters = self._counters(doomed)
        found = {what: count() for what, count in counters.items()}
        if all(map(_is_erased, records.values())) and not any(found.values()):
            raise NotFound("There is no such document: it was deleted.")
        # Also before: where this ends before it is through, what was told before does not return.
        self._note(doomed)
        self._hide(doomed)
        items = tuple(
            self._erase(what, found[what], remove, counters[what])
            for what, remove in self._removers(doomed).items()
        )
        if not any(item.remaining for item in items):
            self._bury(doomed)
        finished = self._now()
        return Receipt(
            document_id=document_id,
            path=described.path,
            title=described.title,
            started_at=timestamp(started),
            finished_at=timestamp(finished),
            duration_ms=round((finished - started) * 1000, 2),
            items=items,
        )

    def _erase(
        self, what: Erasable, found: int, remove: Callable[[], int], count: Callable[[], int]
    ) -> Erased:
        """Removes one kind of thing until a query finds none, or it has been asked often enough."""
        removed, remaining = remove(), count()
        for pause in PAUSES_S:
            if not remaining:
                break
            self._sleep(pause)
            removed, remaining = removed + remove(), count()
        removed = max(removed, found - remaining)
        return Erased(what, found, removed, remaining, timestamp(self._now()))

    def _counters(self, doomed: _Doomed) -> dict[Erasable, Callable[[], int]]:
        names = (doomed.tenant, doomed.document_id)
        counters: dict[Erasable, Callable[[], int]] = {
            "object_versions": lambda: self._versions.count_versions(doomed.key),
            "vectors": lambda: sum(
                place.index.count(place.namespace(doomed.tenant), doomed.document_id)
                for place in self._places
            ),
            "manifests": lambda: sum(
                place.catalogue.manifest(*names) is not None for place in self._places
            ),
            "cached_answers": lambda: self._cache.count(*names) if self._cache else 0,
            "conversation_turns": lambda: self._turns.count_citing(*names),
        }
        if (questions := self._questions) is not None:
            counters["logged_questions"] = lambda: questions.count_naming(*names)
        return counters

    def _removers(self, doomed: _Doomed) -> dict[Erasable, Callable[[], int]]:
        """What removes each kind, in order; it returns how many if it can tell."""
        names = (doomed.tenant, doomed.document_id)
        removers: dict[Erasable, Callable[[], int]] = {
            "object_versions": lambda: self._empty_bucket(doomed),
            "vectors": lambda: self._delete_vectors(doomed),
            "manifests": lambda: 0,  # hiding the document has removed them
            "cached_answers": lambda: self._cache.forget(*names) if self._cache else 0,
        }
        if (questions := self._questions) is not None:
            # Before the turns, whose entries in the register lead to these.
            removers["logged_questions"] = lambda: questions.redact(*names)
        removers["conversation_turns"] = lambda: self._turns.redact(*names)
        return removers

    def _hide(self, doomed: _Doomed) -> bool:
        """Removes the document from every catalogue; False if it already was, by this call."""
        moved = [self._hide_in(place, doomed) for place in self._places]
        return True in moved

    def _hide_in(self, place: Place, doomed: _Doomed) -> bool:
        for _ in range(ROUNDS):
            record = place.catalogue.get(doomed.tenant, doomed.document_id)
            mine = doomed.hidden.get(place)
            if record is None or (mine and record.revision == mine.revision):
                return False
            try:
                stored = replace(place.catalogue.begin(record), erasing=True)
                place.catalogue.remove(stored)
            except Superseded:
                continue
            doomed.hidden[place] = stored
            return True
        raise UpstreamUnavailable(
            "catalogue", "The document is being changed too often to be deleted; try again."
        )

    def _empty_bucket(self, doomed: _Doomed) -> int:
        removed = 0
        for _ in range(ROUNDS):
            removed += self._versions.delete_versions(doomed.key)
            # A worker that began before the bucket was empty may still publish what it read there.
            if not self._hide(doomed):
                break
        self._note(doomed)
        return removed

    def _note(self, doomed: _Doomed) -> None:
        """Keeps that all which was read of the document until now is of what was erased."""
        at = timestamp(self._now())
        self._places[0].catalogue.note_erasure(doomed.tenant, doomed.document_id, at)

    def _delete_vectors(self, doomed: _Doomed) -> int:
        # Where there is no record, no attempt ever began to write chunks.
        for place, record in doomed.hidden.items():
            namespace = place.namespace(doomed.tenant)
            through = last_stamp(record.revision)
            place.index.delete_document(namespace, doomed.document_id, through)
        return 0

    def _bury(self, doomed: _Doomed) -> None:
        """Leaves of each record what says that the document was deleted, and where it was."""
        for place, record in doomed.hidden.items():
            with suppress(Superseded):  # it was uploaded anew
                place.catalogue.settle(
                    DocumentRecord(
                        tenant=record.tenant,
                        document_id=record.document_id,
                        path=record.path,
                        uri=record.uri,
                        title=record.path.rsplit("/", 1)[-1],
                        status="deleted",
                        revision=record.revision,
                        sequencer=record.sequencer,
                    )
                )


def _is_erased(record: DocumentRecord) -> bool:
    return record.status == "deleted" and not record.erasing and not record.etag
