"""Reads what a message that was given up asks for: which objects or parts, of which generation."""

from __future__ import annotations

from dataclasses import dataclass

from nexus.errors import NotFound
from nexus.ingestion.messages import PartTask
from nexus.ingestion.tasks import ChangedObject, tasks_of
from nexus.models import Generation, Generations
from nexus.object_keys import document_id, parse_key


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that a letter asks for; `generation` is None if it is for one that is no more."""

    key: str
    tenant: str = ""
    path: str = ""
    document_id: str = ""
    generation: Generation | None = None
    part: PartTask | None = None
    afresh: bool = False

    @property
    def place(self) -> tuple[str, str]:
        """The id of its generation ("" for none) and its key."""
        return self.generation.generation_id if self.generation else "", self.key


def subjects_of(body: str, now: Generations) -> list[Subject] | None:
    """What a message asks for; None if the ingestion cannot read its shape."""
    try:
        tasks = list(tasks_of(body))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return [_subject(task, now) for task in tasks]


def _subject(task: ChangedObject | PartTask, now: Generations) -> Subject:
    part = task if isinstance(task, PartTask) else None
    key = task.state.key if isinstance(task, PartTask) else task.key
    generation = now.get(task.generation_id) if task.generation_id else now.answering
    try:
        tenant, path = parse_key(key)
    except NotFound:
        return Subject(key)
    return Subject(
        key, tenant, path, document_id(tenant, path), generation, part, afresh=task.afresh
    )
