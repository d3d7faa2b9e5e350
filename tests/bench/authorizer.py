"""What the authorizer takes: its start, its first request, and one whose caller it remembers.

    python -m tests.bench.authorizer [--rounds 9]

Cold is a new process: the handler's import, which opens the connection to the keys' entries, and a
first request with a key. The seconds are those of the processor, which a busy machine changes
little; DynamoDB answers from loopback. Beside it stand the imports of the chat function.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cli.local.layout import PROJECT
from nexus.adapters.dynamodb.clients import _item_of
from nexus.models import ApiClient, Principal

_ENTRY = ApiClient("hash", "gateway", Principal("demo", "web", "user", "standard"), "2026-01-01")
_WARM = 500
_AUTHORIZER = f"""
import json, time
begun = time.process_time()
import functions.authorizer.handler as authorizer
class Context: function_version = "1"
event = {{"type": "REQUEST", "methodArn": "arn", "headers": {{"x-api-key": "nx_" + "a" * 43}}}}
ready = time.process_time()
said = authorizer.handler(event, Context)
first = time.process_time()
assert "principal" in said["context"]
for _ in range({_WARM}):
    authorizer.handler(event, Context)
warm = (time.process_time() - first) / {_WARM}
print(json.dumps([ready - begun, first - ready, warm]))
"""
_CHAT = """
import json, time
begun = time.process_time()
import mangum, functions.chat.app, nexus.wiring.chat, nexus.wiring.answering
print(json.dumps([time.process_time() - begun, 0, 0]))
"""


class _Entries(BaseHTTPRequestHandler):
    """Answers every GetItem with one key's entry."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps({"Item": _item_of(_ENTRY)}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def measured(rounds: int) -> dict[str, list[float]]:
    """Medians in milliseconds: the start, the first request, a remembered caller's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Entries)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    aws = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "NEXUS_CLIENTS_TABLE": "clients",
    }
    arms = {"authorizer": _AUTHORIZER, "chat's imports": _CHAT}
    runs: dict[str, list[list[float]]] = {name: [] for name in arms}
    for _ in range(rounds):
        for name, code in arms.items():
            done = subprocess.run(
                [sys.executable, "-c", code],
                cwd=PROJECT,
                env={**os.environ, **aws},
                capture_output=True,
                text=True,
                check=True,
            )
            runs[name].append(json.loads(done.stdout.splitlines()[-1]))
    server.shutdown()
    return {
        name: [statistics.median(part) * 1000 for part in zip(*its, strict=True)]
        for name, its in runs.items()
    }


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    found = measured(parser.parse_args().rounds)
    start, first, warm = found["authorizer"]
    ratio = start / found["chat's imports"][0]
    sys.stdout.write(
        f"start {start:.0f} ms ({ratio:.2f} of chat's imports), first request {first:.1f} ms, "
        f"remembered caller {warm:.3f} ms, of one processor\n"
    )


if __name__ == "__main__":
    main()
