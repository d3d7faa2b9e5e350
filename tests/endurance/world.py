"""A deployment that outlives its workers: AWS and models behind sockets, the index in a file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import botocore.session

from nexus.adapters.dynamodb.catalogue import DynamoCatalogue
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.generations.reindexing import Progress, reconcile_generations
from nexus.ingestion.revisions import content_of
from nexus.models import DocumentRecord, IndexRecord
from nexus.object_keys import document_id, object_key
from nexus.settings import Settings
from nexus.wiring.reindex import reindex_services
from tests.aws_server import REGION, AwsServer, running_aws_server
from tests.openai_server import OpenAIServer, running_openai_server

PROJECT = Path(__file__).parents[2]
BUCKET, CATALOGUE, TENANT, PATH = "documents-bucket", "catalogue", "acme", "book.pdf"
DIMENSION = 64


@dataclass(frozen=True)
class Indexed:
    """What stands in the index of the one document: of each chunk that is live, all but its stamp.

    `rest` is how many chunks there are beside those; `tokens` is what the models' endpoint billed.
    """

    chunks: tuple[tuple[str, IndexRecord], ...]
    rest: int
    tokens: int


class World:
    """The deployment, and the instants at which its worker can be killed.

    An instant is passed when a call reaches AWS, when AWS has done it and not yet answered, and
    when texts are embedded and paid but not yet answered.
    """

    def __init__(self, folder: Path, aws: AwsServer, models: OpenAIServer) -> None:
        self.folder, self.aws, self.models = folder, aws, models
        self.instants = self.kills = self.tokens = 0
        self._deadly: Collection[int] = ()
        self._lock = threading.Lock()
        aws.before = aws.after = self._pass
        models.change = self._embedded
        self.environ = {
            **aws.environ,
            "NEXUS_DOCUMENTS_BUCKET": BUCKET,
            "NEXUS_CATALOGUE_TABLE": CATALOGUE,
            "NEXUS_MODELS_URL": models.base_url,
            "NEXUS_EMBEDDING_MODEL": "embedder",
            "NEXUS_EMBEDDING_DIMENSION": str(DIMENSION),
            "NEXUS_VECTOR_INDEX": "sqlite",
            "NEXUS_SQLITE_PATH": str(folder / "index.sqlite"),
            "NEXUS_LOG_LEVEL": "ERROR",
        }
        self._create()
        self.settings = Settings.from_environ(self.environ)

    def client(self, service: str) -> Any:
        """A client of the AWS behind the socket."""
        return botocore.session.Session().create_client(
            service,
            region_name=REGION,
            endpoint_url=self.aws.url,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def embed_in(self, dimension: int) -> None:
        """Has vectors of so many numbers from now on."""
        self.environ["NEXUS_EMBEDDING_DIMENSION"] = str(dimension)
        self.settings = Settings.from_environ(self.environ)

    def upload(self, content: bytes, path: str = PATH) -> None:
        """Puts a document into the bucket, and the event of it into the queue."""
        key = object_key(TENANT, path)
        self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)
        self.announce(key)

    def place(self, file: Path, path: str) -> None:
        """Has a file of the disk for a document in the bucket, and queues the event of it."""
        key = object_key(TENANT, path)
        self.aws.files[f"/{BUCKET}/{key}"] = file
        self.announce(key)

    def announce(self, key: str) -> None:
        """Queues the bucket's event."""
        about = {"object": {"key": key, "sequencer": "0055AED6DCD90281E5"}}
        body = {"Records": [{"eventSource": "aws:s3", "s3": about}]}
        self.client("sqs").send_message(
            QueueUrl=self.settings.ingest_queue_url, MessageBody=json.dumps(body)
        )

    def work(
        self,
        deadly: Collection[int] = (),
        within_s: float = 600,
        worker: str = "tests.endurance.worker",
    ) -> float:
        """Runs the worker until the queue is empty, killed at these instants, counted from 1.

        Returns the peak of the last worker's resident memory in MB.
        """
        self.instants, self._deadly = 0, deadly
        command = [sys.executable, "-m", worker, str(self._pids)]
        paths = [str(PROJECT / "layers" / "nexus" / "python"), str(PROJECT)]
        environ = {**_bare(os.environ), **self.environ, "PYTHONPATH": os.pathsep.join(paths)}
        process = subprocess.Popen(command, cwd=PROJECT, env=environ, stdout=subprocess.DEVNULL)
        try:
            assert process.wait(within_s) == 0
        finally:
            process.kill()
        return int(self._pids.with_suffix(".peak").read_text()) / 1024

    def verify(self) -> None:
        """Runs the scheduled comparison of bucket, catalogue and index, and what it asks for."""
        services = reindex_services(self.settings, self.client)
        progress = reconcile_generations(
            services.reindexers, Progress(verify=True), has_time=lambda: True
        )
        assert progress.phase == "done"
        self.work()

    def indexed(self, path: str = PATH) -> Indexed:
        """What the index holds now. Fails for a document that is not indexed."""
        generation = self.settings.generation
        record = self.record(path)
        assert record is not None
        assert record.status == "indexed"
        manifest = self.catalogue().manifest(TENANT, record.document_id)
        assert manifest is not None
        index = SqliteIndex(self.settings.sqlite_path)
        space = generation.namespace(TENANT)
        found = index.fetch(space, manifest.chunk_ids)
        chunks = tuple((content_of(one), _unstamped(found[one])) for one in manifest.chunk_ids)
        rest = index.count(space, record.document_id) - len(chunks)
        index.close()
        return Indexed(chunks, rest, self.tokens)

    def record(self, path: str = PATH) -> DocumentRecord | None:
        """The document as the catalogue knows it."""
        return self.catalogue().get(TENANT, document_id(TENANT, path))

    def catalogue(self) -> DynamoCatalogue:
        generation = self.settings.generation
        return DynamoCatalogue(self.client("dynamodb"), CATALOGUE, generation.generation_id)

    @property
    def _pids(self) -> Path:
        return self.folder / "worker.pid"

    def _create(self) -> None:
        self.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        self.client("dynamodb").create_table(
            TableName=CATALOGUE,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        secret = self.client("secretsmanager").create_secret(Name="models", SecretString="sk-test")
        self.environ["NEXUS_MODELS_SECRET"] = secret["ARN"]
        queue = self.client("sqs").create_queue(QueueName="ingest")["QueueUrl"]
        self.environ["NEXUS_INGEST_QUEUE_URL"] = queue

    def _embedded(self, answer: dict[str, Any]) -> None:
        self.tokens += answer["usage"]["total_tokens"]
        self.models.requests.clear()  # the texts of a long book are not kept
        self._pass()

    def _pass(self) -> None:
        with self._lock:
            self.instants += 1
            if self.instants in self._deadly:
                self.kills += 1
                with suppress(ProcessLookupError):
                    os.kill(int(self._pids.read_text()), signal.SIGKILL)


@contextmanager
def running_world(folder: Path) -> Iterator[World]:
    """A new deployment whose index is in this folder, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with running_aws_server() as aws, running_openai_server(DIMENSION) as models:
        yield World(folder, aws, models)


def _bare(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith(("AWS", "NEXUS"))}


def _unstamped(record: IndexRecord) -> IndexRecord:
    item = replace(record.chunk, chunk_id=content_of(record.chunk.chunk_id))
    return replace(record, chunk=item, added_in=0)
