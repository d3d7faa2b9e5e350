"""After a deployment the service is asked whether it can answer, and the advice fits what fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cli.aws.smoke_test import ADVICE, smoke_test


@contextmanager
def answering(*answers: tuple[int, Any]) -> Iterator[str]:
    """A service that gives these answers in turn, and the last one from then on."""
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = left.pop(0) if len(left) > 1 else left[0]
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


READY = (200, {"ready": True, "failing": []})
UNSET = (503, {"ready": False, "failing": ["embeddings", "index"]})


def test_what_fails_is_named_with_its_advice() -> None:
    with answering(UNSET) as url:
        findings = smoke_test(url, lambda _: None, wait_s=0)
    assert [(one.subject, one.well) for one in findings] == [
        ("embeddings", False),
        ("index", False),
    ]
    assert findings[0].advice.startswith(ADVICE["embeddings"])


def test_it_is_asked_again_until_it_is_well() -> None:
    told: list[str] = []
    waits: list[float] = []
    with answering(UNSET, (500, {"message": "Internal server error"}), READY) as url:
        [finding] = smoke_test(url, told.append, wait_s=60, sleep=waits.append)
    assert finding.well
    assert len(waits) == 2
    assert told == ["waiting for embeddings, index", "waiting for GET /ready"]


def test_a_function_that_does_not_start_is_said_to_be_so() -> None:
    with answering((502, {"message": "Internal server error"})) as url:
        [finding] = smoke_test(url, lambda _: None, wait_s=0)
    assert (finding.well, "Internal server error" in finding.detail) == (False, True)
