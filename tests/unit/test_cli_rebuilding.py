"""A new generation answers only if it is whole and finds no less than the live one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from cli.evaluation.questions import GoldenQuestion
from cli.failure import Failure
from cli.rebuilding import approve
from nexus.generations.lifecycle import PerGeneration, begun
from nexus.generations.rebuilding import Workplace
from nexus.models import Generations
from nexus.object_keys import object_key
from nexus.retrieval.reader import Reader
from nexus.retrieval.retriever import Retriever
from nexus.services import RebuildServices
from nexus.settings import Settings
from tests import assembled
from tests.fakes import FakeCatalogue, FakeDocuments, FakeEmbedder, FakeGenerations, FakeIndex

OLD = Settings(embedding_dimension=64)
NEW = replace(OLD, chunk_chars=300)
NOW = begun(Generations(OLD.generation.generation_id, (OLD.generation,), edition=1), NEW.generation)
QUESTIONS = [
    GoldenQuestion("1", "When are books returned?", "loans.md", ("Friday",), True),
    GoldenQuestion("2", "Who is the rector?", "", (), False),
]


class House:
    """One index and two generations in it; `documents` are in the old one, some in the new one."""

    def __init__(self, *, in_the_new_one: bool = True) -> None:
        self.index, documents = FakeIndex(), FakeDocuments()
        documents.put("acme", "loans.md", b"Books are returned on Friday.")
        documents.put("acme", "other.md", b"The pool opens at nine.")
        self.catalogues = {one.generation: FakeCatalogue() for one in (OLD, NEW)}
        for settings, catalogue in zip((OLD, NEW), self.catalogues.values(), strict=True):
            indexer = assembled.indexer(
                documents, catalogue, self.index, FakeEmbedder(64), settings
            )
            indexer.reconcile(object_key("acme", "other.md"))
            if settings is OLD or in_the_new_one:
                indexer.reconcile(object_key("acme", "loans.md"))

    def approve(self, tenant: str = "acme", questions: list[GoldenQuestion] = QUESTIONS) -> None:
        store = FakeGenerations(NOW)
        places = PerGeneration(
            store,
            OLD.generation,
            lambda one: Workplace(one, self.catalogues[one], self.index),
        )

        def reader(one):
            parts = (self.index, self.catalogues[one], FakeEmbedder(64), None, OLD, one)
            retriever = Retriever(*parts, ThreadPoolExecutor(1))
            return Reader(one, retriever, self.catalogues[one], self.index)

        services = RebuildServices(store, places, PerGeneration(store, OLD.generation, reader))
        approve(services, NOW, NEW.generation, questions, tenant)


def test_a_generation_that_finds_as_much_is_approved() -> None:
    House().approve()


def test_a_generation_that_finds_less_is_not() -> None:
    with pytest.raises(Failure, match="finds less"):
        House(in_the_new_one=False).approve()
    House(in_the_new_one=False).approve(questions=[])


def test_questions_about_another_tenant_s_documents_approve_nothing() -> None:
    with pytest.raises(Failure, match="this tenant"):
        House().approve(tenant="demo")


def test_a_generation_that_lacks_chunks_is_not_approved() -> None:
    house = House()
    house.index.spaces[NEW.generation.namespace("acme")].clear()
    with pytest.raises(Failure, match="lack chunks"):
        house.approve()
