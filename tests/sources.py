"""Stand-ins for what a run over a source works with, in memory: bucket, inventory, source."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

from nexus.connectors import inventories
from nexus.connectors.bringing import Bringer
from nexus.errors import UpstreamUnavailable
from nexus.models.sources import (
    Brought,
    Fetched,
    Found,
    Inventory,
    Listed,
    ListingEnd,
    RunReport,
    SourceSpec,
)


class Killed(BaseException):
    """The process is no more: nothing that follows is run."""


def spec(**said: Any) -> SourceSpec:
    given = {"tenant": "demo", "name": "wiki", "kind": "fake", "prefix": "wiki/"}
    return SourceSpec(**{**given, **said})


@dataclass
class FakeLanding:
    """A Landing; `step` is called before anything is changed, and may kill."""

    objects: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    written: dict[str, float] = field(default_factory=dict)
    step: Callable[[], None] = lambda: None
    puts: int = 0
    clock: Iterator[int] = field(default_factory=itertools.count)

    def held(self) -> dict[str, float]:
        return {path: self.written.get(path, 0.0) for path in self.objects}

    def put(self, path: str, fetched: Fetched, metadata: Mapping[str, str]) -> None:
        self.step()
        self.puts += 1
        self._write(path, fetched.content, metadata)

    def _write(self, path: str, content: bytes, metadata: Mapping[str, str]) -> None:
        self.objects[path] = (content, dict(metadata))
        self.written[path] = next(self.clock)

    def copy(self, source: str, target: str, metadata: Mapping[str, str]) -> bool:
        self.step()
        if source not in self.objects:
            return False
        self._write(target, self.objects[source][0], metadata)
        return True

    def delete(self, paths: Set[str]) -> None:
        for path in sorted(paths):  # S3 deletes them one by one, too
            self.step()
            self.objects.pop(path, None)

    def contents(self) -> dict[str, bytes]:
        return {path: content for path, (content, _) in self.objects.items()}


@dataclass
class FakeInventories:
    """An InventoryStore that keeps what was written as bytes, as the real one does."""

    kept: bytes = b""
    written_at: float = 0.0
    step: Callable[[], None] = lambda: None
    clock: Iterator[int] = field(default_factory=itertools.count)

    def read(self) -> Inventory:
        if not self.kept:
            return Inventory()
        return replace(inventories.read(self.kept), written_at=self.written_at)

    def write(self, inventory: Inventory) -> None:
        self.step()
        content = inventories.written(inventory)
        if content != self.kept:
            self.kept, self.written_at = content, next(self.clock)

    def remove(self) -> None:
        self.kept = b""


@dataclass
class FakeSource:
    """A Source that has documents by id: path, content, and what is said of them.

    With `changes` it tells what changed since a cursor; otherwise everything, in parts of two.
    """

    documents: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    by_content: bool = False
    changes: bool = False
    cut_short: bool = False
    down: set[str] = field(default_factory=set)
    step: Callable[[], None] = lambda: None
    fetches: list[str] = field(default_factory=list)
    log: list[tuple[str, bool]] = field(default_factory=list)

    def put(self, document: str, path: str, content: bytes) -> None:
        self.documents[document] = (path, content)
        self.log.append((document, True))

    def drop(self, document: str) -> None:
        self.documents.pop(document, None)
        self.log.append((document, False))

    def listed(self, since: str, at: str, known: Mapping[str, Brought]) -> Iterator[Listed]:
        if self.changes and since:
            yield from self._changed(int(since))
            return
        # A cursor is of the moment at which its listing began, however often that broke off.
        began, _, last = at.partition(" ")
        began = began or str(len(self.log))
        there = sorted(one for one in self.documents if one > last)
        for start in range(0, len(there), 2):
            self.step()
            part = there[start : start + 2]
            yield Listed(
                found=tuple(map(self._found, part)),
                at=functools.partial(str, f"{began} {part[-1]}"),
            )
            if self.cut_short:
                return
        yield Listed(end=ListingEnd(True, began if self.changes else ""))

    def _changed(self, since: int) -> Iterator[Listed]:
        for document in dict.fromkeys(name for name, _ in self.log[since:]):
            self.step()
            if document in self.documents:
                yield Listed(found=(self._found(document),))
            else:
                yield Listed(gone=(document,))
        yield Listed(end=ListingEnd(False, str(len(self.log))))

    def _found(self, document: str) -> Found:
        path, content = self.documents[document]
        return Found(
            id=document,
            path=path,
            mark=content.hex(),
            title=path,
            url=f"https://wiki.example.org/{document}",
            groups=self.groups.get(document),
            by_content=self.by_content,
        )

    def fetch(self, found: Found) -> Fetched | None:
        self.step()
        if found.id in self.down:
            raise UpstreamUnavailable("source", "The wiki answered 503.")
        self.fetches.append(found.id)
        if found.id not in self.documents:
            return None
        return Fetched(self.documents[found.id][1], "text/plain")


@dataclass
class World:
    """A source, and what of it was brought."""

    source: FakeSource = field(default_factory=FakeSource)
    landing: FakeLanding = field(default_factory=FakeLanding)
    store: FakeInventories = field(default_factory=FakeInventories)
    spec: SourceSpec = field(default_factory=spec)

    def __post_init__(self) -> None:
        self.store.clock = self.landing.clock

    def run(self, has_time: Callable[[], bool] = lambda: True, **how: Any) -> RunReport:
        bringer = Bringer(self.spec, self.source, self.landing, self.store, has_time)
        return bringer.run(**how)

    def expected(self) -> dict[str, bytes]:
        return dict(self.source.documents.values())
