"""Writes ended spans as OTLP, by the messages that OpenTelemetry publishes for it.

The SDK's own encoder makes each message of each attribute anew; most of ours are the same from
request to request. https://opentelemetry.io/docs/specs/otlp/
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    InstrumentationScope,
    KeyValue,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import (
    ResourceSpans,
    ScopeSpans,
    Span,
    SpanFlags,
    Status,
)

from nexus.tracing import Kind, Value

_KINDS: Mapping[Kind, Span.SpanKind.ValueType] = {
    "server": Span.SPAN_KIND_SERVER,
    "client": Span.SPAN_KIND_CLIENT,
    "consumer": Span.SPAN_KIND_CONSUMER,
    "internal": Span.SPAN_KIND_INTERNAL,
}
_LOCAL = SpanFlags.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK
_REMOTE = _LOCAL | SpanFlags.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK
_FAILED = Status(code=Status.STATUS_CODE_ERROR)


@dataclass(frozen=True)
class Origin:
    """What all spans of a process have in common."""

    resource: Mapping[str, Any]
    resource_schema_url: str
    version: str
    schema_url: str


class TraceOf(Protocol):
    """What the spans of a request share: its number, and its parent elsewhere, 0 for none."""

    origin: Origin
    number: int
    remote_parent: int


class Ended(Protocol):
    """A span that has ended; times are nanoseconds since 1970, a parent of 0 is none."""

    name: str
    kind: Kind
    span_id: int
    parent: int
    attributes: dict[str, Value]
    failed: bool
    begun_ns: int
    ended_ns: int

    @property
    def trace(self) -> TraceOf:
        """What it shares with the others of its request."""
        ...


def encoded(spans: Sequence[Ended]) -> bytes:
    """A request of OTLP that holds the spans, of which there is one at least, of one process."""
    origin = spans[0].trace.origin
    scope = ScopeSpans(
        scope=InstrumentationScope(name="nexus", version=origin.version),
        spans=[_span(span) for span in spans],
        schema_url=origin.schema_url,
    )
    resource = ResourceSpans(
        resource=Resource(attributes=_attributes(origin.resource.items())),
        scope_spans=[scope],
        schema_url=origin.resource_schema_url,
    )
    request: bytes = ExportTraceServiceRequest(resource_spans=[resource]).SerializeToString()
    return request


def _span(span: Ended) -> Span:
    parent, trace = span.parent, span.trace
    made = Span()
    told = tuple(
        [
            # With its type, as True is 1 and 1 is 1.0 where what was made before is looked up.
            (key, type(value), tuple(value) if isinstance(value, list) else value)
            for key, value in span.attributes.items()
        ]
    )
    made.CopyFrom(_alike(span.name, span.kind, told))
    made.trace_id = trace.number.to_bytes(16, "big")
    made.span_id = span.span_id.to_bytes(8, "big")
    made.start_time_unix_nano = span.begun_ns
    made.end_time_unix_nano = span.ended_ns
    if parent:
        made.parent_span_id = parent.to_bytes(8, "big")
        if parent == trace.remote_parent:
            made.flags = _REMOTE
    if span.failed:
        made.status.CopyFrom(_FAILED)
    return made


@functools.lru_cache(maxsize=512)
def _alike(name: str, kind: Kind, told: tuple[tuple[str, type, Value], ...]) -> Span:
    """A span but for what is of one request: most steps are told in the same words each time."""
    attributes = _attributes((key, value) for key, _, value in told)
    return Span(name=name, kind=_KINDS[kind], attributes=attributes, flags=_LOCAL)


def _attributes(told: Iterable[tuple[str, Any]]) -> list[KeyValue]:
    found = []
    for key, value in told:
        with suppress(ValueError):  # half of a surrogate pair has no UTF-8
            found.append(KeyValue(key=key, value=_value(value)))
    return found


def _value(value: Value) -> AnyValue:
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, str):
        return AnyValue(string_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    texts: Sequence[str] = value
    return AnyValue(array_value=ArrayValue(values=[AnyValue(string_value=one) for one in texts]))
