"""Says of a message that the ingestion gave up what it is about and why it was given up.

The message itself carries no reason: it is found in the catalogue, where the ingestion writes why
it could not go on, or else follows from what bucket and catalogue hold now.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from nexus.generations.lifecycle import PerGeneration
from nexus.ingestion.messages import PartTask
from nexus.ingestion.revisions import age_s, fingerprint
from nexus.models import DocumentRecord, DocumentStatus, Generation, ObjectState
from nexus.operations.dead_letter_subjects import Subject, subjects_of
from nexus.ports import Catalogue, DocumentStore, Letter

# The longest that Lambda lets an attempt run; one that began earlier has ended.
LONGEST_ATTEMPT_S = 900.0


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A letter as a person reads it; `reason` is a sentence, `obsolete` that nothing is left to do.

    A message about several objects tells of the first that still needs work. What the message does
    not name is empty; `generation` is the index generation that it is for, the live one where it
    names none, and `status` the document's in that generation's catalogue, or None.
    """

    message_id: str
    key: str
    tenant: str
    path: str
    document_id: str
    generation: str
    status: DocumentStatus | None
    reason: str
    obsolete: bool
    tries: int
    sent_at: str
    body: str


class Explainer:
    """Finds the reasons of letters in the bucket and in the catalogues of the generations."""

    def __init__(
        self,
        catalogues: PerGeneration[Catalogue],
        documents: DocumentStore,
        executor: Executor,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._catalogues = catalogues
        self._documents = documents
        self._executor = executor
        self._now = now

    def explain(self, letters: Sequence[Letter]) -> list[DeadLetter]:
        """What each letter is about and why it is one, in the order given."""
        if not letters:
            return []
        now = self._catalogues.generations()
        named = {letter.message_id: subjects_of(letter.body, now) for letter in letters}
        known = [one for subjects in named.values() for one in subjects or () if one.document_id]
        keys = list(dict.fromkeys(subject.key for subject in known))
        states = dict(zip(keys, self._executor.map(self._documents.head, keys), strict=True))
        records = self._records(known)

        def explained(letter: Letter) -> DeadLetter:
            subjects = named[letter.message_id]
            if not subjects:
                return _about(letter, Subject(""), None, *_nothing_named(subjects))
            judged = []
            for subject in subjects:
                record = records.get(subject.place)
                said = self._judge(letter, subject, states.get(subject.key), record)
                judged.append(_about(letter, subject, record, *said))
            return next((letter for letter in judged if not letter.obsolete), judged[0])

        return [explained(letter) for letter in letters]

    def _records(self, subjects: Sequence[Subject]) -> dict[tuple[str, str], DocumentRecord]:
        groups: dict[tuple[Generation, str], list[Subject]] = {}
        for subject in subjects:
            if subject.generation:
                groups.setdefault((subject.generation, subject.tenant), []).append(subject)
        found: dict[tuple[str, str], DocumentRecord] = {}
        for (generation, tenant), group in groups.items():
            ids = [one.document_id for one in group]
            records = self._catalogues.of(generation).get_many(tenant, ids)
            for subject in group:
                if subject.document_id in records:
                    found[subject.place] = records[subject.document_id]
        return found

    def _judge(
        self,
        letter: Letter,
        subject: Subject,
        state: ObjectState | None,
        record: DocumentRecord | None,
    ) -> tuple[str, bool]:
        """Why what a message asks for was given up, and whether nothing is left to do."""
        if not subject.document_id:
            return "Its key names no document: the ingestion leaves such objects alone.", True
        if subject.generation is None:
            return "The index generation it is for was dropped: nothing is left to do.", True
        if subject.part:
            return self._judge_part(subject.part, record)
        return self._judge_object(letter, subject, state, record)

    def _judge_object(
        self,
        letter: Letter,
        subject: Subject,
        state: ObjectState | None,
        record: DocumentRecord | None,
    ) -> tuple[str, bool]:
        if state is None:
            return _why_not_removed(record)
        if record is None or record.status == "deleted":
            return _NEVER_BEGUN, False
        current = fingerprint(state.etag, state.metadata, subject.place[0])
        # What was to be indexed afresh, though unchanged, is done once an attempt began since.
        since = not subject.afresh or record.started_at >= letter.sent_at
        if record.fingerprint == current and since:
            if record.status == "indexed":
                return "The document was indexed meanwhile: nothing is left to do.", True
            if record.status == "failed":
                return f"The document cannot be indexed as it is: {record.reason}", True
        return self._why_not_indexed(record), False

    def _judge_part(self, task: PartTask, record: DocumentRecord | None) -> tuple[str, bool]:
        if record is None or record.revision != task.revision or record.status != "indexing":
            return (
                "It is a part of an attempt that has ended, or that another has replaced: nothing "
                "is left to do.",
                True,
            )
        why = record.reason or self._why_not_indexed(record)
        return f"Part {task.part.number + 1} of {task.parts}: {why}", False

    def _why_not_indexed(self, record: DocumentRecord) -> str:
        if record.status == "pending":
            return record.reason or _BROKE_OFF
        if record.status == "indexing":
            if age_s(record.updated_at, self._now()) < LONGEST_ATTEMPT_S:
                return "An attempt at the document is under way."
            before = f" The attempt before said: {record.reason}" if record.reason else ""
            return _BROKE_OFF + before
        return (
            "The document has changed since it was last indexed, and no attempt at the change "
            "began: the function failed before it could write to the catalogue. Its log says more."
        )


_NEVER_BEGUN = (
    "No attempt at the document began: the function failed before it could write to the catalogue. "
    "Its log says more."
)
_BROKE_OFF = (
    "The last attempt broke off before it could say why: the function ran out of time or memory, "
    "was stopped, or met an error that nobody foresaw. Its log says more."
)


def _why_not_removed(record: DocumentRecord | None) -> tuple[str, bool]:
    if record is None or (record.status == "deleted" and not record.etag):
        return "The object is gone, and nothing of it is indexed: nothing is left to do.", True
    if record.reason and record.status == "pending":
        return f"The object is gone; when it was last tried: {record.reason}", False
    return (
        "The object is gone but may still be indexed: its removal did not come to an end, because "
        "the function failed or was stopped. Its log says more.",
        False,
    )


def _nothing_named(subjects: list[Subject] | None) -> tuple[str, bool]:
    if subjects is None:
        return (
            "It is no message about documents: something other than the bucket or Nexus sent it, "
            "and it will fail again.",
            False,
        )
    return "It names no document: nothing is left to do.", True


def _about(
    letter: Letter, subject: Subject, record: DocumentRecord | None, reason: str, obsolete: bool
) -> DeadLetter:
    return DeadLetter(
        message_id=letter.message_id,
        key=subject.key,
        tenant=subject.tenant,
        path=subject.path,
        document_id=subject.document_id,
        generation=subject.generation.generation_id if subject.generation else "",
        status=record.status if record else None,
        reason=reason,
        obsolete=obsolete,
        tries=letter.tries,
        sent_at=letter.sent_at,
        body=letter.body,
    )
