"""Works off the ingestion queue with an index, models and ledger that take no time and no memory.

What is left is Nexus's own: reading S3 by ranges, parsing, chunking, the catalogue, the queue. The
vectors are as long as the settings say.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from functions.ingest.performing import perform
from nexus.adapters.dynamodb.catalogue import DynamoCatalogue
from nexus.adapters.s3.documents import S3Documents
from nexus.adapters.sqs.queue import SqsQueue
from nexus.generations.lifecycle import PerGeneration, SingleGeneration
from nexus.ingestion.tasks import tasks_of
from nexus.models import IndexRecord
from nexus.ports import Embeddings, VectorIndex
from nexus.services import IngestServices
from nexus.settings import Settings
from nexus.wiring.aws_clients import aws_clients
from tests import assembled
from tests.endurance.draining import drain, note_peak


class NoIndex:
    """Takes every record and holds none."""

    def upsert(self, namespace: str, records: Sequence[IndexRecord]) -> None:
        pass

    def delete_document(self, *_values: Any, **_named: Any) -> None:
        pass

    def delete_chunks(self, *_values: Any) -> None:
        pass

    def wait_until_searchable(self, *_values: Any) -> None:
        pass


class Instant:
    """Vectors of their own for all texts, at once."""

    def __init__(self, dimension: int) -> None:
        self._format = f"{dimension}f"
        self._numbers = struct.pack(self._format, *range(dimension))

    def embed(self, texts: Sequence[str]) -> Embeddings:
        vectors = (struct.unpack(self._format, self._numbers) for _ in texts)
        return Embeddings(tuple(vectors), len(texts))

    def ping(self) -> None:
        pass


class Forgetful:
    """A ledger that keeps nothing."""

    def find(self, tenant: str, text_keys: Sequence[str]) -> dict[str, str]:
        return {}

    def note(self, tenant: str, record_ids: Mapping[str, str]) -> None:
        pass


def main() -> None:
    """Drains the queue."""
    settings = Settings.from_environ(os.environ)
    generation = settings.generation
    queue = SqsQueue(aws_clients("sqs"), settings.ingest_queue_url)
    indexer = assembled.indexer(
        S3Documents(aws_clients("s3"), settings.documents_bucket),
        DynamoCatalogue(
            aws_clients("dynamodb"), settings.catalogue_table, generation.generation_id
        ),
        cast(VectorIndex, NoIndex()),
        Instant(settings.embedding_dimension),
        settings,
        ledger=Forgetful(),
        queue=queue,
    )
    indexers = PerGeneration(SingleGeneration(generation), generation, lambda _: indexer)
    services = IngestServices(settings, indexers, queue, assembled.InTurn())

    def handle(record: dict[str, Any]) -> bool:
        for task in tasks_of(record["body"]):
            for report in perform(task, services):
                sys.stdout.write(f"{report.outcome} {report.chunks} {report.reason or ''}\n")
        return True

    drain(aws_clients("sqs"), settings.ingest_queue_url, handle)
    note_peak(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
