"""Plans the reindexing of many objects that nobody has to store, and watches memory and calls.

    python -m tests.bench.reindex_plan [--objects 1000000] [--pages 50] [--threads 16] [--json OUT]

Bucket and catalogue are generated: what they say of an object follows from its number, so that a
million of them weigh nothing and whatever memory grows is the plan's own. The run stops after every
`--pages` pages and goes on from its progress as JSON, as the function does when its time is up.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nexus.generations.reindexing import Progress, Reindexer
from nexus.ingestion.revisions import fingerprint_prefix
from nexus.models import DocumentMetadata, DocumentRecord, DocumentStatus, ObjectState
from nexus.object_keys import document_id, object_key, parse_key
from nexus.settings import Settings
from tests.bench.reporting import Row, arguments, report
from tests.fakes import FakeCatalogue, FakeDocuments, FakeIndex, FakeQueue

TENANTS = ("acme", "beta", "city-council")
GENERATION = Settings().generation
NOTHING_SAID = DocumentMetadata()
# Of every twenty objects one is not in the catalogue and one has changed; of every twenty documents
# one has left the bucket.
EVERY = 20


class Meter:
    """How often each call was made, and the most that one of them carried."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.items: Counter[str] = Counter()
        self.largest: Counter[str] = Counter()

    def note(self, call: str, items: int = 1) -> None:
        self.calls[call] += 1
        self.items[call] += items
        self.largest[call] = max(self.largest[call], items)


@dataclass(frozen=True, slots=True)
class Numbered:
    """`count` documents, numbered; each tenant has as many of them, in order."""

    count: int

    def place(self, number: int) -> tuple[str, str]:
        return TENANTS[number * len(TENANTS) // self.count], f"{number:09}.pdf"

    @staticmethod
    def number(path: str) -> int:
        return int(path.removesuffix(".pdf"))


class GeneratedBucket(FakeDocuments):
    """A bucket of so many objects, listed in the order of their keys."""

    def __init__(self, numbered: Numbered, meter: Meter) -> None:
        super().__init__()
        self._numbered = numbered
        self._meter = meter

    def list_objects(self, tenant: str | None, start_after: str) -> Iterator[ObjectState]:
        self._meter.note("list objects")
        first = Numbered.number(parse_key(start_after)[1]) + 1 if start_after else 0
        for number in range(first, self._numbered.count):
            yield self._state(number)

    def head(self, key: str) -> ObjectState | None:
        self._meter.note("head object")
        number = Numbered.number(parse_key(key)[1])
        return None if number % EVERY == 2 else self._state(number)

    def _state(self, number: int) -> ObjectState:
        tenant, path = self._numbered.place(number)
        etag = document_id(tenant, path)
        key = object_key(tenant, path)
        return ObjectState(tenant, path, key, 1000, etag, "", "", NOTHING_SAID, "")


class GeneratedCatalogue(FakeCatalogue):
    """The records of the same documents; an object's ETag is its document's id."""

    def __init__(self, numbered: Numbered, meter: Meter) -> None:
        super().__init__()
        self._numbered = numbered
        self._meter = meter

    def get_many(
        self, tenant: str, document_ids: Sequence[str], *, consistently: bool = False
    ) -> dict[str, DocumentRecord]:
        self._meter.note("get records", len(document_ids))
        kinds = {item: int(item, 16) % EVERY for item in document_ids}
        return {
            item: _record(tenant, item, "", "other" if kind == 1 else item)
            for item, kind in kinds.items()
            if kind
        }

    def list_documents(
        self, tenant: str | None, status: DocumentStatus | None = None, start_after: str = ""
    ) -> Iterator[DocumentRecord]:
        """In an order of its own: by number, which here is the id."""
        self._meter.note("list records")
        first = int(start_after.rpartition("/")[2], 16) + 1 if start_after else 0
        for number in range(first, self._numbered.count):
            owner, path = self._numbered.place(number)
            yield _record(owner, f"{number:024x}", path, "")


class CountingQueue(FakeQueue):
    """A queue that keeps nothing."""

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._meter = meter

    def send(self, bodies: Sequence[str], delay_s: int = 0) -> None:
        if bodies:  # nothing to send is no call
            self._meter.note("send messages", len(bodies))


class InTurn(Executor):
    """Runs everything on the caller's own thread."""

    def map(self, fn: Any, *iterables: Iterable[Any], **_: Any) -> Iterator[Any]:
        return map(fn, *iterables)


@dataclass(frozen=True, slots=True)
class Plan:
    """A finished run: what it counted, how it called, its seconds and its growth in megabytes."""

    progress: Progress
    meter: Meter
    invocations: int
    seconds: float
    grown_mb: float


def plan(objects: int, pages: int = 50, executor: Executor | None = None) -> Plan:
    """Plans so many objects, stopping after every so many pages."""
    numbered, meter = Numbered(objects), Meter()
    reindexer = Reindexer(
        GeneratedBucket(numbered, meter),
        GeneratedCatalogue(numbered, meter),
        FakeIndex(),
        CountingQueue(meter),
        GENERATION,
        executor or InTurn(),
    )
    before_mb, begun = held_mb(), time.perf_counter()
    progress, invocations = Progress(), 0
    while progress.phase != "done":
        payload = json.dumps(asdict(progress))
        progress = reindexer.run(Progress(**json.loads(payload)), _budget(pages))
        invocations += 1
    seconds = time.perf_counter() - begun
    return Plan(progress, meter, invocations, seconds, peak_mb() - before_mb)


def _budget(pages: int) -> Callable[[], bool]:
    """Says that there is time left, until it was asked so many times."""
    left = iter(range(pages - 1, -1, -1))
    return lambda: next(left) > 0


def held_mb() -> float:
    """The memory that this process holds now; what it once held where the system does not say."""
    return _status_mb("VmRSS") or peak_mb()


def peak_mb() -> float:
    """The most memory that this process has ever held."""
    # Linux counts what the process that started this one held into `ru_maxrss`.
    unit = 1 if sys.platform == "darwin" else 1024
    return _status_mb("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _status_mb(name: str) -> float | None:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    [line] = [line for line in status.splitlines() if line.startswith(f"{name}:")]
    return int(line.split()[1]) * 1024 / 1e6


def main() -> None:
    """Plans, and reports."""
    parser = arguments(__doc__)
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--pages", type=int, default=50, help="of one invocation")
    parser.add_argument("--threads", type=int, default=16, help="0: on the caller's own")
    given = parser.parse_args()
    executor = ThreadPoolExecutor(given.threads) if given.threads else InTurn()
    done = plan(given.objects, given.pages, executor)
    counted = asdict(done.progress)
    rows: list[Row] = [
        {
            "call": call,
            "calls": done.meter.calls[call],
            "items": done.meter.items[call],
            "most in one": done.meter.largest[call],
        }
        for call in done.meter.calls
    ]
    said = ", ".join(f"{counted[name]:,} {name}" for name in ("missing", "changed", "removed"))
    note = (
        f"{given.objects:,} objects: {said}; {done.invocations} invocations, "
        f"{done.seconds:.1f} s, memory grew by {done.grown_mb:.1f} MB at most"
    )
    report("Reindex plan", rows, None, note)
    if given.json:
        facts = {"progress": counted, "calls": rows, "invocations": done.invocations}
        facts |= {"seconds": done.seconds, "grown_mb": done.grown_mb}
        Path(given.json).write_text(json.dumps(facts, indent=2))


def _record(tenant: str, item: str, path: str, etag: str) -> DocumentRecord:
    mark = fingerprint_prefix(etag, GENERATION.generation_id)
    return DocumentRecord(tenant, item, path, "", "", "indexed", fingerprint=mark, etag=etag)


if __name__ == "__main__":
    main()
