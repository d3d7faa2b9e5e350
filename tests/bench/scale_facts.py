"""What a document asks of each service, what that costs, and which documented limits it meets.

Sizes of batches and pauses are the code's own, settings are those of the stage `prod`, requests are
counted by a test; limits, prices and times are listed here with where they come from, and nowhere
else.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from cli.local.layout import PROJECT
from nexus.adapters.pinecone.batches import BYTES_PER_NUMBER, FETCH_PAGE, MOST_UPSERT_BYTES
from nexus.adapters.pinecone.index import FIRST_PAUSE_S
from nexus.adapters.sqs.queue import BATCH_MESSAGES
from nexus.generations.reindexing import PAGE
from nexus.settings import Settings

PROD = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]["stages"]["prod"]

DOCUMENTS = 1_000_000
PAGES = 5
CHUNKS = 12
CHUNK_TOKENS = 250
DIMENSION = Settings().embedding_dimension
# A chunk's text, title, path and ids as metadata, beside four bytes for each number of its vector.
METADATA_BYTES = 1_200
HEAD_BYTES = 1_300  # a document's record in the catalogue
SEARCHABLE_S = 1.5  # from an upsert until Pinecone finds it
LARGE_DIMENSION, LARGE_PER_TOKEN = 3072, 0.13 / 1e6  # text-embedding-3-large
GB_MONTH = 0.33  # stored in Pinecone
# Seconds that one document takes in the function, one call after another.
SECONDS = {
    "S3: one HEAD, one GET": 2 * 0.03,
    "DynamoDB: five calls, the others beside": 5 * 0.01,
    "parse and chunk, at half the speed of `tests/bench`": PAGES * 2 * 0.0009,
    "embed": 0.4,
    "upsert": 0.3,
    "wait until searchable": SEARCHABLE_S,
}
# Seconds that a page of 1,000 objects takes the plan: in the pass over the bucket one listing, the
# records in batches of 100 and the messages in batches of 10; in the pass over the catalogue two
# scans, and a HEAD for each document in 16 threads.
PLAN_BUCKET_S = 0.1 + PAGE / 100 * 0.02 + PAGE / BATCH_MESSAGES * 0.01
PLAN_CATALOGUE_S = 2 * 0.05 + PAGE / 16 * 0.02
PLAN_PAGE_S = PLAN_BUCKET_S + PLAN_CATALOGUE_S

# For one document; `tests/contract/test_scale_model.py` counts them.
REQUESTS = {
    "HeadObject": 1,
    "GetObject": 1,
    "GetItem": 1,
    "UpdateItem": 3,
    "PutItem": 1,
    "BatchGetItem": 1,
    "BatchWriteItem": 1,
}
TOKENS = CHUNKS * CHUNK_TOKENS
RECORD_KB = (DIMENSION * 4 + METADATA_BYTES) / 1_000
UPSERTS = math.ceil(
    CHUNKS * (DIMENSION * BYTES_PER_NUMBER + 2 * METADATA_BYTES) / MOST_UPSERT_BYTES
)
# Two heads of two write units each, a count of the tenant's version, one manifest, and where the
# vector of each chunk's text stands.
WRITE_UNITS = 2 * math.ceil(HEAD_BYTES / 1024) + 1 + 1 + CHUNKS
READ_UNITS = REQUESTS["GetItem"] + CHUNKS / 2
SECONDS_EACH = sum(SECONDS.values())


def fetches() -> int:
    """How often a document asks Pinecone for its new chunks until they are there."""
    asked, waited, pause = 1, 0.0, FIRST_PAUSE_S
    while waited < SEARCHABLE_S:
        waited, pause, asked = waited + pause, min(pause * 2, 1.0), asked + 1
    return asked * math.ceil(CHUNKS / FETCH_PAGE)


@dataclass(frozen=True, slots=True)
class Cost:
    """One thing that is paid for: what a document uses of it, and dollars for a unit.

    `planned` is what a change of the model adds, by its plan, or saves (the event of an upload);
    `again` is False for what only an upload pays.
    """

    name: str
    each: float
    unit: str
    dollars: float
    planned: float = 0.0
    again: bool = True


@dataclass(frozen=True, slots=True)
class Quota:
    """A documented limit as documents a second; `whose` says whom it binds together."""

    name: str
    limit: str
    rate: float
    whose: str
    source: str


def costs() -> list[Cost]:
    """What a million documents pay for; prices are list prices of us-east-1, 2026-11."""
    plan_reads = (HEAD_BYTES + 300) / 4096 / 2 * 1.5 + 0.5
    gigabytes = PROD["ingest_memory_mb"] / 1024
    batch = PROD["ingest_batch_size"]
    plan_gb_s = PLAN_PAGE_S / PAGE * PROD["reindex_memory_mb"] / 1024
    return [
        Cost("S3 PUT, by whoever uploads", 1, "request", 0.005 / 1e3, again=False),
        Cost("S3 LIST", 0, "request", 0.005 / 1e3, planned=1 / PAGE),
        Cost("S3 HEAD and GET", 3, "request", 0.0004 / 1e3, planned=1),
        Cost("SQS", 1 + 2 / batch, "request", 0.40 / 1e6, planned=1 / BATCH_MESSAGES - 1),
        Cost("DynamoDB writes", WRITE_UNITS, "unit", 0.625 / 1e6),
        Cost("DynamoDB reads", READ_UNITS, "unit", 0.125 / 1e6, planned=plan_reads),
        Cost("Lambda, arm64", SECONDS_EACH * gigabytes, "GB-s", 0.0000133334, planned=plan_gb_s),
        Cost("Lambda invocations", 1 / batch, "request", 0.20 / 1e6),
        Cost("CloudWatch logs", 1e-6, "GB", 0.50),
        Cost("OpenAI, text-embedding-3-small", TOKENS, "token", 0.02 / 1e6),
        Cost("Pinecone upserts", math.ceil(CHUNKS * RECORD_KB), "write unit", 4 / 1e6),
        Cost("Pinecone fetches", fetches() * math.ceil(CHUNKS / 10), "read unit", 16 / 1e6),
    ]


def quotas() -> list[Quota]:
    """The documented default limits that a million documents meet, the tightest first."""
    found = [
        Quota(
            "S3 requests",
            "5,500 GET or HEAD a second",
            5_500 / 3,
            "a partitioned prefix",
            "Amazon S3 User Guide, Optimizing performance",
        ),
        Quota(
            "Lambda concurrency",
            "1,000 executions at once",
            1_000 / SECONDS_EACH,
            "account and region",
            "Lambda Developer Guide, Lambda quotas",
        ),
        Quota(
            "SQS event source",
            "maximum concurrency 1,000",
            1_000 / SECONDS_EACH,
            "the queue",
            "Lambda Developer Guide, Scaling behavior for SQS event source mappings",
        ),
        Quota(
            "SQS in flight",
            "120,000 messages",
            120_000 / PROD["ingest_batch_size"] / SECONDS_EACH,
            "the queue",
            "SQS Developer Guide, Standard queue quotas",
        ),
        Quota(
            "DynamoDB table",
            "4,000 write units a second when new",
            4_000 / WRITE_UNITS,
            "the catalogue",
            "DynamoDB Developer Guide, On-demand capacity mode",
        ),
        Quota(
            "DynamoDB item",
            "1,000 write units a second",
            1_000 / 2,
            "a tenant (its version)",
            "DynamoDB Developer Guide, Designing partition keys",
        ),
        *(
            Quota(
                f"OpenAI tokens, tier {tier}",
                f"{limit / 1e6:.0f} M tokens a minute",
                limit / 60 / TOKENS,
                "organisation and model",
                "OpenAI, text-embedding-3-small, Rate limits",
            )
            for tier, limit in (("1 and 2", 1e6), ("3 and 4", 5e6), ("5", 1e7))
        ),
        Quota(
            "OpenAI requests, tier 1",
            "3,000 a minute",
            3_000 / 60,
            "organisation and model",
            "OpenAI, text-embedding-3-small, Rate limits",
        ),
        Quota(
            "Pinecone upserts",
            "100 requests a second",
            100 / UPSERTS,
            "a namespace (a tenant)",
            "Pinecone, Database limits, Rate limits",
        ),
        Quota(
            "Pinecone upserted data",
            "50 MB a second",
            50e3 / (CHUNKS * RECORD_KB),
            "a namespace (a tenant)",
            "Pinecone, Database limits, Rate limits",
        ),
        Quota(
            "Pinecone fetches",
            "100 requests a second",
            100 / fetches(),
            "the index",
            "Pinecone, Database limits, Rate limits",
        ),
    ]
    return sorted(found, key=lambda quota: quota.rate)
