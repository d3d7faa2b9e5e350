"""Decides which requests are traced, so that OpenTelemetry's SDK is imported for the first of them.

The import takes as long as a quarter of a cold start: who traces one request of ten is not to pay
it in each new process.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from nexus.span_names import FAAS_COLD_START
from nexus.tracing import Attributes, Kind, Span, Tracer

# Version, trace, parent, flags: https://www.w3.org/TR/trace-context/#traceparent-header
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-([0-9a-f]{2})(?:-.{0,200})?")
_SAMPLED = 0x01


class SampledTracer:
    """Implements `Tracer` over another, made for the first request that is taken.

    Of the traces that begin here it takes a share, from 0 to 1; whether one that a caller began is
    taken, the caller says.
    """

    def __init__(
        self, make: Callable[[], Tracer], share: float, draw: Callable[[], float] = random.random
    ) -> None:
        self._make = make
        self._share = share
        self._draw = draw
        self._tracer: Tracer | None = None
        self._is_first = True

    def begin(self, name: str, kind: Kind, attributes: Attributes, traceparent: str) -> Span | None:
        """Begins a request or an invocation; None if it is not taken."""
        first, self._is_first = self._is_first, False
        if not self._takes(traceparent):
            return None
        if self._tracer is None:
            self._tracer = self._make()
        return self._tracer.begin(name, kind, {**attributes, FAAS_COLD_START: first}, traceparent)

    def flush(self, within_s: float) -> None:
        """Sends what has ended, and waits no longer than that for it."""
        if self._tracer is not None:
            self._tracer.flush(within_s)

    def _takes(self, traceparent: str) -> bool:
        begun = _TRACEPARENT.fullmatch(traceparent)
        if begun is None:
            return self._draw() < self._share
        return bool(int(begun[1], 16) & _SAMPLED)
