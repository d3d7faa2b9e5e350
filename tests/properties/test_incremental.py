"""What a change of a 500-page document costs is what the change touches, whatever its format."""

from __future__ import annotations

import copy
import hashlib
import struct
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import pytest

from nexus.ingestion.parsing import parse_part
from nexus.ingestion.parsing.outlines import Outline, Part
from nexus.ingestion.reports import IndexingReport
from nexus.models import ParsedDocument
from nexus.object_keys import document_id, object_key
from nexus.ports import Embeddings
from nexus.settings import Settings
from tests import assembled, books
from tests.draining import drain
from tests.fakes import FakeCatalogue, FakeDocuments, FakeIndex, FakeLedger, FakeQueue

CONFIG = Settings(embedding_dimension=4)
SPACE = CONFIG.generation.namespace("acme")
BOOK = list(books.pages(500))
# Text is cut into parts at 4 MiB, which 500 pages do not have.
LONG_BOOK = list(books.pages(1_800))
FORMS: dict[str, tuple[Callable[..., bytes], Sequence[books.BookPage]]] = {
    "handbook.pdf": (books.as_pdf, BOOK),
    "handbook.md": (books.as_markdown, BOOK),
    "handbook.txt": (books.as_text, BOOK),
    "archive.txt": (books.as_text, LONG_BOOK),
}
IN_PARTS = ("handbook.pdf", "archive.txt")


class _Embedder:
    """A vector for each text, from its hash, and a count."""

    def __init__(self) -> None:
        self.embedded = 0

    def embed(self, texts: Sequence[str]) -> Embeddings:
        self.embedded += len(texts)
        digests = (hashlib.sha256(text.encode()).digest() for text in texts)
        return Embeddings(tuple(struct.unpack("4b", one[:4]) for one in digests), len(texts))

    def ping(self) -> None:
        pass


_parsed: dict[tuple[str, Part], ParsedDocument] = {}


def read_once(source: BinaryIO, outline: Outline, part: Part) -> ParsedDocument:
    """The real parser's result, kept: equal bytes say the same."""
    source.seek(0)
    key = (hashlib.sha256(source.read()).hexdigest(), part)
    if key not in _parsed:
        _parsed[key] = parse_part(source, outline, part)
    return _parsed[key]


class House:
    """The core over fakes, with one document in it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.write, self.book = FORMS[path]
        self.documents, self.catalogue, self.index = FakeDocuments(), FakeCatalogue(), FakeIndex()
        self.ledger, self.queue, self.embedder = FakeLedger(), FakeQueue(), _Embedder()

    def copy(self) -> House:
        """Another house in the same state."""
        twin = copy.copy(self)
        for name in ("documents", "catalogue", "index", "ledger", "queue"):
            fake = copy.copy(getattr(self, name))
            fake.__dict__ = {key: _copied(value) for key, value in fake.__dict__.items()}
            setattr(twin, name, fake)
        twin.embedder = _Embedder()
        return twin

    def put(self, content: bytes, path: str = "") -> list[IndexingReport]:
        self.documents.put("acme", path or self.path, content)
        return self.event(path or self.path)

    def drop(self, path: str = "") -> list[IndexingReport]:
        self.documents.drop("acme", path or self.path)
        return self.event(path or self.path)

    def event(self, path: str) -> list[IndexingReport]:
        """What the bucket's event brings about."""
        indexer = self.indexer()
        first = indexer.reconcile(object_key("acme", path))
        return [first, *drain(self.queue, indexer, CONFIG)]

    def wait(self) -> None:
        """Lets the delayed messages come."""
        drain(self.queue, self.indexer(), CONFIG, late=True)

    def indexer(self) -> Any:
        return assembled.indexer(
            self.documents,
            self.catalogue,
            self.index,
            self.embedder,
            CONFIG,
            ledger=self.ledger,
            queue=self.queue,
            read=read_once,
        )

    def texts(self, path: str = "") -> list[str]:
        """What readers see of a document, in order."""
        manifest = self.catalogue.manifest("acme", document_id("acme", path or self.path))
        ids = manifest.chunk_ids if manifest else ()
        return [self.index.spaces[SPACE][one].chunk.text for one in ids]


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return list(value) if isinstance(value, list) else value


@pytest.fixture(scope="module")
def indexed() -> Callable[[str], House]:
    """Houses in which a document of this name stands, indexed once."""
    houses: dict[str, House] = {}

    def house(path: str) -> House:
        if path not in houses:
            made = House(path)
            reports = made.put(made.write(made.book))
            assert reports[-1].outcome == "indexed"
            assert (len(reports) > 1) == (path in IN_PARTS)
            assert made.embedder.embedded == len(made.texts()) == made.index.count(SPACE)
            houses[path] = made
        return houses[path].copy()

    return house


@pytest.fixture(params=list(FORMS))
def house(request: pytest.FixtureRequest, indexed: Callable[[str], House]) -> House:
    return indexed(request.param)


def content(house: House) -> bytes:
    """The document as it is in the bucket."""
    state = house.documents.head(object_key("acme", house.path))
    assert state is not None
    return house.documents.open(state).read()


def test_another_paragraph_in_the_middle_costs_three_chunks_at_most(house: House) -> None:
    before = dict(house.index.spaces[SPACE])
    house.put(house.write(books.edited(house.book)))
    after = house.index.spaces[SPACE]
    assert 1 <= house.embedder.embedded <= 3
    assert 1 <= len(after.keys() - before.keys()) <= 3
    # All others were not even written again.
    assert all(after[one] is before[one] for one in after.keys() & before.keys())
    assert len(after) == len(house.texts())


def test_the_same_content_uploaded_again_embeds_nothing(house: House) -> None:
    house.put(content(house))
    assert house.embedder.embedded == 0
    record = house.catalogue.get("acme", document_id("acme", house.path))
    assert record is not None
    assert (record.status, record.version) == ("indexed", "v2")


def test_a_second_name_for_the_same_content_embeds_nothing(house: House) -> None:
    house.put(content(house), "second/" + house.path)
    assert house.embedder.embedded == 0
    assert house.texts("second/" + house.path) == house.texts()


def test_a_file_created_elsewhere_and_then_removed_embeds_nothing(house: House) -> None:
    before = house.texts()
    house.put(content(house), "moved/" + house.path)
    house.drop()
    house.wait()
    assert house.embedder.embedded == 0
    assert house.texts("moved/" + house.path) == before
    assert house.index.count(SPACE) == len(before)


def test_a_file_removed_and_then_created_elsewhere_embeds_nothing(house: House) -> None:
    before, kept = house.texts(), content(house)
    house.drop()
    assert house.texts() == []
    house.put(kept, "moved/" + house.path)
    house.wait()
    assert house.embedder.embedded == 0
    assert house.texts("moved/" + house.path) == before
    assert house.index.count(SPACE) == len(before)


def test_a_page_inserted_in_the_middle_embeds_little_but_itself(house: House) -> None:
    [page] = books.pages(1, seed=99)
    middle = len(house.book) // 2
    house.put(house.write([*house.book[:middle], page, *house.book[middle:]]))
    alone = House(house.path)
    alone.put(house.write([page]))
    assert 1 <= house.embedder.embedded <= alone.embedder.embedded + 2
    assert house.index.count(SPACE) == len(house.texts())
