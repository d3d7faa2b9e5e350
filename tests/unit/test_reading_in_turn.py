"""Documents that are worked side by side are read one after another."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from nexus.ingestion.parsing import outline, parse_part
from nexus.ingestion.parsing.outlines import Outline, Part
from nexus.models import ParsedDocument
from nexus.object_keys import object_key
from nexus.settings import Settings
from tests import assembled
from tests.fakes import FakeCatalogue, FakeDocuments, FakeEmbedder, FakeIndex

CONFIG = Settings(embedding_dimension=4)
# So long a second reader is given to come in beside the first.
CHANCE_S = 0.2


def test_no_two_documents_of_a_process_are_read_at_once() -> None:
    documents, inside = FakeDocuments(), threading.Barrier(2)
    met: list[str] = []

    def beside_another() -> None:
        try:
            inside.wait(CHANCE_S)
        except threading.BrokenBarrierError:
            inside.reset()
        else:
            met.append("two")

    def survey(*arguments: object, **options: object) -> Outline:
        beside_another()
        return outline(*arguments, **options)  # type: ignore[arg-type]

    def read(source: BinaryIO, plan: Outline, part: Part) -> ParsedDocument:
        beside_another()
        return parse_part(source, plan, part)

    indexer = assembled.indexer(
        documents, FakeCatalogue(), FakeIndex(), FakeEmbedder(4), CONFIG, survey=survey, read=read
    )
    names = ("a.md", "b.md")
    for name in names:
        documents.put("acme", name, f"# {name}\n\nOpen at nine.".encode())
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda name: indexer.reconcile(object_key("acme", name)), names))
    assert [report.outcome for report in reports] == ["indexed", "indexed"]
    assert met == []
