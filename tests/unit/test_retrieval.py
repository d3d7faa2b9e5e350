"""Two rankings become one that shows only what the caller may see."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.errors import ConfigurationError, UpstreamUnavailable
from nexus.models import DocumentMetadata, Filters, Hit, Locator, Principal
from nexus.object_keys import document_id, object_key
from nexus.ports import Reranker
from nexus.retrieval.fusion import fuse, rank
from nexus.retrieval.retriever import Retriever
from nexus.retrieval.rights import narrow
from nexus.settings import Settings
from tests import assembled
from tests.fakes import (
    FakeCatalogue,
    FakeClock,
    FakeDocuments,
    FakeEmbedder,
    FakeIndex,
    FakeReranker,
)

CONFIG = Settings(embedding_dimension=256, documents_bucket="bucket")
ALICE = Principal("acme", "alice", "user", "standard")


def hit(chunk_id: str, score: float) -> Hit:
    return Hit(chunk_id, "d", "t", "u", "text", Locator(), 0, 1, score)


class OwnLanguageReranker:
    """A reranker that likes what is in Indonesian, whatever it says."""

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        return [0.8 if "pengelola" in text else 0.3 for text in texts]


class VagueReranker:
    """A reranker that likes what repeats words, wherever they stand."""

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        return [0.6 if "Somebody" in text else 0.5 for text in texts]


class Library:
    """A tenant's indexed documents, over fakes."""

    def __init__(self, index: FakeIndex | None = None) -> None:
        self.clock = FakeClock()
        self.documents, self.catalogue = FakeDocuments(), FakeCatalogue(self.clock)
        self.index, self.embedder = index or FakeIndex(), FakeEmbedder()
        self.reranker = FakeReranker()
        self.indexer = assembled.indexer(
            self.documents, self.catalogue, self.index, self.embedder, CONFIG
        )
        self.retriever = self.over(self.reranker)

    def over(self, reranker: Reranker | None, settings: Settings = CONFIG) -> Retriever:
        return Retriever(
            self.index,
            self.catalogue,
            self.embedder,
            reranker,
            settings,
            settings.generation,
            ThreadPoolExecutor(2),
        )

    def add(self, tenant: str, path: str, text: str, **metadata: Any) -> None:
        said = DocumentMetadata(**metadata)
        self.documents.put(tenant, path, text.encode(), metadata=said)
        self.indexer.reconcile(object_key(tenant, path))


@pytest.fixture
def library() -> Library:
    made = Library()
    made.add("acme", "fees.md", "The tuition fee is nine million rupiah.", department="Finance")
    made.add("acme", "pool.md", "The boat harbour opens at seven.", tags=("sport",))
    made.add("rival", "fees.md", "The tuition fee is one million rupiah.")
    return made


def test_the_best_passage_comes_first_with_its_document(library: Library) -> None:
    found = library.retriever.retrieve(ALICE, "How much is the tuition fee?", 5, Filters())
    best = found.passages[0]
    assert best.text == "The tuition fee is nine million rupiah."
    assert best.document_id == document_id("acme", "fees.md")
    assert best.uri == "s3://bucket/documents/acme/fees.md"
    assert 0 <= best.score <= 1
    assert found.embedding_tokens > 0
    assert 0 <= found.probability <= 1
    assert {"embed", "search", "rerank"} <= set(found.timings_ms)


def test_another_tenants_documents_are_never_seen(library: Library) -> None:
    found = library.retriever.retrieve(ALICE, "tuition fee one million", 20, Filters())
    assert all("one million" not in passage.text for passage in found.passages)


def test_filters_of_the_key_and_of_the_request_both_hold(library: Library) -> None:
    finance = replace(ALICE, filters=Filters(departments=("Finance",)))
    found = library.retriever.retrieve(finance, "boat harbour", 5, Filters())
    assert [passage.title for passage in found.passages] == ["fees.md"]
    sport = Filters(departments=("Sport",))
    assert library.retriever.retrieve(finance, "boat harbour", 5, sport).passages == ()


def test_a_chunk_that_is_not_published_is_not_shown(library: Library) -> None:
    space = CONFIG.generation.namespace("acme")
    some = next(iter(library.index.spaces[space].values()))
    ghost = replace(some, added_in=99, chunk=replace(some.chunk, chunk_id="f" * 32, text="ghost"))
    library.index.upsert(space, [ghost])
    found = library.retriever.retrieve(ALICE, "ghost", 20, Filters())
    assert all(passage.text != "ghost" for passage in found.passages)


def test_a_failing_reranker_leaves_the_fused_ranking(library: Library) -> None:
    library.reranker.failure = UpstreamUnavailable("models", "Busy.")
    found = library.retriever.retrieve(ALICE, "How much is the tuition fee?", 5, Filters())
    assert "nine million" in found.passages[0].text


def test_without_a_reranker_relevance_comes_from_the_cosine(library: Library) -> None:
    retriever = library.over(None)
    near = retriever.retrieve(ALICE, "The tuition fee is nine million rupiah.", 1, Filters())
    far = retriever.retrieve(ALICE, "zebra quantum xylophone", 1, Filters())
    assert near.passages[0].score > 0.9
    assert far.passages[0].score < 0.2


def test_without_a_reranker_what_only_words_found_keeps_its_place(library: Library) -> None:
    class Deaf(FakeIndex):
        def search_dense(self, namespace, vector, top_k, filters):
            hits = super().search_dense(namespace, vector, top_k, filters)
            return [hit for hit in hits if "harbour" not in hit.text]

    deaf = Deaf()
    deaf.spaces = library.index.spaces
    retriever = Retriever(
        deaf,
        library.catalogue,
        library.embedder,
        None,
        CONFIG,
        CONFIG.generation,
        ThreadPoolExecutor(2),
    )
    found = retriever.retrieve(ALICE, "boat harbour opens", 5, Filters())
    assert "harbour" in found.passages[0].text


@pytest.mark.parametrize("is_reranked", [False, True])
def test_a_passage_in_another_language_that_says_the_question_comes_first(
    library: Library, *, is_reranked: bool
) -> None:
    library.add("acme", "kamar.md", "Mahasiswa yang pindah kamar asrama memberi tahu pengelola.")
    library.add("acme", "lapangan.md", "Lapangan olahraga dibuka setiap pagi oleh pengelola.")
    library.add("acme", "books.md", "A book of the library Merdeka returned late costs a fine.")
    retriever = library.over(OwnLanguageReranker() if is_reranked else None)
    question = "Berapa denda untuk buku perpustakaan Merdeka yang terlambat dikembalikan?"
    found = retriever.retrieve(ALICE, question, 5, Filters())
    assert found.passages[0].uri.endswith("books.md")


def test_of_passages_that_are_alike_the_one_comes_first_that_says_the_question_together(
    library: Library,
) -> None:
    library.add("acme", "crane.md", "A crane is there. It has a harbour. Somebody repaired it.")
    library.add("acme", "ina.md", "Ina repaired the harbour crane, which a storm of 1987 bent.")
    retriever = library.over(VagueReranker())
    found = retriever.retrieve(ALICE, "Who repaired the harbour crane?", 5, Filters())
    assert [passage.title for passage in found.passages[:2]] == ["ina.md", "crane.md"]


def test_an_unset_rerank_key_leaves_the_fused_ranking(library: Library) -> None:
    library.reranker.failure = ConfigurationError("The secret is not set.")
    found = library.retriever.retrieve(ALICE, "How much is the tuition fee?", 5, Filters())
    assert "nine million" in found.passages[0].text


def test_fusion_prefers_what_both_rankings_like() -> None:
    fused = fuse([hit("a", 0.9), hit("b", 0.8), hit("c", 0.1)], [hit("b", 9), hit("d", 3)], 0.6)
    assert fused[0][0].chunk_id == "b"


def test_both_the_fused_score_and_the_relevance_decide_the_order() -> None:
    hits = [Hit(name, name, "T", "u", name, Locator(), 0, 1, 0.5) for name in "abc"]
    fused = list(zip(hits, [1.0, 0.5, 0.0], strict=True))
    alike = rank(fused, {"a": 0.5, "b": 0.6, "c": 0.55}, {})
    assert [item.hit.chunk_id for item in alike] == ["a", "b", "c"]
    sure = rank(fused, {"a": 0.1, "b": 0.6, "c": 0.99}, {})
    assert [item.hit.chunk_id for item in sure] == ["c", "b", "a"]


@given(
    st.lists(st.floats(-1, 1), max_size=8),
    st.lists(st.floats(0, 40), max_size=8),
    st.floats(0.1, 0.9),
)
def test_fused_scores_are_between_0_and_1_and_nothing_is_lost(
    dense: list[float], lexical: list[float], weight: float
) -> None:
    fused = fuse(
        [hit(f"c{i}", s) for i, s in enumerate(dense)],
        [hit(f"c{i + 4}", s) for i, s in enumerate(lexical)],
        weight,
    )
    assert all(-1e-9 <= score <= 1 + 1e-9 for _, score in fused)
    expected = {f"c{i}" for i in range(len(dense))} | {f"c{i + 4}" for i in range(len(lexical))}
    assert {h.chunk_id for h, _ in fused} == expected


NAMES = st.lists(st.sampled_from("abc"), max_size=2, unique=True).map(tuple)
DAYS = st.none() | st.sampled_from(["2026-01-01", "2026-06-01"])
FILTERS = st.builds(Filters, departments=NAMES, document_ids=NAMES, date_from=DAYS, date_to=DAYS)


@given(FILTERS, FILTERS, st.sampled_from("abc"), st.sampled_from("abc"), DAYS)
def test_narrowed_filters_pass_exactly_what_both_pass(
    one: Filters, other: Filters, department: str, document: str, day: str | None
) -> None:
    def passes(filters: Filters) -> bool:
        dated = filters.date_from or filters.date_to
        return (
            (not filters.departments or department in filters.departments)
            and (not filters.document_ids or document in filters.document_ids)
            and (not dated or day is not None)
            and (filters.date_from or "") <= (day or "") <= (filters.date_to or "9")
        )

    both = narrow(one, other)
    assert (both is not None and passes(both)) == (passes(one) and passes(other))


@given(NAMES, NAMES, NAMES)
def test_narrowed_tags_never_show_more_than_the_rights(
    rights: tuple[str, ...], asked: tuple[str, ...], tags: tuple[str, ...]
) -> None:
    both = narrow(Filters(tags=rights), Filters(tags=asked))
    if both is not None and (not both.tags or set(both.tags) & set(tags)):
        assert not rights or set(rights) & set(tags)
