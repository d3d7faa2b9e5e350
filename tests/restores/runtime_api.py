"""Lambda's side of its Runtime API, as far as a function of SnapStart meets it.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html; `restore/next` and `restore/error`
are what `awslambdaric.lambda_runtime_client` calls when `AWS_LAMBDA_INITIALIZATION_TYPE` says
snap-start.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE_S = 60.0
_VERSION = "/2018-06-01/runtime"
_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:nexus-prod-chat:live"


@dataclass(frozen=True)
class Invocation:
    """An event, and the time by which it has to be answered, in milliseconds of the epoch."""

    event: dict[str, Any]
    deadline_ms: int


class RuntimeApi:
    """Starts at `address`; the process under test comes to it by itself.

    `wait_for_snapshot` returns when the function has initialised; it then stands still until
    `restore`. `answer_to` gives it one event and returns what it answered.
    """

    def __init__(self) -> None:
        self.initialised = threading.Event()
        self.failed: list[Any] = []
        self._restored = threading.Event()
        self._invocations: queue.Queue[Invocation] = queue.Queue()
        self._answers: queue.Queue[Any] = queue.Queue()
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path == f"{_VERSION}/restore/next":
                    api.initialised.set()
                    api._restored.wait(PATIENCE_S)
                    self._send(200, b"")
                elif self.path == f"{_VERSION}/invocation/next":
                    api.initialised.set()
                    call = api._invocations.get()
                    self._send(
                        200,
                        json.dumps(call.event).encode(),
                        {
                            "Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
                            "Lambda-Runtime-Deadline-Ms": str(call.deadline_ms),
                            "Lambda-Runtime-Invoked-Function-Arn": _ARN,
                        },
                    )
                else:
                    self._send(404, b"{}")

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path.endswith("/response"):
                    api._answers.put(body)
                else:  # an error of initialising, of restoring or of the invocation
                    api.failed.append(body)
                    api._answers.put(None)
                    api.initialised.set()
                self._send(202, b"{}")

            def _send(
                self, status: int, body: bytes, headers: dict[str, str] | None = None
            ) -> None:
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def wait_for_snapshot(self) -> None:
        """Returns when the function has initialised. Raises RuntimeError if it cannot."""
        if not self.initialised.wait(PATIENCE_S):
            raise RuntimeError("The function did not initialise.")
        self._raise_failure()

    def restore(self) -> None:
        """Lets the function go on, as Lambda does with a copy of what it was."""
        self._restored.set()

    def answer_to(self, event: dict[str, Any], *, now_s: float, timeout_s: float = 29) -> Any:
        """What the function answers; `now_s` is the time that its clock shows."""
        self._invocations.put(Invocation(event, round((now_s + timeout_s) * 1000)))
        answer = self._answers.get(timeout=PATIENCE_S)
        self._raise_failure()
        return answer

    def restored_answer_to(self, event: dict[str, Any], *, now_s: float) -> tuple[Any, float]:
        """Restores and asks at once: the answer, and the seconds from the restoring to it."""
        begun = time.perf_counter()
        self.restore()
        answer = self.answer_to(event, now_s=now_s)
        return answer, time.perf_counter() - begun

    def close(self) -> None:
        """Ends the server."""
        self._server.shutdown()
        self._server.server_close()

    def _raise_failure(self) -> None:
        if self.failed:
            raise RuntimeError(f"The function failed: {self.failed}")
