"""Makes spans with OpenTelemetry's SDK, under a provider of our own.

The provider is never made the process's: FastAPI traces by that one, too, if there is one, and
tells of each request what we do not (paths, addresses).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import DEFAULT_ON
from opentelemetry.trace import Span as SdkSpan
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace import Tracer as SdkTracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from nexus.adapters.otlp.sending import Sending
from nexus.span_names import ERROR_TYPE, SCHEMA_URL
from nexus.tracing import Attributes, Kind

_KINDS: Mapping[Kind, SpanKind] = {
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "consumer": SpanKind.CONSUMER,
    "internal": SpanKind.INTERNAL,
}
_CARRIED = TraceContextTextMapPropagator()


class OtelSpan:
    """Implements `Span` with one of the SDK's."""

    __slots__ = ("_span", "_tracer")

    def __init__(self, tracer: SdkTracer, span: SdkSpan) -> None:
        self._tracer = tracer
        self._span = span

    @property
    def trace_id(self) -> str:
        """32 hex digits."""
        return f"{self._span.get_span_context().trace_id:032x}"

    def child(self, name: str, kind: Kind, attributes: Attributes) -> OtelSpan:
        """Begins a step that is part of this one."""
        # In a context of its own: the process's may hold what FastAPI put there.
        within = set_span_in_context(self._span, Context())
        span = self._tracer.start_span(name, within, _KINDS[kind], attributes)
        return OtelSpan(self._tracer, span)

    def note(self, attributes: Attributes) -> None:
        """Says more of the step."""
        self._span.set_attributes(attributes)

    def rename(self, name: str) -> None:
        """Gives the step another name."""
        self._span.update_name(name)

    def fail(self, failure: str) -> None:
        """Says that the step failed."""
        self._span.set_attribute(ERROR_TYPE, failure)
        self._span.set_status(Status(StatusCode.ERROR))

    def end(self) -> None:
        """Ends the step."""
        self._span.end()


class _Process(Resource):
    """What all spans of this process are of; the SDK writes its own out to compare each span's."""

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class OtelTracer:
    """Implements `Tracer`: takes all that begins here, and of callers' traces what they take."""

    def __init__(self, sending: Sending, about: Mapping[str, str], version: str) -> None:
        self._sending = sending
        described = Resource.create(about)
        provider = TracerProvider(
            sampler=DEFAULT_ON,
            resource=_Process(described.attributes, described.schema_url),
            shutdown_on_exit=False,
        )
        provider.add_span_processor(sending)
        self._tracer = provider.get_tracer("nexus", version, schema_url=SCHEMA_URL)

    def begin(
        self, name: str, kind: Kind, attributes: Attributes, traceparent: str
    ) -> OtelSpan | None:
        """Begins a request or an invocation; None if it is not taken."""
        carrier: dict[str, str | Sequence[str]] = {"traceparent": traceparent}
        # Of what the caller sent, nothing else: `tracestate` and `baggage` are text of strangers.
        around = _CARRIED.extract(carrier, Context())
        span = self._tracer.start_span(name, around, _KINDS[kind], attributes)
        return OtelSpan(self._tracer, span) if span.is_recording() else None

    def flush(self, within_s: float) -> None:
        """Sends what has ended, and waits no longer than that for it."""
        self._sending.flush(within_s)
