"""moto's AWS behind a socket of 127.0.0.1, for processes that are not the test's own.

    with running_aws_server() as aws:
        ... AWS_ENDPOINT_URL=aws.url, and the other variables of `aws.environ` ...

What it holds outlives every process that talks to it. What would make moto slow is not given to it:
an object in `files` is read from the disk, by the ranges that are asked for, and the items of the
embedding ledger are kept beside, since moto goes through a whole partition for every query.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

REGION = "eu-west-1"
_TARGETS = {"DynamoDB": "dynamodb", "secretsmanager": "secretsmanager", "AmazonSQS": "sqs"}


class AwsServer:
    """A running server; `before` and `after` are called around the work of each request.

    `files` are objects on the disk by their path, `/bucket/key`, without versions.
    """

    def __init__(self, region: str = REGION) -> None:
        self.url = ""
        self._region = region
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None
        self.files: dict[str, Path] = {}
        self._texts: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._moto = BotocoreStubber()

    @property
    def environ(self) -> dict[str, str]:
        """What a process needs in its environment to talk to this server and no other."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": self._region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body."""
        self.before()
        file = self.files.get(path.partition("?")[0])
        try:
            if file:
                return _stretch(file, method, headers.get("range", ""))
            operation = headers.get("x-amz-target", "").rpartition(".")[2]
            if operation.startswith("Batch") and b'"text#' in body:
                return self._ledger(json.loads(body)["RequestItems"])
            target = headers.get("x-amz-target", "").partition("_")[0].partition(".")[0]
            host = f"{_TARGETS.get(target, 's3')}.{self._region}.amazonaws.com"
            sent = HTTPHeaders()
            for name, value in {**headers, "host": host}.items():
                sent[name] = value
            request = AWSPreparedRequest(method, f"https://{host}{path}", sent, body, False)
            with self._lock:
                status, answered, content = self._moto.process_request(request) or (404, {}, b"")
            text = content.encode() if isinstance(content, str) else content
            return status, {key: str(value) for key, value in answered.items()}, text
        finally:
            self.after()

    def _ledger(self, requests: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        """Answers BatchWriteItem or BatchGetItem for items of the embedding ledger."""
        [(table, asked)] = requests.items()
        result: dict[str, Any] = {"UnprocessedItems": {}}
        if isinstance(asked, list):
            items = [request["PutRequest"]["Item"] for request in asked]
            self._texts.update({item["pk"]["S"] + item["sk"]["S"]: item for item in items})
        else:
            keys = [key["pk"]["S"] + key["sk"]["S"] for key in asked["Keys"]]
            found = [self._texts[key] for key in keys if key in self._texts]
            result = {"Responses": {table: found}, "UnprocessedKeys": {}}
        return 200, {"content-type": "application/x-amz-json-1.0"}, json.dumps(result).encode()


def _stretch(file: Path, method: str, wanted: str) -> tuple[int, dict[str, str], bytes]:
    size = file.stat().st_size
    headers = {"etag": f'"{file.name}"', "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT"}
    if method == "HEAD":
        return 200, {**headers, "content-length": str(size)}, b""
    asked = re.fullmatch(r"bytes=(\d+)-(\d+)", wanted)
    first, last = (int(asked[1]), int(asked[2])) if asked else (0, size - 1)
    with file.open("rb") as opened:
        opened.seek(first)
        return 206 if asked else 200, headers, opened.read(last + 1 - first)


@contextmanager
def running_aws_server(region: str = REGION) -> Iterator[AwsServer]:
    """Runs a server on a free port, over an empty account, until the block ends."""
    aws = AwsServer(region)

    class Handler(_Handler):
        script = aws

    with mock_aws():
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.block_on_close = False
        aws.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield aws
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    script: AwsServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle(self) -> None:
        with suppress(ConnectionError):  # whoever asked may have been killed
            super().handle()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, answered, content = self.script.answer(self.command, self.path, headers, body)
        lengths = {name.lower() for name in answered}
        with suppress(ConnectionError):
            self.send_response(status)
            for name, value in answered.items():
                self.send_header(name, value)
            if "content-length" not in lengths:
                self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else content)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):  # every method is served alike
            return self._serve
        raise AttributeError(name)

    def log_message(self, *_args: Any) -> None:
        pass

    def finish(self) -> None:
        with suppress(OSError, ValueError):  # whoever asked may have been killed
            super().finish()
