"""The register of what was made from each document: an entry for each answer that holds its text.

Entries stand in the table of the conversations. pk `{tenant}#{document id}`, percent-encoded: two
names, where a conversation's pk has three; sk `turn#{pk}|{sk}` names a turn, `answer#{key}` a
cached answer. An entry is written before or with what it names, lives at least as long by its
`expires_at`, and is deleted after it: whatever is stored can be found by its documents. An entry
that names nothing any more says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from nexus.adapters.dynamodb.values import to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

TURN, ANSWER = "turn#", "answer#"


def partition(*names: str) -> str:
    """Names as one partition key, so encoded that no two lists of names are written alike."""
    return "#".join(quote(name, safe="") for name in names)


def turn_name(pk: str, sk: str) -> str:
    """The sort key of the entries of a turn."""
    return f"{TURN}{pk}|{sk}"


def turn_key(name: str) -> dict[str, AttributeValue]:
    """The key of the turn that an entry's sort key names."""
    pk, _, sk = name.removeprefix(TURN).partition("|")
    return to_item({"pk": pk, "sk": sk})


def entry_key(tenant: str, document_id: str, name: str) -> dict[str, AttributeValue]:
    """The key of one entry."""
    return to_item({"pk": partition(tenant, document_id), "sk": name})


def entry(tenant: str, document_id: str, name: str, expires_at: int) -> dict[str, AttributeValue]:
    """One entry, as an item."""
    return {**entry_key(tenant, document_id, name), **to_item({"expires_at": expires_at})}


def entries(
    client: DynamoDBClient, table: str, tenant: str, document_id: str, kind: str
) -> Iterator[Sequence[str]]:
    """The sort keys of a document's entries of one kind, read consistently, page by page.

    Raises botocore's errors.
    """
    pages = client.get_paginator("query").paginate(
        TableName=table,
        ConsistentRead=True,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :kind)",
        ExpressionAttributeValues=to_item({":pk": partition(tenant, document_id), ":kind": kind}),
        ProjectionExpression="sk",
    )
    for page in pages:
        if page["Items"]:
            yield [item["sk"]["S"] for item in page["Items"]]
