"""Makes the production services once per thread, so that each can hide documents of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar, cast

from cli.evaluation.corpus import Corpus
from cli.evaluation.embeddings_cache import KeptEmbedder
from cli.evaluation.endpoint import Endpoint
from cli.evaluation.excluding_index import ExcludingIndex
from cli.evaluation.memory import (
    CorpusStore,
    GivenSecrets,
    MemoryCatalogue,
    MemoryConversations,
    MemoryLedger,
    MemoryQueue,
)
from nexus.ingestion.messages import PartTask, part_task
from nexus.ports import Embedder, VectorIndex
from nexus.services import EvaluationServices
from nexus.wiring.operating import evaluation_services

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Lane:
    """Services for one thread at a time, and the index whose documents it can hide."""

    services: EvaluationServices
    index: ExcludingIndex
    queue: MemoryQueue

    def tasks(self) -> Iterator[PartTask]:
        """The parts of a large document that wait to be indexed."""
        while self.queue.bodies:
            yield part_task(json.loads(self.queue.bodies.pop(0))["part"])


@contextmanager
def lanes(
    count: int, corpus: Corpus, endpoint: Endpoint, cache: Path, chunks: Mapping[str, int]
) -> Iterator[list[Lane]]:
    """So many lanes over one index and one catalogue; a remote endpoint's embeddings of documents
    are kept in `cache`.

    `chunks` will say, once they are indexed, how many chunks each document has.
    """
    documents, catalogue, ledger = CorpusStore(corpus), MemoryCatalogue(), MemoryLedger()
    with ExitStack() as closing:

        def lane() -> Lane:
            hiding: list[ExcludingIndex] = []

            def searched(index: VectorIndex) -> VectorIndex:
                hiding.append(ExcludingIndex(index, chunks))
                return cast(VectorIndex, hiding[0])

            def indexed(embedder: Embedder) -> Embedder:
                # The local model server remembers the passages that it embeds, and reranks them
                # the sooner for it: as in a deployment, it has to see them.
                if endpoint.local:
                    return embedder
                kept = KeptEmbedder(embedder, endpoint.vectors, cache)
                closing.callback(kept.close)
                return kept

            queue = MemoryQueue()
            services = evaluation_services(
                endpoint.settings,
                GivenSecrets(endpoint.keys),
                documents,
                catalogue,
                ledger,
                queue,
                MemoryConversations(),
                searched=searched,
                indexed=indexed,
            )
            return Lane(services, hiding[0], queue)

        yield [lane() for _ in range(count)]


def side_by_side(
    free: Sequence[Lane], work: Callable[[Lane, T], R], items: Sequence[T]
) -> Iterator[R]:
    """What `work` makes of each item, in their order; as many at once as there are lanes.

    What has not begun when the reader stops is dropped.
    """
    waiting: SimpleQueue[Lane] = SimpleQueue()
    for lane in free:
        waiting.put(lane)

    def run(item: T) -> R:
        lane = waiting.get()
        try:
            return work(lane, item)
        finally:
            waiting.put(lane)

    pool = ThreadPoolExecutor(len(free))
    try:
        yield from pool.map(run, items)
    finally:
        pool.shutdown(cancel_futures=True)
