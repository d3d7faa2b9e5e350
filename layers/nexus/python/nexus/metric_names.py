"""Every metric of Nexus's own: its unit, and the dimensions under which it is kept.

`stage` is a dimension of all. Each set of dimension names beside a metric is one more metric for
each combination of values, at $0.30 a month while it is reported: so values come from short lists
(routes, confidence levels, reasons, dependencies, models, and clients that a setting names). A
function's version is one value at a time, and two while a release is under way.
"""

from __future__ import annotations

from dataclasses import dataclass

COUNT, MILLISECONDS, SECONDS, NONE = "Count", "Milliseconds", "Seconds", "None"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's unit, and the sets of dimensions beside the stage; () is the stage alone."""

    unit: str
    by: tuple[tuple[str, ...], ...] = ((),)


_STAGE_AND_ROUTE = ((), ("route",))
_MODEL = ("model",)
_CLIENT = ("client",)

METRICS: dict[str, Metric] = {
    # Of each request. The errors are 0 or 1, so that their average is their share.
    "requests": Metric(COUNT, _STAGE_AND_ROUTE),
    "request_duration": Metric(MILLISECONDS, _STAGE_AND_ROUTE),
    "client_errors": Metric(COUNT, _STAGE_AND_ROUTE),
    "server_errors": Metric(COUNT, _STAGE_AND_ROUTE),
    # Of each request of the API, 0 or 1, by who answered it: a release is judged by their share.
    "faults": Metric(COUNT, (("function", "version"),)),
    # Of each answer. `refusals` is 0 or 1, too.
    "answers": Metric(COUNT, (("confidence",),)),
    "refusals": Metric(COUNT, ((), ("reason",))),
    "retrieval_relevance": Metric(NONE),
    "source_diversity": Metric(NONE),
    # Of each rating, 0 or 1: their average is the share of answers that were liked.
    "satisfaction": Metric(COUNT),
    "cache_answer_hit": Metric(COUNT),
    "cache_answer_miss": Metric(COUNT),
    "cache_embedding_hit": Metric(COUNT),
    "cache_embedding_miss": Metric(COUNT),
    "cache_failure": Metric(COUNT),
    # Of each call of a model.
    "input_tokens": Metric(COUNT, (_MODEL,)),
    "output_tokens": Metric(COUNT, (_MODEL,)),
    "dollars": Metric(NONE, ((), _MODEL)),
    "unpriced_tokens": Metric(COUNT, ((), _MODEL)),
    # Of each request of a client that NEXUS_METERED_CLIENTS names.
    "client_tokens": Metric(COUNT, (_CLIENT,)),
    "client_dollars": Metric(NONE, (_CLIENT,)),
    # Of each call of something else. `dependency_failing` is of an invocation: 0, or 1 if any
    # dependency failed it.
    "upstream_duration": Metric(MILLISECONDS, (("dependency",),)),
    "upstream_errors": Metric(COUNT, (("dependency",),)),
    "dependency_failing": Metric(COUNT),
    "dynamodb_throttles": Metric(COUNT),
    "cold_starts": Metric(COUNT, (("function",),)),
    # Of ingestion. The lag is from the upload to the index.
    "messages": Metric(COUNT),
    "messages_failed": Metric(COUNT),
    "ingestion_lag": Metric(SECONDS),
    **{
        f"documents_{outcome}": Metric(COUNT)
        for outcome in (
            *("indexed", "part", "unchanged", "deleted"),
            *("failed", "superseded", "ignored"),
        )
    },
    **{f"chunks_{what}": Metric(COUNT) for what in ("seen", "reused", "embedded")},
    # Of the runs on a schedule. What was counted is told when a run is through.
    "reindex_invocations": Metric(COUNT),
    "backup_invocations": Metric(COUNT),
    "connect_invocations": Metric(COUNT),
    **{
        f"reindex_{what}": Metric(COUNT)
        for what in (
            *("listed", "missing", "changed", "removed"),
            *("unchanged", "damaged", "orphaned"),
        )
    },
    **{name: Metric(COUNT) for name in ("keys_to_rotate", "keys_stuck", "versions_stuck")},
    "insights_stuck": Metric(COUNT),
    **{f"backup_{what}": Metric(COUNT) for what in ("documents", "chunks", "unreadable")},
}
