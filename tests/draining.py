"""Works off a FakeQueue as the ingestion function does, until nothing is queued."""

from __future__ import annotations

from functions.ingest.performing import perform
from nexus.generations.lifecycle import PerGeneration, SingleGeneration
from nexus.ingestion.indexer import Indexer
from nexus.ingestion.reports import IndexingReport
from nexus.ingestion.tasks import tasks_of
from nexus.services import IngestServices
from nexus.settings import Settings
from tests.assembled import InTurn
from tests.fakes import FakeQueue


def drain(
    queue: FakeQueue, indexer: Indexer, settings: Settings, *, late: bool = False
) -> list[IndexingReport]:
    """What became of each message, and of those that it queued; delayed ones if it is `late`."""
    generation = indexer.generation
    indexers = PerGeneration(SingleGeneration(generation), generation, lambda _: indexer)
    services = IngestServices(settings, indexers, queue, InTurn())
    reports: list[IndexingReport] = []
    if late:
        queue.bodies += [body for body, _ in queue.delayed]
        queue.delayed.clear()
    while queue.bodies:
        for task in tasks_of(queue.bodies.pop(0)):
            reports += perform(task, services)
    return reports
