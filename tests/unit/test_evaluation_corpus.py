"""What an evaluation reads, keeps, and hides."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from cli.evaluation.corpus import TENANT, read_corpus
from cli.evaluation.embeddings_cache import KeptEmbedder
from cli.evaluation.endpoint import PINECONE_KEY, chosen
from cli.evaluation.excluding_index import ExcludingIndex
from cli.evaluation.memory import CorpusStore, MemoryCatalogue
from cli.evaluation.questions import evenly, read_questions
from cli.failure import Failure
from cli.local.run_record import Running
from nexus.errors import Superseded
from nexus.models import DocumentRecord, Filters, Hit, Locator
from nexus.ports import Embeddings, Manifest, VectorIndex


def written(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_passages_of_equal_text_count_as_one(tmp_path: Path) -> None:
    lines = [
        {"id": "p/1", "title": "Art", "text": "Blue  is a colour."},
        {"id": "p2", "title": "Art", "text": "Red."},
        {"id": "p3", "title": "Other", "text": "Blue is a colour."},
    ]
    corpus = read_corpus(written(tmp_path / "p.jsonl", *lines))
    one, _, three = corpus.documents
    assert corpus.right_for("p/1") == {one.document_id, three.document_id}
    assert len(corpus.articles["Art"]) == 2
    state = CorpusStore(corpus).head(one.key)
    assert state is not None
    assert CorpusStore(corpus).open(state).read() == b"Blue  is a colour."
    assert state.metadata.title == "Art"


def test_a_folder_is_read_with_its_metadata(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.md").write_text("# A", encoding="utf-8")
    (tmp_path / "sub" / "metadata.json").write_text('{"a.md": {"title": "The A"}}')
    corpus = read_corpus(tmp_path)
    assert [(d.name, d.article, d.metadata.title) for d in corpus.documents] == [
        ("sub/a.md", "sub/a.md", "The A")
    ]


@pytest.mark.parametrize(
    "line", ['{"id": 1, "text": "x"}', "[]", "{", '{"id": "a", "title": "t"}'], ids=str
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text('{"id": "ok", "title": "", "text": "x"}\n' + line, encoding="utf-8")
    with pytest.raises(Failure, match="line 2"):
        read_corpus(path)


def test_questions_of_both_formats_are_read(tmp_path: Path) -> None:
    path = written(
        tmp_path / "q.jsonl",
        {"id": "1", "question": "A?", "passage_id": "p", "answers": ["a"], "answerable": True},
        {"id": "2", "question": "B?", "document": "b.md", "answers": ["b"], "language": "id"},
        {"id": "3", "question": "C?", "document": None, "answers": [], "answerable": False},
    )
    found = read_questions(path)
    assert [(q.document, q.answerable, q.language) for q in found] == [
        ("p", True, ""),
        ("b.md", True, "id"),
        ("", False, ""),
    ]
    with pytest.raises(Failure, match="line 1"):
        read_questions(written(tmp_path / "bad.jsonl", {"id": "1", "question": "A?"}))
    assert evenly(range(10), 4) == [0, 2, 5, 7]
    assert evenly(range(3), 9) == [0, 1, 2]


class CountingEmbedder:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def embed(self, texts: Sequence[str]) -> Embeddings:
        self.seen += texts
        return Embeddings(tuple((float(len(text)), 0.5) for text in texts), len(texts))

    def ping(self) -> None:
        pass


def test_embeddings_are_paid_for_once_for_each_model(tmp_path: Path) -> None:
    inner, path = CountingEmbedder(), tmp_path / "kept" / "vectors.sqlite"
    first = KeptEmbedder(inner, "m", path)
    made = first.embed(["aa", "b", "aa"])
    first.close()
    again = KeptEmbedder(inner, "m", path)
    kept = again.embed(["b", "aa", "ccc"])
    again.close()
    assert inner.seen == ["aa", "b", "ccc"]
    assert kept.vectors == (made.vectors[1], made.vectors[0], (3.0, 0.5))
    assert (made.tokens, kept.tokens) == (2, 1)
    other = KeptEmbedder(inner, "n", path)
    other.embed(["b"])
    other.close()
    assert inner.seen[-1] == "b"


class Ranking:
    """An index whose searches return the first of ten chunks, two for each document."""

    def search_dense(self, _: str, __: Any, top_k: int, ___: Filters) -> list[Hit]:
        return [
            Hit(f"c{n}", f"d{n // 2}", "", "", "", Locator(), 0, 1, 1.0 - n / 10) for n in range(10)
        ][:top_k]

    search_text = search_dense

    def search_images(self) -> None:
        raise AssertionError

    def ping(self) -> str:
        return "pong"


def test_hidden_documents_make_room_for_the_next() -> None:
    index = ExcludingIndex(cast(VectorIndex, Ranking()), {f"d{n}": 2 for n in range(5)})
    with index.hiding(frozenset({"d0", "d2"})):
        for search in (index.search_dense, index.search_text):
            found = search("space", cast(Any, "q"), 4, Filters())
            assert [hit.chunk_id for hit in found] == ["c2", "c3", "c6", "c7"]
    assert index.search_text("space", "q", 1, Filters())[0].chunk_id == "c0"
    assert index.ping() == "pong"
    # A way to search that it does not know could show what is hidden.
    with pytest.raises(AttributeError):
        _ = index.search_images


def test_only_the_last_to_begin_publishes() -> None:
    catalogue = MemoryCatalogue()
    record = DocumentRecord(TENANT, "d", "p", "u", "t", "pending")
    first, second = catalogue.begin(record), catalogue.begin(record)
    assert (first.revision, second.revision) == (1, 2)
    with pytest.raises(Superseded):
        catalogue.publish(first, Manifest(1, ("c",)))
    catalogue.publish(second, Manifest(2, ("c",)))
    live = catalogue.get(TENANT, "d")
    assert live is not None
    assert (live.status, live.live_revision) == ("indexed", 2)
    assert catalogue.begin(replace_title(record)).title == "t"
    catalogue.remove(catalogue.get_many(TENANT, ["d", "e"])["d"])
    assert catalogue.manifest(TENANT, "d") is None


def replace_title(record: DocumentRecord) -> DocumentRecord:
    return DocumentRecord(TENANT, "d", "p", "u", "another", "pending")


def test_the_environment_chooses_models_and_index(tmp_path: Path) -> None:
    local = chosen({}, tmp_path, Running(0, 4010, ()))
    assert local.local
    assert local.settings.models_url == "http://127.0.0.1:4010/v1"
    assert local.settings.rerank_url == "http://127.0.0.1:4010/v1/rerank"
    assert local.settings.vector_index == "sqlite"
    assert local.settings.gate == "answerable"
    remote = chosen(
        {"OPENAI_API_KEY": "k", PINECONE_KEY: "p", "NEXUS_TOP_K": "7"},
        tmp_path,
        Running(0, 0, ()),
        "https://index.example",
    )
    assert not remote.local
    assert remote.vectors != local.vectors
    assert (remote.settings.top_k, remote.settings.vector_index) == (7, "pinecone")
    assert remote.settings.rerank_url == ""
    assert remote.settings.gate == "off_topic"
    assert remote.keys[remote.settings.models_secret] == "k"
    assert remote.keys[remote.settings.pinecone_secret] == "p"
    own = chosen({"NEXUS_MODELS_URL": "http://llm.example/v1"}, tmp_path, Running(0, 0, ()))
    assert (own.settings.models_url, own.settings.rerank_url) == ("http://llm.example/v1", "")
    assert own.settings.gate == "off_topic"
    with pytest.raises(Failure, match=PINECONE_KEY):
        chosen({}, tmp_path, Running(0, 4010, ()), "https://index.example")
