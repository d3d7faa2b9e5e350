"""What stands in the upstreams when a benchmark begins: tables, secrets, documents.

The sample documents are indexed through the real indexer, all but the one that the ingestion event
names. The model answers from the prompt alone: where no passage in it holds the fact that is asked
for, there is no answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice, product
from typing import Any

from cli.local.layout import PROJECT
from tests.openai_server import Messages

SAMPLES = PROJECT / "cli" / "local" / "sample_documents"
INDEXED = (".md", ".txt", ".html")
BUCKET = "nexus-dev-documents"  # what events/ingest_created.json names
TENANT, CONVERSATION = "demo", "example-conversation"  # as the events name them
LEFT_FOR_INGESTION = "admissions.md"  # likewise
TABLES = {
    "catalogue": ("pk", "sk"),
    "conversations": ("pk", "sk"),
    "clients": ("pk",),
    "cache": ("pk",),
    "insights": ("pk", "sk"),
}
# Near enough to its passage, even by the words alone that the tests' vectors are made of, for the
# deployed threshold to let it pass.
WORDS = ("fine", "overdue", "book", "per", "book", "per", "day")
QUESTION = "How much is the {} for an {} {} {} {} {} {}?"
CACHED = QUESTION.format(*WORDS)
FACT = "The fine for an overdue book is IDR 1,000 per book per day."
NO_ANSWER = "NO_ANSWER"


def questions(count: int, start: int = 1) -> list[str]:
    """Questions that no cache takes for each other and that find the same: the case differs.

    None of them is CACHED. Whoever shares a cache with others begins at another `start`.
    """
    cases = product(*((word, word.capitalize(), word.upper()) for word in WORDS))
    return [QUESTION.format(*words) for words in islice(cases, start, start + count)]


def answer(messages: Messages) -> str:
    """The fact, citing the passage of the prompt that holds it; or that there is no answer."""
    prompt = "\n".join(message["content"] for message in messages)
    before, held, _ = prompt.partition(FACT)
    numbers = re.findall(r'<passage number="(\d+)"|^\[(\d+)\]', before, re.MULTILINE)
    return f"{FACT} [{''.join(numbers[-1])}]" if held and numbers else NO_ANSWER


def event(name: str) -> dict[str, Any]:
    """A sample event of `events/`."""
    content: dict[str, Any] = json.loads((PROJECT / "events" / f"{name}.json").read_text())
    return content


def asked(question: str, conversation: str | None = CONVERSATION) -> dict[str, Any]:
    """The event of a question, in a conversation or at the beginning of one."""
    made = event("chat")
    made["body"] = json.dumps({"message": question, "top_k": 3})
    if conversation is None:
        del made["headers"]["X-Conversation-Id"], made["multiValueHeaders"]["X-Conversation-Id"]
    else:
        made["headers"]["X-Conversation-Id"] = conversation
        made["multiValueHeaders"]["X-Conversation-Id"] = [conversation]
    return made


def health() -> dict[str, Any]:
    """The event of GET /health."""
    made = event("chat")
    made |= {"resource": "/health", "path": "/health", "httpMethod": "GET", "body": None}
    made["requestContext"] |= {"resourcePath": "/health", "path": "/live/health"}
    return made


def make_resources() -> str:
    """Makes the tables, secrets, bucket and queue; returns the queue's URL."""
    from nexus.wiring.aws_clients import aws_clients
    from tests.pinecone_server import API_KEY

    dynamodb, s3 = aws_clients("dynamodb"), aws_clients("s3")
    for table, keys in TABLES.items():
        dynamodb.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[
                {"AttributeName": key, "KeyType": kind}
                for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
        )
    for name, value in (("models", "any"), ("pinecone", API_KEY)):
        aws_clients("secretsmanager").create_secret(Name=name, SecretString=value)
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    queue: str = aws_clients("sqs").create_queue(QueueName="ingest")["QueueUrl"]
    return queue


def index_documents(environ: Mapping[str, str], queue: str) -> None:
    """Indexes the sample documents."""
    from nexus.adapters.dynamodb.clients import DynamoClients
    from nexus.clients import hash_key
    from nexus.models import ApiClient, Filters, Principal
    from nexus.settings import Settings
    from nexus.wiring.aws_clients import aws_clients
    from nexus.wiring.ingest import ingest_services

    dynamodb, s3 = aws_clients("dynamodb"), aws_clients("s3")
    settings = replace(Settings.from_environ(environ), ingest_queue_url=queue)
    indexer = ingest_services(settings).indexers.live()
    for path in sorted(SAMPLES.iterdir()):
        if path.suffix in INDEXED:
            key = f"documents/{TENANT}/{path.name}"
            s3.put_object(Bucket=BUCKET, Key=key, Body=path.read_bytes())
            if path.name != LEFT_FOR_INGESTION:
                indexer.reconcile(key)
    # Ours is told who calls by the authorizer; the other arms look it up, and it grows old.
    principal = Principal(TENANT, "bench", "user", "standard", Filters())
    api_key = event("chat")["headers"]["x-api-key"]
    DynamoClients(dynamodb, "clients").put(
        ApiClient(hash_key(api_key), "gateway", principal, "2026-01-01T00:00:00Z")
    )
    for item in _versions(dynamodb):
        # As if the documents had last changed long ago: for ten seconds, nothing is cached.
        dynamodb.update_item(
            TableName="catalogue",
            Key={"pk": item["pk"], "sk": item["sk"]},
            UpdateExpression="SET changed_at = :then",
            ExpressionAttributeValues={":then": {"N": "0"}},
        )


def _versions(dynamodb: Any) -> Iterator[dict[str, Any]]:
    for page in dynamodb.get_paginator("scan").paginate(TableName="catalogue"):
        yield from (item for item in page["Items"] if item["sk"]["S"] == "version")
