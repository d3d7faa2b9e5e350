"""One document asks of AWS what the model of a million says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nexus.adapters.dynamodb.catalogue import DynamoCatalogue
from nexus.adapters.dynamodb.embedding_ledger import DynamoEmbeddingLedger
from nexus.adapters.s3.documents import S3Documents
from nexus.settings import Settings
from tests import assembled
from tests.bench.scale_facts import REQUESTS
from tests.fakes import FakeEmbedder, FakeIndex


def test_a_first_ingestion_makes_as_many_requests_as_the_model_counts(
    make_table: Callable[..., str], dynamodb_client: Any, s3_client: Any
) -> None:
    table = make_table("catalogue", "pk", "sk")
    s3_client.create_bucket(
        Bucket="documents", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    s3_client.put_object(Bucket="documents", Key="documents/acme/a.md", Body=b"# A\n\nSome words.")
    calls: Counter[str] = Counter()

    def count(model: Any, **_: Any) -> None:
        calls[model.name] += 1

    settings = replace(Settings(), documents_bucket="documents", embedding_dimension=256)
    indexer = assembled.indexer(
        S3Documents(s3_client, "documents"),
        DynamoCatalogue(dynamodb_client, table, settings.generation.generation_id),
        FakeIndex(),
        FakeEmbedder(),
        settings,
        ledger=DynamoEmbeddingLedger(dynamodb_client, table, settings.generation.generation_id),
    )
    for client in (s3_client, dynamodb_client):
        client.meta.events.register("before-call", count)
    try:
        assert indexer.reconcile("documents/acme/a.md", "0055AED6DCD90281E5").outcome == "indexed"
    finally:
        for client in (s3_client, dynamodb_client):
            client.meta.events.unregister("before-call", count)
    assert dict(calls) == REQUESTS
