"""Does what one message asks for, in every index generation that it concerns."""

from __future__ import annotations

from collections.abc import Iterator

from nexus.ingestion.messages import PartTask, reconcile_message
from nexus.ingestion.reports import IndexingReport
from nexus.ingestion.tasks import ChangedObject
from nexus.services import IngestServices


def perform(task: ChangedObject | PartTask, services: IngestServices) -> Iterator[IndexingReport]:
    """Reports of what was done: nothing for a generation that no longer exists.

    An S3 event is worked off in the live generation; for each other one that exists, a message of
    its own is queued, so that the one's failures and retries are not the other's.
    """
    known = services.indexers.generations()
    if isinstance(task, PartTask):
        generation = known.get(task.generation_id)
        if generation is not None:
            yield services.indexers.of(generation).index_part(task)
        return
    if task.generation_id:
        generation = known.get(task.generation_id)
        if generation is None:
            return
    else:
        generation = known.answering
        others = [one.generation_id for one in known.known if one != generation]
        services.queue.send(
            [reconcile_message(task.key, other, afresh=task.afresh) for other in others]
        )
    indexer = services.indexers.of(generation)
    yield indexer.reconcile(task.key, task.sequencer, afresh=task.afresh)
