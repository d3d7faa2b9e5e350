"""Questions about the logs that are saved in CloudWatch Logs Insights, by stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk.stages import Stage

_BEHIND = ("chat", "stream", "documents", "access")
# name: (the functions whose logs are asked, the query's lines)
QUERIES: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "errors": (
        (*_BEHIND, "ingest", "reindex", "backup", "connect"),
        (
            "fields @timestamp, service, message, error, upstream, detail, where, request_id",
            "filter level in ['ERROR', 'CRITICAL'] or @message like /Task timed out|Traceback/",
            "sort @timestamp desc",
            "limit 200",
        ),
    ),
    "slowest-requests": (
        _BEHIND,
        (
            "fields @timestamp, route, status, duration_ms, client, request_id",
            "filter message = 'request'",
            "sort duration_ms desc",
            "limit 50",
        ),
    ),
    "changes-of-access": (
        ("access",),
        (
            "fields @timestamp, tenant, client, action, subject, status, role, groups, request_id",
            "filter message = 'request' and ispresent(action)",
            "sort @timestamp desc",
            "limit 200",
        ),
    ),
    "spend-by-client": (
        ("chat",),
        (
            "filter message = 'request' and ispresent(client)",
            "stats sum(dollars) as spent, sum(input_tokens) as tokens_in, "
            "sum(output_tokens) as tokens_out, count(*) as requests by tenant, client",
            "sort spent desc",
        ),
    ),
    "refusals-by-tenant": (
        ("chat",),
        (
            "filter message = 'request' and ispresent(refused)",
            "stats sum(refused) as refusals, count(*) as questions by tenant, bin(1h)",
        ),
    ),
    "documents-not-indexed": (
        ("ingest",),
        (
            "fields @timestamp, message, status, document_id, reason, error, detail, attempt",
            "filter message = 'document_not_indexed' or status = 'failed'",
            "sort @timestamp desc",
            "limit 200",
        ),
    ),
    "dependencies": (
        _BEHIND,
        (
            "filter message in ['upstream_failed', 'dependency_failing', 'step_failed']",
            "stats count(*) as failures by message, coalesce(upstream, dependency, step), bin(5m)",
        ),
    ),
}


def add_queries(scope: Construct, stage: Stage, log_groups: Mapping[str, logs.ILogGroup]) -> None:
    """Saves the queries under `nexus/STAGE/`."""
    for name, (functions, lines) in QUERIES.items():
        logs.CfnQueryDefinition(
            scope,
            f"Query{name.title().replace('-', '')}",
            name=f"nexus/{stage.name}/{name}",
            query_string="\n| ".join(lines),
            log_group_names=[log_groups[function].log_group_name for function in functions],
        )
