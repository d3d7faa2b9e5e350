"""Sends ended spans beside the requests: they wait for it a moment at most, and never fail by it.

The SDK's own batches go out on a timer, which Lambda stops between requests, and its flush waits
as long as the collector takes.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from opentelemetry.sdk.trace.export import SpanExportResult

from nexus.adapters.otlp.encoding import Ended
from nexus.observability import logger

# What is kept while it cannot be sent; of more, the oldest are lost.
MOST = 2048
# So many are sent before the invocation ends.
BATCH = 512
# A collector that failed is left alone for so long, in seconds, doubled each time up to the last.
PAUSES_S = (5.0, 60.0)
# One that neither answers nor breaks off for so long, in seconds, is waited for no more.
LOST_S = 30.0


class SpanExporter(Protocol):
    """What takes spans to a collector."""

    def export(self, spans: Sequence[Ended]) -> SpanExportResult:
        """Whether the collector has taken the spans; may raise."""
        ...


class Sending:
    """Holds spans from their end until the collector has them, or had them twice and failed.

    The exporter is made beside the first request that has something to send, and after each
    failure anew: it may have to read a secret.
    """

    def __init__(
        self, make: Callable[[], SpanExporter], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._make = make
        self._now = now
        self._exporter: SpanExporter | None = None
        self._ended: deque[Ended] = deque(maxlen=MOST)
        self._failed: list[Ended] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._began = 0.0
        self._resting_until = float("-inf")
        self._pause_s = 0.0

    def take(self, span: Ended) -> None:
        """Takes a span; many at once are sent without waiting for the invocation's end."""
        self._ended.append(span)
        if len(self._ended) >= BATCH:
            self._begin()

    def flush(self, within_s: float) -> None:
        """Sends what there is, and waits no longer than that for it.

        While a collector is known to fail, nobody waits.
        """
        thread = self._begin()
        if thread is None:
            return
        thread.join(within_s)
        # Where there was no time to wait, the collector is not to blame.
        if thread.is_alive() and within_s > 0:
            with self._lock:
                self._rest()

    def _begin(self) -> threading.Thread | None:
        """The thread that sends; None if there is nothing to wait for."""
        with self._lock:
            now = self._now()
            busy = self._thread is not None and self._thread.is_alive()
            if now < self._resting_until or not (self._ended or self._failed or busy):
                return None
            if busy and now - self._began < LOST_S:
                return self._thread
            again, self._failed = self._failed, []
            fresh = [self._ended.popleft() for _ in range(len(self._ended))]
            if not again and not fresh:
                return None
            self._began = now
            self._thread = threading.Thread(target=self._send, args=(again, fresh), daemon=True)
            self._thread.start()
            return self._thread

    def _send(self, again: list[Ended], fresh: list[Ended]) -> None:
        exporter, failure = self._exporter, ""
        try:
            exporter = exporter or self._make()
            if exporter.export([*again, *fresh]) is not SpanExportResult.SUCCESS:
                failure = "refused or unreachable"
        except Exception as error:  # noqa: BLE001  (whatever it is, no request fails by it)
            failure = type(error).__name__
        with self._lock:
            self._exporter = None if failure else exporter
            if not failure:
                self._pause_s, self._resting_until = 0.0, float("-inf")
                return
            # What failed twice is lost: it may be what the collector cannot take.
            self._failed = fresh
            self._rest()
        logger.warning(
            "traces_not_sent",
            extra={"reason": failure, "kept": len(fresh), "lost": len(again)},
        )

    def _rest(self) -> None:
        shortest, longest = PAUSES_S
        self._pause_s = min(longest, max(shortest, self._pause_s * 2))
        self._resting_until = self._now() + self._pause_s
