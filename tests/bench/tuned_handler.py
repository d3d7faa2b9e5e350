"""The same turn as a very good engineer writes it by hand: FastAPI, the SDKs, and nothing between.

Every client is made, and every connection opened, while the function initialises. Models and index
share one HTTP stack, that of the OpenAI SDK, whose typed APIs and their imports it does without;
DynamoDB is botocore's client. Principal, history and embedding are asked for at once; then search,
catalogue, answer and the turn follow one another, as each needs what came before it.
"""

from __future__ import annotations

import gc

gc.disable()

import base64  # noqa: E402
import hashlib  # noqa: E402
import os  # noqa: E402
import struct  # noqa: E402
import time  # noqa: E402
import uuid  # noqa: E402
from concurrent.futures import ThreadPoolExecutor  # noqa: E402
from typing import Annotated, Any  # noqa: E402

import botocore.session  # noqa: E402
import openai  # noqa: E402
from fastapi import FastAPI, Header  # noqa: E402
from mangum import Mangum  # noqa: E402
from pydantic import BaseModel  # noqa: E402

SYSTEM = (
    "Answer the question from the passages alone, and cite them by their numbers, like [1]. "
    "If they do not hold the answer, write only NO_ANSWER.\n\n"
)
TTL_S = 24 * 3600
FIELDS = ["text", "title", "document_id", "uri"]
environ = os.environ
executor = ThreadPoolExecutor(8)
session = botocore.session.Session()
dynamodb: Any = session.create_client("dynamodb")
secrets: Any = session.create_client("secretsmanager")


def secret(variable: str) -> str:
    return str(secrets.get_secret_value(SecretId=environ[variable])["SecretString"])


keys = executor.map(secret, ("NEXUS_MODELS_SECRET", "NEXUS_PINECONE_SECRET"))
models = openai.OpenAI(base_url=environ["NEXUS_MODELS_URL"], api_key=next(keys), max_retries=1)
http = models._client  # its connection pool, for the index, too
index_url = f"{environ['NEXUS_PINECONE_HOST']}/namespaces/{environ['BENCH_NAMESPACE']}"
index_headers = {"api-key": next(keys), "x-pinecone-api-version": "2026-07"}
catalogue = environ["NEXUS_CATALOGUE_TABLE"]


class Question(BaseModel):
    """What is asked."""

    message: str
    top_k: int = 3


class Source(BaseModel):
    """A passage that the answer cites."""

    number: int
    document_id: str
    title: str
    text: str


class Reply(BaseModel):
    """What is answered."""

    answer: str
    sources: list[Source]
    remembered: bool


def principal_of(hashed: str) -> dict[str, Any]:
    found = dynamodb.get_item(
        TableName=environ["NEXUS_CLIENTS_TABLE"], Key={"pk": {"S": hashed}}, ConsistentRead=True
    )
    return dict(found["Item"])


def history_of(conversation: str) -> list[dict[str, Any]]:
    found = dynamodb.query(
        TableName=environ["NEXUS_CONVERSATIONS_TABLE"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": conversation}},
        ScanIndexForward=False,
        Limit=6,
    )
    return list(reversed(found["Items"]))


def embedded(text: str) -> list[float]:
    body = {
        "model": environ["NEXUS_EMBEDDING_MODEL"],
        "input": [text],
        "encoding_format": "base64",
        "dimensions": int(environ["NEXUS_EMBEDDING_DIMENSION"]),
    }
    answer: Any = models.post("/embeddings", cast_to=object, body=body)
    packed = base64.b64decode(answer["data"][0]["embedding"])
    return list(struct.unpack(f"<{len(packed) // 4}f", packed))


def found_for(vector: list[float], count: int) -> list[dict[str, Any]]:
    clause = {"type": "dense_vector", "field": "vector", "values": vector}
    body = {"top_k": count, "score_by": [clause], "include_fields": FIELDS}
    answer = http.post(f"{index_url}/documents/search", json=body, headers=index_headers)
    answer.raise_for_status()
    return list(answer.json()["matches"])


def existing(tenant: str, matches: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The matches whose documents are still in the catalogue."""
    ids = sorted({match["document_id"] for match in matches})
    pk = {"S": f"tenant#{tenant}#{environ['BENCH_GENERATION']}"}
    keys = [{"pk": pk, "sk": {"S": f"document#{one}"}} for one in ids]
    answer = dynamodb.batch_get_item(RequestItems={catalogue: {"Keys": keys}})
    known = {item["sk"]["S"] for item in answer["Responses"][catalogue]}
    return [match for match in matches if f"document#{match['document_id']}" in known]


def written(messages: list[dict[str, str]]) -> str:
    body = {"model": environ["NEXUS_CHAT_MODEL"], "input": messages, "store": False}
    answer: Any = models.post(
        "/responses", cast_to=object, body={**body, "max_output_tokens": 2000}
    )
    parts = (item["content"] for item in answer["output"] if item["type"] == "message")
    return "".join(part["text"] for content in parts for part in content)


def remember(conversation: str, question: str, answer: str) -> None:
    now = time.time()
    dynamodb.put_item(
        TableName=environ["NEXUS_CONVERSATIONS_TABLE"],
        Item={
            "pk": {"S": conversation},
            "sk": {"S": f"turn#{int(now * 1e6)}#{uuid.uuid4().hex}"},
            "question": {"S": question},
            "answer": {"S": answer},
            "expires_at": {"N": str(int(now) + TTL_S)},
        },
    )


app = FastAPI(openapi_url=None)


@app.post("/v1/chat")
async def chat(
    body: Question,
    x_api_key: Annotated[str, Header()],
    x_conversation_id: Annotated[str | None, Header()] = None,
) -> Reply:
    """Answers one question, of a conversation if it names one."""
    hashed = hashlib.sha256(x_api_key.encode()).hexdigest()
    conversation = f"{hashed}#tuned#{x_conversation_id or uuid.uuid4().hex}"
    principal = executor.submit(principal_of, hashed)
    history = executor.submit(history_of, conversation) if x_conversation_id else None
    vector = embedded(body.message)
    tenant = principal.result()["tenant"]["S"]
    passages = existing(tenant, found_for(vector, body.top_k))
    shown = "\n\n".join(
        f"[{number}] {passage['title']}\n{passage['text']}"
        for number, passage in enumerate(passages, start=1)
    )
    messages = [{"role": "system", "content": SYSTEM + shown}]
    for turn in history.result() if history else ():
        messages.append({"role": "user", "content": turn["question"]["S"]})
        messages.append({"role": "assistant", "content": turn["answer"]["S"]})
    answer = written([*messages, {"role": "user", "content": body.message}])
    remember(conversation, body.message, answer)
    sources = [
        Source(number=number, **{name: passage[name] for name in FIELDS[:3]})
        for number, passage in enumerate(passages, start=1)
        if f"[{number}]" in answer
    ]
    return Reply(answer=answer, sources=sources, remembered=True)


handler = Mangum(app, lifespan="off", text_mime_types=["text/", "application/json"])


def touch_index() -> None:
    http.post(f"{index_url}/documents/fetch", json={"ids": ["ping"]}, headers=index_headers)


def touch_models() -> None:
    models.get("/models", cast_to=object)


def touch_tables() -> None:
    history_of("ping")


for opening in [executor.submit(touch) for touch in (touch_index, touch_models, touch_tables)]:
    opening.result()
gc.freeze()
gc.enable()
