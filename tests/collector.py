"""A collector on a real socket: takes traces by OTLP over HTTP, and reads them as published.

with running_collector() as collector: ...; collector.spans()

`python -m tests.collector [PORT]` runs one, at 4318 unless told, and prints each trace as a tree.
"""

from __future__ import annotations

import gzip
import ssl
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status


@dataclass(frozen=True)
class Told:
    """One span; ids are hex digits, times are nanoseconds since 1970."""

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    failed: bool
    begun: int
    ended: int
    attributes: dict[str, Any]
    resource: dict[str, Any]
    schema_url: str


@dataclass
class Collector:
    """What came, and the status that the next requests are answered with."""

    url: str = ""
    status: int = 200
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    requests: list[ExportTraceServiceRequest] = field(default_factory=list)

    def spans(self) -> list[Told]:
        """All spans of the requests so far, in the order in which they began."""
        return read(self.requests)

    def clear(self) -> None:
        """Forgets what came."""
        for kept in (self.headers, self.paths, self.requests):
            kept.clear()


def read(requests: Sequence[ExportTraceServiceRequest]) -> list[Told]:
    """All spans of some requests, in the order in which they began."""
    found = [
        _told(span, _values(whole.resource.attributes), part.schema_url)
        for request in requests
        for whole in request.resource_spans
        for part in whole.scope_spans
        for span in part.spans
    ]
    return sorted(found, key=lambda span: span.begun)


@contextmanager
def running_collector(port: int = 0, context: ssl.SSLContext | None = None) -> Iterator[Collector]:
    """Runs a collector until the block ends, at a port that is free unless it is given.

    With a `context` it speaks TLS.
    """
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            collector.paths.append(self.path)
            collector.headers.append({name.lower(): text for name, text in self.headers.items()})
            if collector.status == 200:
                collector.requests.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(collector.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    collector.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()


def _told(span: Span, resource: dict[str, Any], schema_url: str) -> Told:
    return Told(
        name=span.name,
        kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        failed=span.status.code == Status.STATUS_CODE_ERROR,
        begun=span.start_time_unix_nano,
        ended=span.end_time_unix_nano,
        attributes=_values(span.attributes),
        resource=resource,
        schema_url=schema_url,
    )


def _values(pairs: Any) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs if isinstance(pair, KeyValue)}


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(one) for one in value.array_value.values]
    return getattr(value, kind) if kind else None


def tree(spans: list[Told]) -> str:
    """The spans as they stand in each other, each with when it began and how long it took."""
    known = {span.span_id for span in spans}
    lines: list[str] = []

    def add(span: Told, depth: int, start: int) -> None:
        began, took = (span.begun - start) / 1e6, (span.ended - span.begun) / 1e6
        failed = f"  {span.attributes.get('error.type', 'failed')}" if span.failed else ""
        lines.append(f"{began:8.1f} {took:8.1f} ms  {'  ' * depth}{span.name}{failed}")
        for one in spans:
            if one.parent_id == span.span_id:
                add(one, depth + 1, start)

    for span in spans:
        if span.parent_id not in known:
            lines.append(f"trace {span.trace_id}, {span.resource.get('service.name')}")
            add(span, 0, span.begun)
    return "\n".join(lines)


def main() -> None:
    """Prints what comes until it is interrupted."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 4318
    with running_collector(port) as collector:
        sys.stderr.write(f"Waiting for traces at {collector.url}\n")
        while True:
            came, collector.requests = collector.requests, []
            if came:
                sys.stdout.write(tree(read(came)) + "\n")
                sys.stdout.flush()
            time.sleep(0.2)


if __name__ == "__main__":
    main()
