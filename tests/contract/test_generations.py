"""The generations are one value, changed only by whoever has seen its latest edition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from nexus.adapters.dynamodb.generations import DynamoGenerations
from nexus.errors import Superseded, UpstreamRefused
from nexus.models import Generations
from nexus.ports import GenerationStore
from nexus.settings import Settings
from tests.fakes import FakeGenerations

FIRST = Settings().generation
SECOND = replace(FIRST, generation_id="22222222", pinecone_host="https://other", created_at="now")


@pytest.fixture(params=["fake", "dynamodb"])
def store(
    request: pytest.FixtureRequest, make_table: Callable[..., str], dynamodb_client: Any
) -> GenerationStore:
    if request.param == "fake":
        return FakeGenerations()
    return DynamoGenerations(dynamodb_client, make_table("catalogue", "pk", "sk"))


def test_what_is_written_is_read(store: GenerationStore):
    assert store.read() is None
    first = store.write(Generations(FIRST.generation_id, (FIRST,)))
    assert first == store.read() == Generations(FIRST.generation_id, (FIRST,), edition=1)
    both = replace(first, known=(FIRST, SECOND), building=SECOND.generation_id)
    assert store.write(both) == store.read() == replace(both, edition=2)


def test_only_the_latest_edition_can_be_replaced(store: GenerationStore):
    first = store.write(Generations(FIRST.generation_id, (FIRST,)))
    with pytest.raises(Superseded):
        store.write(Generations(SECOND.generation_id, (SECOND,)))
    store.write(replace(first, previous="x"))
    with pytest.raises(Superseded):
        store.write(replace(first, previous="y"))
    found = store.read()
    assert found is not None
    assert found.previous == "x"


def test_a_missing_table_is_reported_as_ours(aws: None, dynamodb_client: Any):
    with pytest.raises(UpstreamRefused):
        DynamoGenerations(dynamodb_client, "missing").read()
