"""Makes spans as OpenTelemetry's SDK does, of what `nexus.tracing` says of them and nothing else.

The SDK's own spans hold locks, limits, events, links and processors that no step of ours has, and
took four times as long, for fourteen of them in each question. What is sent is the same. No
provider is made the process's: FastAPI traces by that one, too, if there is one, and tells of each
request what we do not (paths, addresses).
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence

from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.trace import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from nexus.adapters.otlp.encoding import Origin
from nexus.adapters.otlp.sending import Sending
from nexus.span_names import ERROR_TYPE, SCHEMA_URL
from nexus.tracing import Attributes, Kind, Value

_CARRIED = TraceContextTextMapPropagator()


class Trace:
    """What the spans of one request share, and where they go when they end."""

    __slots__ = ("ids", "number", "origin", "remote_parent", "sending")

    def __init__(
        self,
        sending: Sending,
        origin: Origin,
        ids: random.Random,
        number: int,
        remote_parent: int,
    ) -> None:
        self.sending = sending
        self.origin = origin
        self.ids = ids
        self.number = number
        self.remote_parent = remote_parent


class OtelSpan:
    """Implements `Span`; times are nanoseconds since 1970, a parent of 0 is none."""

    __slots__ = (
        *("attributes", "begun_ns", "ended_ns", "failed", "kind", "name", "parent", "span_id"),
        "trace",
    )

    def __init__(
        self, trace: Trace, parent: int, name: str, kind: Kind, attributes: Attributes
    ) -> None:
        self.trace = trace
        self.parent = parent
        self.span_id = trace.ids.getrandbits(64) or 1
        self.name = name
        self.kind = kind
        self.attributes: dict[str, Value] = dict(attributes)
        self.failed = False
        self.begun_ns = time.time_ns()
        self.ended_ns = 0

    @property
    def trace_id(self) -> str:
        """32 hex digits."""
        return f"{self.trace.number:032x}"

    def child(self, name: str, kind: Kind, attributes: Attributes) -> OtelSpan:
        """Begins a step that is part of this one."""
        return OtelSpan(self.trace, self.span_id, name, kind, attributes)

    def note(self, attributes: Attributes) -> None:
        """Says more of the step; what is said after its end is not heard."""
        if not self.ended_ns:
            self.attributes.update(attributes)

    def rename(self, name: str) -> None:
        """Gives the step another name."""
        self.name = name

    def fail(self, failure: str) -> None:
        """Says that the step failed."""
        self.attributes[ERROR_TYPE] = failure
        self.failed = True

    def end(self) -> None:
        """Ends the step, once."""
        if not self.ended_ns:
            self.ended_ns = time.time_ns()
            self.trace.sending.take(self)


class OtelTracer:
    """Implements `Tracer`: takes all that begins here, and of callers' traces what they take."""

    def __init__(self, sending: Sending, about: Mapping[str, str], version: str) -> None:
        self._sending = sending
        # The SDK adds its own version, and what the environment says of all that runs in it.
        told = Resource.create(about)
        self._origin = Origin(told.attributes, told.schema_url, version, SCHEMA_URL)
        # The system's own: processes that are restored from one snapshot would share a seed.
        self._ids = random.SystemRandom()

    def begin(
        self, name: str, kind: Kind, attributes: Attributes, traceparent: str
    ) -> OtelSpan | None:
        """Begins a request or an invocation; None if it is not taken."""
        number = parent = 0
        if traceparent:
            carrier: dict[str, str | Sequence[str]] = {"traceparent": traceparent}
            # Of what the caller sent, nothing else: `tracestate` and `baggage` are text of
            # strangers.
            around = get_current_span(_CARRIED.extract(carrier, Context())).get_span_context()
            if around.is_valid:
                if not around.trace_flags.sampled:
                    return None
                number, parent = around.trace_id, around.span_id
        number = number or self._ids.getrandbits(128) or 1
        trace = Trace(self._sending, self._origin, self._ids, number, parent)
        return OtelSpan(trace, parent, name, kind, attributes)

    def flush(self, within_s: float) -> None:
        """Sends what has ended, and waits no longer than that for it."""
        self._sending.flush(within_s)
