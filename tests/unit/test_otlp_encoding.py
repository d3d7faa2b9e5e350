"""What a span says reaches the collector as said; what has no UTF-8 costs only itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import SpanFlags
from opentelemetry.sdk.trace.export import SpanExportResult

from nexus.adapters.otlp.encoding import Ended, encoded
from nexus.adapters.otlp.sending import Sending
from nexus.adapters.otlp.tracer import OtelTracer
from tests.collector import Told, read

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Keeping:
    """Takes spans, and sends none."""

    def __init__(self) -> None:
        self.spans: list[Ended] = []

    def export(self, spans: Any) -> SpanExportResult:
        self.spans += spans
        return SpanExportResult.SUCCESS


def traced(attributes: dict[str, Any], traceparent: str = "") -> tuple[list[Told], list[int]]:
    """The request and its one step, as a collector reads them, and the flags of both."""
    kept = Keeping()
    tracer = OtelTracer(Sending(lambda: kept), {"service.name": "chat"}, "1.2")
    root = tracer.begin("GET", "server", attributes, traceparent)
    assert root is not None
    inside = root.child("inside", "client", {})
    inside.fail("UpstreamRefused")
    inside.end()
    inside.note({"late": "is not heard"})
    root.rename("GET /v1/x")
    root.end()
    root.end()
    tracer.flush(5)
    request = ExportTraceServiceRequest.FromString(encoded(kept.spans))
    spans = request.resource_spans[0].scope_spans[0].spans
    return read([request]), [span.flags for span in spans]


def test_a_span_is_told_once_with_its_kind_its_parent_and_its_failure() -> None:
    said = {"a": "x", "n": 3, "f": 0.5, "b": False, "many": ["stop", "length"]}
    (root, inside), _ = traced(said)
    assert (root.name, root.kind, root.parent_id, root.failed) == ("GET /v1/x", "server", "", False)
    assert root.attributes == said
    assert (inside.kind, inside.parent_id, inside.failed) == ("client", root.span_id, True)
    assert inside.attributes == {"error.type": "UpstreamRefused"}
    assert inside.trace_id == root.trace_id
    assert root.resource["service.name"] == "chat"
    assert root.begun <= inside.begun <= inside.ended <= root.ended


def test_what_one_request_says_is_not_told_of_the_next() -> None:
    found = [traced({"n": number, "id": str(number)})[0][0] for number in range(3)]
    assert [span.attributes for span in found] == [{"n": n, "id": str(n)} for n in range(3)]
    assert len({span.trace_id for span in found}) == len({span.span_id for span in found}) == 3


def test_values_that_are_equal_and_of_other_types_are_told_as_they_are() -> None:
    found = [traced({"n": value})[0][0].attributes["n"] for value in (1, True, 1.0)]
    assert [type(value) for value in found] == [int, bool, float]


def test_processes_that_begin_as_copies_of_one_number_their_traces_differently() -> None:
    """As those that Lambda restores from one snapshot, with all that stood in its memory."""
    program = (
        "import os\n"
        "from nexus.adapters.otlp.sending import Sending\n"
        "from nexus.adapters.otlp.tracer import OtelTracer\n"
        "tracer = OtelTracer(Sending(lambda: None), {}, '1')\n"
        "copy = os.fork()\n"
        "told = tracer.begin('GET', 'server', {}, '').trace_id + '\\n'\n"
        "os.write(1, told.encode())\n"  # In one write: both of them write to one pipe.
        "copy and os.waitpid(copy, 0)\n"
    )
    layer = Path(__file__).parents[2] / "layers" / "nexus" / "python"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(layer)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(set(ran.stdout.split())) == 2


def test_a_caller_s_trace_goes_on_and_only_its_own_span_is_elsewhere() -> None:
    (root, inside), flags = traced({}, f"00-{TRACE}-{PARENT}-01")
    assert (root.trace_id, root.parent_id) == (TRACE, PARENT)
    assert inside.parent_id == root.span_id
    remote = SpanFlags.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK
    assert [bool(flag & remote) for flag in flags] == [False, True]


def test_half_of_a_surrogate_pair_costs_its_attribute_alone() -> None:
    (root, _), _ = traced({"broken": "\ud83d", "whole": "é"})
    assert root.attributes == {"whole": "é"}


def test_a_trace_that_its_caller_does_not_take_is_not_begun() -> None:
    tracer = OtelTracer(Sending(Keeping), {}, "1")
    assert tracer.begin("GET", "server", {}, f"00-{TRACE}-{PARENT}-00") is None
