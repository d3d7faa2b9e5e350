"""The ledger tells where a text's vector stands, for one tenant and generation, for months."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nexus.adapters.dynamodb.embedding_ledger import KEPT_S, DynamoEmbeddingLedger
from nexus.errors import UpstreamRefused
from nexus.ports import EmbeddingLedger
from tests.fakes import FakeClock, FakeLedger


@pytest.fixture(params=["fake", "dynamodb"])
def ledger(
    request: pytest.FixtureRequest, make_table: Callable[..., str], dynamodb_client: Any
) -> EmbeddingLedger:
    if request.param == "fake":
        return FakeLedger()
    return DynamoEmbeddingLedger(dynamodb_client, make_table("catalogue", "pk", "sk"), "g1")


def test_what_is_noted_is_found_and_replaced(ledger: EmbeddingLedger):
    many = {f"{number:032x}": f"{number:024x}00001000" for number in range(130)}
    ledger.note("acme", many)
    assert ledger.find("acme", [*many, "0" * 31 + "x", next(iter(many))]) == many
    ledger.note("acme", {f"{5:032x}": "f" * 32})
    assert ledger.find("acme", [f"{5:032x}"]) == {f"{5:032x}": "f" * 32}
    assert ledger.find("rival", list(many)) == {}
    assert ledger.find("acme", []) == {}


def test_items_hold_no_text_and_expire(make_table: Callable[..., str], dynamodb_client: Any):
    table, clock = make_table("catalogue", "pk", "sk"), FakeClock()
    DynamoEmbeddingLedger(dynamodb_client, table, "g1", clock).note("acme", {"k": "r"})
    (item,) = dynamodb_client.scan(TableName=table)["Items"]
    assert set(item) == {"pk", "sk", "record", "expires_at"}
    assert int(item["expires_at"]["N"]) == int(clock()) + KEPT_S


def test_a_missing_table_is_reported_as_ours(aws: None, dynamodb_client: Any):
    missing = DynamoEmbeddingLedger(dynamodb_client, "missing", "g1")
    for call in (lambda: missing.find("acme", ["k"]), lambda: missing.note("acme", {"k": "r"})):
        with pytest.raises(UpstreamRefused):
            call()
