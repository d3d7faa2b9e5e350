"""Pinecone's older API of vectors over the tests' server of documents, for SDKs that speak only it.

langchain-pinecone is bound to version 7 of the SDK, which asks `POST /query`
(https://docs.pinecone.io/reference/api/2025-04/data-plane/query).
"""

from __future__ import annotations

import json
from urllib.parse import quote

from tests.bench.replay import Call, Reply
from tests.pinecone_server import API_KEY, API_VERSION, PineconeServer

FIELDS = ("text", "title", "document_id", "uri")


def query(pinecone: PineconeServer, call: Call) -> Reply:
    """Answers a query with what the dense search of the documents finds."""
    asked = json.loads(call.body)
    clause = {"type": "dense_vector", "field": "vector", "values": asked["vector"]}
    body = {"top_k": asked["topK"], "score_by": [clause], "include_fields": list(FIELDS)}
    found = pinecone.handle(
        f"/namespaces/{quote(asked['namespace'])}/documents/search",
        {"api-key": API_KEY, "x-pinecone-api-version": API_VERSION},
        json.dumps(body).encode(),
    )
    matches = [
        {
            "id": match["_id"],
            "score": match["_score"],
            "values": [],
            "metadata": {name: match[name] for name in FIELDS if name in match},
        }
        for match in found["matches"]
    ]
    answer = {"matches": matches, "namespace": asked["namespace"], "usage": {"readUnits": 1}}
    return Reply(200, (("content-type", "application/json"),), json.dumps(answer).encode())
