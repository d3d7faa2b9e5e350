"""Whatever happens in whatever order, the catalogue and the index end where the bucket is.

Uploads, edits and deletions raise events that come twice, late and out of order, to several workers
at once, each of which may die at any call, and any call may fail. At every moment a reader sees one
version of a document whole, or none; at the end, the bucket's, and the index holds nothing else.
"""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import Executor, Future
from random import Random
from typing import Any, BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nexus.errors import UpstreamUnavailable
from nexus.generations.reindexing import Progress, Reindexer
from nexus.ingestion.messages import part_task
from nexus.ingestion.parsing.outlines import Outline, Part
from nexus.models import Hit, IndexRecord, LocatedText, Locator, ParsedDocument
from nexus.object_keys import document_id, object_key
from nexus.settings import Settings
from tests import assembled
from tests.fakes import (
    FakeCatalogue,
    FakeClock,
    FakeDocuments,
    FakeEmbedder,
    FakeIndex,
    FakeLedger,
    FakeQueue,
)
from tests.properties.turns import Actor, Killed, Stepped, interleave

CONFIG = Settings(embedding_dimension=4, removal_grace_s=60)
SPACE = CONFIG.generation.namespace("acme")
NAMES = ("a", "b")
LINES_PER_PART = 2
KILLED_AT_A_CALL = 0.02
FAILED_AT_A_CALL = 0.02
# 2,000 in all; several tests, so that they can run side by side.
SHARES = 4
EXAMPLES = 500


def survey(source: BinaryIO, size: int, *_: Any, **__: Any) -> Outline:
    """Every two lines are a part."""
    lines = source.read().decode().splitlines()
    starts = range(0, max(1, len(lines)), LINES_PER_PART)
    parts = (Part(number, start, start + LINES_PER_PART) for number, start in enumerate(starts))
    return Outline("lines", size, parts=tuple(parts))


def read(source: BinaryIO, outline: Outline, part: Part) -> ParsedDocument:
    """Every line is a section, and so a chunk."""
    source.seek(0)
    lines = source.read().decode().splitlines()[part.start : part.end]
    return ParsedDocument(
        tuple(LocatedText(line, Locator(heading=(line.partition(" ")[0],))) for line in lines)
    )


class Inline(Executor):
    """Runs what it is given at once."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class World:
    """A bucket with its uploaders, a queue that keeps its promises and no more, and workers."""

    def __init__(self, random: Random, operations: list[tuple[str, int]]) -> None:
        self.random = random
        self.operations = list(operations)
        self.clock = FakeClock()
        self.documents, self.catalogue = FakeDocuments(), FakeCatalogue(self.clock)
        self.index, self.queue, self.ledger = FakeIndex(), FakeQueue(), FakeLedger()
        self.indexer = assembled.indexer(
            Stepped(self.documents),
            Stepped(self.catalogue),
            Stepped(self.index),
            Stepped(FakeEmbedder(4)),
            CONFIG,
            ledger=Stepped(self.ledger),
            queue=Stepped(self.queue),
            now=self.clock,
            survey=survey,
            read=read,
        )
        self.lines: dict[str, list[str]] = {}
        self.versions: dict[str, set[frozenset[str]]] = {name: {frozenset()} for name in NAMES}
        self.edits = 0
        self.past: list[str] = []
        self.unfinished: Counter[str] = Counter()
        self.gentle = False

    def change(self) -> None:
        """The next upload, edit, deletion or repeated event, if any is left."""
        if not self.operations:
            return
        what, number = self.operations.pop(0)
        name = NAMES[number % len(NAMES)]
        self.edits += 1
        if what == "repeat":
            if self.past:
                self.queue.bodies.append(self.random.choice(self.past))
            return
        if what == "delete":
            self.lines.pop(name, None)
            self.documents.drop("acme", name)
        else:
            lines = self.lines.setdefault(name, [])
            if what == "grow" or not lines:
                lines += [f"{name}{len(lines) + place} {self.edits}" for place in range(3)]
            elif what == "edit":
                place = number % len(lines)
                lines[place] = f"{name}{place} {self.edits}"
            elif what == "shrink":
                del lines[number % len(lines) :]
            text = "\n".join(lines) or f"{name}0 {self.edits}"
            lines[:] = text.splitlines()
            self.versions[name].add(frozenset(lines))
            self.documents.put("acme", name, text.encode())
        record = {
            "eventSource": "aws:s3",
            "s3": {"object": {"key": object_key("acme", name), "sequencer": f"{self.edits:08X}"}},
        }
        self.past.append(json.dumps({"Records": [record]}))
        self.queue.bodies.append(self.past[-1])

    def worker(self) -> Actor | None:
        """A worker on any of the messages; None when there is nothing left to do."""
        if self.random.random() < 0.3:
            self.change()
        due = self.queue.bodies
        if not due and self.queue.delayed:
            due.append(self.queue.delayed.pop(0)[0])
        while not due and self.operations:
            self.change()
        if not due:
            return None
        body = due.pop(self.random.randrange(len(due)))
        again = body in self.unfinished
        self.unfinished -= Counter([body])

        def work() -> None:
            try:
                self.perform(body, again=again)
            except UpstreamUnavailable:  # a call that failed, or a write that came late
                self.come_again(body)
            except Killed:
                self.come_again(body)  # its time-out makes it visible again
                raise
            if not self.gentle and self.random.random() < 0.1:
                self.queue.bodies.append(body)  # standard queues deliver at least once

        return Actor(work)

    def come_again(self, body: str) -> None:
        self.unfinished[body] += 1
        self.queue.bodies.append(body)

    def perform(self, body: str, *, again: bool) -> None:
        message = json.loads(body)
        if "part" in message:
            self.indexer.index_part(part_task(message["part"]), again=again)
            return
        for record in message["Records"]:
            about = record["s3"]["object"]
            self.indexer.reconcile(
                about["key"],
                about.get("sequencer", ""),
                afresh=about.get("afresh", False),
                again=again,
            )

    def seen(self, name: str) -> frozenset[str]:
        """What a reader sees of a document."""
        record = self.catalogue.records.get(("acme", document_id("acme", name)))
        if record is None:
            return frozenset()
        space = self.index.spaces.get(SPACE, {})
        return frozenset(
            found.chunk.text
            for one, found in space.items()
            if found.document_id == record.document_id and record.shows(_hit(one, found))
        )

    def look(self) -> None:
        """Demands that no reader sees a mixture now."""
        for name in NAMES:
            assert self.seen(name) in self.versions[name], name

    def named(self) -> set[str]:
        """The chunks that the catalogue names."""
        return {one for named in self.catalogue.manifests.values() for one in named.chunk_ids}

    def in_index(self) -> set[str]:
        """The chunks that the index holds."""
        return set(self.index.spaces.get(SPACE, {}))

    def finish(self) -> None:
        """Works off what is left, with nobody dying."""
        self.gentle = True
        interleave(self.random, kill=0, between=self.look, another=self.worker)

    def reindex(self) -> Progress:
        """The nightly run, over everything, a day later."""
        self.clock.advance(86_400)
        reindexer = Reindexer(
            self.documents,
            self.catalogue,
            self.index,
            self.queue,
            CONFIG.generation,
            Inline(),
            self.clock,
        )
        return reindexer.run(Progress(verify=True), lambda: True)


def _hit(chunk_id: str, found: IndexRecord) -> Hit:
    return Hit(chunk_id, "", "", "", "", found.chunk.locator, 0, found.added_in, 0.0)


OPERATIONS = st.tuples(
    st.sampled_from(["grow", "edit", "edit", "shrink", "delete", "same", "repeat"]),
    st.integers(0, 7),
)


@pytest.mark.parametrize("share", range(SHARES))
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(operations=st.lists(OPERATIONS, min_size=1, max_size=8), seed=st.integers(0, 2**32))
def test_bucket_catalogue_and_index_agree_in_the_end_and_no_reader_sees_a_mixture(
    share: int, operations: list[tuple[str, int]], seed: int
) -> None:
    random = Random(f"{share} {seed}")
    world = World(random, operations)
    kill = random.choice((0.0, KILLED_AT_A_CALL, 5 * KILLED_AT_A_CALL))
    fail = random.choice((0.0, FAILED_AT_A_CALL))
    interleave(random, kill=kill, fail=fail, between=world.look, another=world.worker)
    world.finish()
    for name in NAMES:
        assert world.seen(name) == frozenset(world.lines.get(name, ())), name
    assert world.in_index() == world.named()
    world.reindex()
    world.finish()
    left = world.reindex()
    assert (left.missing, left.changed, left.removed) == (0, 0, 0)
    assert (left.damaged, left.orphaned) == (0, 0)
    assert world.in_index() == world.named()
    for name in NAMES:
        assert world.seen(name) == frozenset(world.lines.get(name, ())), name
