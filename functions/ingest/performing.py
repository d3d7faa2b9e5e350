"""Does what one message asks for, in every index generation that it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nexus.ingestion.messages import PartTask, reconcile_message
from nexus.ingestion.reports import IndexingReport
from nexus.ingestion.tasks import ChangedObject
from nexus.models import Generations
from nexus.services import IngestServices


def perform(
    task: ChangedObject | PartTask,
    services: IngestServices,
    generations: Callable[[], Generations] | None = None,
    *,
    again: bool = False,
) -> Iterator[IndexingReport]:
    """Reports of what was done: nothing for a generation that no longer exists.

    `generations` gives those that exist, and may have to wait for them; else they are read now.
    `again` says that the message has come before, and was not finished.

    An S3 event is worked off in the live generation; for each other one that exists, a message of
    its own is queued, so that the one's failures and retries are not the other's.
    """
    if generations is None:
        generations = services.executor.submit(services.indexers.generations).result
    # Most likely the documents are worked in the generation they were worked in before.
    guess = services.indexers.likely()
    look = None
    if isinstance(task, ChangedObject) and task.generation_id in ("", guess.generation_id):
        look = services.indexers.of(guess).look(task.key)
    known = generations()
    if isinstance(task, PartTask):
        generation = known.get(task.generation_id)
        if generation is not None:
            yield services.indexers.of(generation).index_part(task, again=again)
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
    seen = look if generation == guess else None
    yield indexer.reconcile(task.key, task.sequencer, seen, afresh=task.afresh, again=again)
