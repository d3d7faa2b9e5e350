"""A stage's figures of the last day: which there are, and how they are told.

They are of the whole stage, and nothing in them is of one tenant, client or document: the metrics
by client are left out.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nexus.errors import NotAllowed
from nexus.models import Figure, Readings
from nexus.ports import FigureSource

DAY_S = 86_400
# A reading at CloudWatch is billed by its metrics, and a scraper may come often.
BELIEVED_S = 60.0
EVERY_TENANT = "*"

_BY_ROUTE, _BY_MODEL = "route", "model"


def _by_percentile(metric: str, by: str) -> dict[str, Figure]:
    return {name: Figure(metric, name, by) for name in ("p50", "p95", "p99")}


SECTIONS: Mapping[str, Mapping[str, Figure]] = {
    "traffic": {
        "requests": Figure("requests", "Sum"),
        "requests_by_route": Figure("requests", "Sum", _BY_ROUTE),
        "cold_starts_by_function": Figure("cold_starts", "Sum", "function"),
    },
    "latency_ms": _by_percentile("request_duration", _BY_ROUTE),
    "errors": {
        "client_errors": Figure("client_errors", "Sum"),
        "client_errors_share": Figure("client_errors", "Average"),
        "server_errors": Figure("server_errors", "Sum"),
        "server_errors_share": Figure("server_errors", "Average"),
        "server_errors_by_route": Figure("server_errors", "Sum", _BY_ROUTE),
    },
    "answers": {
        "by_confidence": Figure("answers", "Sum", "confidence"),
        "relevance_p50": Figure("retrieval_relevance", "p50"),
        "source_diversity": Figure("source_diversity", "Average"),
        "satisfaction": Figure("satisfaction", "Average"),
        "cached": Figure("cache_answer_hit", "Sum"),
        "not_cached": Figure("cache_answer_miss", "Sum"),
    },
    "refusals": {
        "count": Figure("refusals", "Sum"),
        "share": Figure("refusals", "Average"),
        "by_reason": Figure("refusals", "Sum", "reason"),
    },
    "spend": {
        "dollars": Figure("dollars", "Sum"),
        "dollars_by_model": Figure("dollars", "Sum", _BY_MODEL),
        "input_tokens_by_model": Figure("input_tokens", "Sum", _BY_MODEL),
        "output_tokens_by_model": Figure("output_tokens", "Sum", _BY_MODEL),
    },
    "ingestion": {
        "indexed": Figure("documents_indexed", "Sum"),
        "failed": Figure("documents_failed", "Sum"),
        "deleted": Figure("documents_deleted", "Sum"),
        "messages_failed": Figure("messages_failed", "Sum"),
        "lag_s_p95": Figure("ingestion_lag", "p95"),
    },
    "dependencies": {
        "calls": Figure("upstream_duration", "SampleCount", "dependency"),
        "latency_ms_p50": Figure("upstream_duration", "p50", "dependency"),
        "latency_ms_p95": Figure("upstream_duration", "p95", "dependency"),
        "errors": Figure("upstream_errors", "Sum", "dependency"),
        "dynamodb_throttles": Figure("dynamodb_throttles", "Sum"),
    },
}
ALL = tuple(figure for section in SECTIONS.values() for figure in section.values())

Told = float | None | dict[str, float]


@dataclass(frozen=True, slots=True)
class LastDay:
    """The figures from `begin_s` to `end_s`, in seconds since 1970, by section and name.

    A figure by a dimension tells its values by those of the dimension; any other is a number, None
    where nothing was recorded that it could be of.
    """

    stage: str
    begin_s: float
    end_s: float
    complete: bool
    sections: Mapping[str, Mapping[str, Told]]


class Figures:
    """Tells the last day's figures; a reading is believed for a minute."""

    def __init__(
        self,
        source: FigureSource,
        stage: str,
        tenants: tuple[str, ...] = (),
        now: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._stage = stage
        self._tenants = tenants
        self._now = now
        self._lock = threading.Lock()
        self._last: LastDay | None = None

    def for_tenant(self, tenant: str) -> LastDay:
        """The figures for an administrator of a tenant.

        Raises NotAllowed for one that the stage does not show itself to, as they are of all tenants
        together.
        """
        if tenant not in self._tenants and EVERY_TENANT not in self._tenants:
            raise NotAllowed(
                "These figures are of the whole stage, and shown to the administrators of the "
                "tenants that NEXUS_METRICS_TENANTS names: ask who operates it."
            )
        return self.last_day()

    def last_day(self) -> LastDay:
        """The figures of the 24 hours before now."""
        with self._lock:
            now = self._now()
            if self._last is None or not 0 <= now - self._last.end_s < BELIEVED_S:
                readings = self._source.read(ALL, now - DAY_S, now)
                self._last = LastDay(
                    self._stage, now - DAY_S, now, readings.complete, _sections(readings)
                )
            return self._last


def _sections(readings: Readings) -> dict[str, dict[str, Told]]:
    return {
        section: {name: _told(figure, readings) for name, figure in figures.items()}
        for section, figures in SECTIONS.items()
    }


def _told(figure: Figure, readings: Readings) -> Told:
    values = readings.values.get(figure, {})
    if figure.by:
        return dict(sorted(values.items()))
    return values.get("", 0.0 if figure.statistic == "Sum" else None)
