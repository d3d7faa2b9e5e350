"""All that the chat function calls, each behind a proxy whose connections can be broken.

moto's AWS, the tests' model endpoint and vector index, and the local endpoint that a function of
SnapStart gets its credentials from (`AWS_CONTAINER_CREDENTIALS_FULL_URI`), which is inside the
function's own machine and so behind no proxy.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from nexus.adapters.pinecone.provisioning import index_schema
from nexus.wiring.aws_clients import aws_clients
from tests.aws_server import AwsServer, running_aws_server
from tests.bench.seeding import (
    answer,
    event,
    index_documents,
    make_resources,
)
from tests.bench.upstreams import DIMENSION, NAMES
from tests.in_process_aws import heard_by_moto
from tests.openai_server import OpenAIServer, running_openai_server
from tests.pinecone_server import PineconeServer
from tests.restores.breaking_proxy import BreakingProxy

REGION = "us-east-1"  # where the benchmarks' seeding makes its bucket
CREDENTIALS_S = 6 * 3600
_KEY_ID = re.compile(r"Credential=([^/]+)/")


@dataclass
class Upstreams:
    """The running servers; `later_s` is by how much their clocks are ahead."""

    aws: AwsServer
    models: OpenAIServer
    pinecone: PineconeServer
    proxies: list[BreakingProxy]
    environ: dict[str, str]
    later_s: float = 0.0
    given: list[tuple[str, float]] = field(default_factory=list)

    def now_s(self) -> float:
        """The time by the servers' clocks, in seconds of the epoch."""
        return time.time() + self.later_s

    def lost(self) -> int:
        """How many bytes were sent over connections that are broken, since the last time."""
        return sum(proxy.lost() for proxy in self.proxies)

    def change_models_key(self, key: str) -> None:
        """Puts another key of the models' endpoint into its secret."""
        with _seeding():
            aws_clients("secretsmanager").put_secret_value(
                SecretId=NAMES["NEXUS_MODELS_SECRET"], SecretString=key
            )

    def credentials(self) -> dict[str, str]:
        """New ones, which expire in CREDENTIALS_S seconds."""
        until = self.now_s() + CREDENTIALS_S
        self.given.append((f"ASIA{len(self.given):016d}", until))
        return {
            "AccessKeyId": self.given[-1][0],
            "SecretAccessKey": "secret",
            "Token": "token",
            "Expiration": datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def refusal(self, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes] | None:
        """What AWS answers to expired credentials; None for those that still hold."""
        found = _KEY_ID.search(headers.get("authorization", ""))
        until = dict(self.given).get(found[1] if found else "", 0.0)
        if until > self.now_s():
            return None
        body = {"__type": "ExpiredTokenException", "message": "The security token is expired"}
        return 400, {"content-type": "application/x-amz-json-1.0"}, json.dumps(body).encode()


@contextmanager
def running_upstreams() -> Iterator[Upstreams]:
    """Runs them, with documents indexed and one client's key known, until the block ends."""
    pinecone = PineconeServer(index_schema(DIMENSION))
    with running_aws_server(REGION) as aws, running_openai_server(DIMENSION) as models:
        models.answer_with(answer)
        proxies = [_before(url) for url in (aws.url, models.base_url, pinecone.url)]
        of_aws, of_models, of_pinecone = (f"http://{proxy.address}" for proxy in proxies)
        environ = {
            **NAMES,
            "NEXUS_STAGE": "prod",
            "NEXUS_CHAT_API": "responses",
            "NEXUS_VERIFIER_MODEL": "verifier",
            "NEXUS_REWRITE_MODEL": "rewriter",
            "NEXUS_MODELS_URL": f"{of_models}/v1",
            "NEXUS_PINECONE_HOST": of_pinecone,
            "NEXUS_EMBEDDING_TIMEOUT_S": "4",
            "NEXUS_EMBEDDING_RETRIES": "1",
            "NEXUS_INGEST_QUEUE_URL": f"{of_aws}/queue",
            "AWS_ENDPOINT_URL": of_aws,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }
        with _seeding():
            index_documents(environ, make_resources())
        upstreams = Upstreams(aws, models, pinecone, proxies, environ)
        _refuse_the_expired(aws, upstreams)
        with _credentials_of(upstreams) as url:
            environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url
            environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "token"
            yield upstreams
        for proxy in proxies:
            proxy.close()
    pinecone.close()


@contextmanager
def _seeding() -> Iterator[None]:
    # moto answers this process's own clients by itself, at AWS's addresses.
    with patch.dict(os.environ, {"AWS_DEFAULT_REGION": REGION}), heard_by_moto():
        yield


def listing() -> dict[str, Any]:
    """The event of an administrator's GET /v1/documents."""
    return event("documents")


def _before(url: str) -> BreakingProxy:
    parts = urlsplit(url)
    return BreakingProxy(str(parts.hostname), int(parts.port or 0))


def _refuse_the_expired(aws: AwsServer, upstreams: Upstreams) -> None:
    serve = aws.answer

    def checked(
        method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        return upstreams.refusal(headers) or serve(method, path, headers, body)

    aws.answer = checked  # type: ignore[method-assign]


@contextmanager
def _credentials_of(upstreams: Upstreams) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(upstreams.credentials()).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/credentials"
    finally:
        server.shutdown()
        server.server_close()
