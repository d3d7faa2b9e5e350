"""Stand-ins for what a run over a source works with, in memory: bucket, inventory, source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
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

    held: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    step: Callable[[], None] = lambda: None
    puts: int = 0

    def paths(self) -> set[str]:
        return set(self.held)

    def put(self, path: str, fetched: Fetched, metadata: Mapping[str, str]) -> None:
        self.step()
        self.puts += 1
        self.held[path] = (fetched.content, dict(metadata))

    def copy(self, source: str, target: str, metadata: Mapping[str, str]) -> bool:
        self.step()
        if source not in self.held:
            return False
        self.held[target] = (self.held[source][0], dict(metadata))
        return True

    def delete(self, paths: Set[str]) -> None:
        for path in sorted(paths):  # S3 deletes them one by one, too
            self.step()
            self.held.pop(path, None)

    def contents(self) -> dict[str, bytes]:
        return {path: content for path, (content, _) in self.held.items()}


@dataclass
class FakeInventories:
    """An InventoryStore that keeps what was written as bytes, as the real one does."""

    kept: bytes = b""
    step: Callable[[], None] = lambda: None

    def read(self) -> Inventory:
        return inventories.read(self.kept) if self.kept else Inventory()

    def write(self, inventory: Inventory) -> None:
        self.step()
        self.kept = inventories.written(inventory)

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
        there = sorted(one for one in self.documents if one > at)
        for start in range(0, len(there), 2):
            self.step()
            part = there[start : start + 2]
            yield Listed(
                found=tuple(map(self._found, part)),
                at=lambda last=part[-1]: last,  # type: ignore[misc]
            )
            if self.cut_short:
                return
        yield Listed(end=ListingEnd(True, str(len(self.log)) if self.changes else ""))

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

    def run(self, has_time: Callable[[], bool] = lambda: True, **how: Any) -> RunReport:
        bringer = Bringer(self.spec, self.source, self.landing, self.store, has_time)
        return bringer.run(**how)

    def expected(self) -> dict[str, bytes]:
        return dict(self.source.documents.values())
