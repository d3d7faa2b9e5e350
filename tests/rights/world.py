"""A stage of one process over real adapters: AWS by moto, models and Pinecone over sockets.

The chat, documents and ingestion functions' own services, made by `nexus.wiring`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import botocore.session
from moto import mock_aws
from starlette.testclient import TestClient

from functions.chat.app import create_app as chat_app
from functions.documents.app import create_app as documents_app
from nexus.adapters.dynamodb import tenant_versions
from nexus.adapters.dynamodb.clients import DynamoClients
from nexus.adapters.pinecone.provisioning import index_schema
from nexus.answering.prompts import NO_ANSWER
from nexus.clients import hash_key
from nexus.models import ApiClient, DocumentMetadata, Principal
from nexus.object_keys import encode_metadata, object_key
from nexus.settings import Settings
from nexus.wiring.aws_clients import aws_clients
from nexus.wiring.chat import chat_services
from nexus.wiring.documents import documents_services
from nexus.wiring.ingest import ingest_services
from tests.assembled import InTurn
from tests.functions.gateway import Gateway
from tests.in_process_aws import heard_by_moto
from tests.openai_server import Messages, OpenAIServer, running_openai_server
from tests.pinecone_server import API_KEY, PineconeServer

BUCKET, DIMENSION = "documents-bucket", 64
FOLDERS = {"hr/": ["hr"], "hr/board/": ["Board"]}
TABLES = ("catalogue", "conversations", "clients", "cache")

_SENTENCE = re.compile(r"The access code of office \w+ is \w+\.")


class World:
    """The functions of one stage, and what their callers and uploads do."""

    def __init__(self, settings: Settings, models: OpenAIServer) -> None:
        self.settings = settings
        self.models = models
        self.refuses = False
        models.answer_with(self._written)
        chat = chat_services(settings, executor=InTurn())
        self._clients = DynamoClients(aws_clients("dynamodb"), "clients")
        self.chat = TestClient(Gateway(chat_app(chat), self._clients))
        managing = documents_app(documents_services(settings))
        self.documents = TestClient(Gateway(managing, self._clients))
        self._ingest = ingest_services(settings, executor=InTurn())

    def key(self, principal: Principal) -> str:
        """A new API key of this principal."""
        made = f"nx_{secrets.token_hex(8)}"
        self._clients.put(ApiClient(hash_key(made), "gw", principal, "2026-01-01T00:00:00Z"))
        return made

    def put(self, tenant: str, path: str, text: str, metadata: DocumentMetadata) -> None:
        """Uploads a document; nobody has looked at it yet."""
        aws_clients("s3").put_object(
            Bucket=BUCKET,
            Key=object_key(tenant, path),
            Body=text.encode(),
            Metadata=encode_metadata(metadata),
        )

    def ingest(self, tenant: str, path: str) -> None:
        """Does what the bucket's event starts."""
        for indexer in self._ingest.indexers.all():
            indexer.reconcile(object_key(tenant, path))

    def _written(self, messages: Messages) -> str:
        """An answer that tells every code in its prompt, or that there is none."""
        prompt = messages[-1]["content"]
        told = [one[0] for one in _SENTENCE.finditer(prompt)]
        if self.refuses or not told:
            return NO_ANSWER
        cited = [f"{one[:-1]} [{number}]." for number, one in enumerate(dict.fromkeys(told), 1)]
        return " ".join(cited)


@contextmanager
def settled(seconds: float) -> Iterator[None]:
    """Changes count as settled after so many seconds: 0 lets caches answer at once."""
    with patch.object(tenant_versions, "SETTLING_S", seconds):
        yield


@contextmanager
def running_world(index: str, folder: Path) -> Iterator[World]:
    """A stage whose vectors are in `index`, "sqlite" or "pinecone"."""
    with ExitStack() as stack:
        models = stack.enter_context(running_openai_server(DIMENSION))
        pinecone = PineconeServer(index_schema(DIMENSION))
        stack.callback(pinecone.close)
        aws = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
        stack.enter_context(patch.dict("os.environ", {**aws, "AWS_DEFAULT_REGION": "eu-west-1"}))
        stack.enter_context(mock_aws())
        stack.enter_context(heard_by_moto())
        client: Any = botocore.session.Session().create_client
        s3, dynamodb, sqs = client("s3"), client("dynamodb"), client("sqs")
        place = {"LocationConstraint": "eu-west-1"}
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
        versioned = {"Status": "Enabled"}
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration=versioned)
        for table in TABLES:
            keys = ("pk", "sk") if table in ("catalogue", "conversations") else ("pk",)
            dynamodb.create_table(
                TableName=table,
                KeySchema=[
                    {"AttributeName": name, "KeyType": kind}
                    for name, kind in zip(keys, ("HASH", "RANGE"), strict=False)
                ],
                AttributeDefinitions=[
                    {"AttributeName": name, "AttributeType": "S"} for name in keys
                ],
                BillingMode="PAY_PER_REQUEST",
            )
        stored = client("secretsmanager").create_secret
        settings = Settings(
            documents_bucket=BUCKET,
            catalogue_table="catalogue",
            conversations_table="conversations",
            clients_table="clients",
            cache_table="cache",
            ingest_queue_url=sqs.create_queue(QueueName="ingest")["QueueUrl"],
            models_url=models.base_url,
            models_secret=stored(Name="models", SecretString="sk-test")["ARN"],
            embedding_model="embedder",
            embedding_dimension=DIMENSION,
            vector_index=index,
            sqlite_path=str(folder / "index.sqlite"),
            pinecone_host=pinecone.url,
            pinecone_secret=stored(Name="pinecone", SecretString=API_KEY)["ARN"],
            folder_groups=tuple((name, tuple(groups)) for name, groups in FOLDERS.items()),
        )
        yield World(settings, models)
