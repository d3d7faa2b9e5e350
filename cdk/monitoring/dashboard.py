"""The stage's dashboard: traffic, latency, errors, answers, spend, ingestion, dependencies."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cdk.monitoring.measured import CHAT_ROUTE, NAMESPACE, of_functions, own
from cdk.stages import Stage

# Of the 24 columns that a dashboard has.
_WIDTH, _HEIGHT = 8, 6


def dashboard_name(stage: Stage) -> str:
    """The dashboard's name, which its address ends in."""
    return f"nexus-{stage.name}"


def add_dashboard(scope: Construct, stage: Stage) -> None:
    """Adds the dashboard."""
    cloudwatch.Dashboard(
        scope,
        "Dashboard",
        dashboard_name=dashboard_name(stage),
        default_interval=Duration.hours(24),
        widgets=[*_requests(stage), *_answers(stage), *_behind(stage)],
    )


def _requests(stage: Stage) -> list[list[cloudwatch.IWidget]]:
    percentiles = [
        own(stage, "request_duration", statistic=statistic, route=CHAT_ROUTE, label=statistic)
        for statistic in ("p50", "p95", "p99")
    ]
    return [
        [
            _graph("Traffic", [_by(stage, "requests", "route", "Sum")]),
            _graph("Latency of POST /v1/chat, ms", percentiles),
            _graph(
                "Errors, share of requests",
                [
                    own(stage, "client_errors", statistic="Average", label="4xx"),
                    own(stage, "server_errors", statistic="Average", label="5xx"),
                ],
            ),
        ]
    ]


def _answers(stage: Stage) -> list[list[cloudwatch.IWidget]]:
    cached = [
        own(stage, name, label=name.removeprefix("cache_").replace("_", " "))
        for name in ("cache_answer_hit", "cache_answer_miss", "cache_embedding_hit")
    ]
    return [
        [
            _graph(
                "Answers by confidence; share of those rated that are liked",
                [_by(stage, "answers", "confidence", "Sum")],
                right=[own(stage, "satisfaction", statistic="Average", label="liked")],
            ),
            _graph(
                "Refusals: share, and why",
                [own(stage, "refusals", statistic="Average", label="share")],
                right=[_by(stage, "refusals", "reason", "Sum")],
            ),
            _graph(
                "Retrieval: relevance and diversity of sources",
                [
                    own(stage, "retrieval_relevance", statistic="p50", label="relevance, median"),
                    own(stage, "source_diversity", statistic="Average", label="diversity"),
                ],
            ),
        ],
        [
            _graph("Spend by model, $", [_by(stage, "dollars", "model", "Sum")]),
            _graph("Tokens out by model", [_by(stage, "output_tokens", "model", "Sum")]),
            _graph("Caches", cached),
        ],
    ]


def _behind(stage: Stage) -> list[list[cloudwatch.IWidget]]:
    return [
        [
            _graph(
                "Dependencies, p95 in ms", [_by(stage, "upstream_duration", "dependency", "p95")]
            ),
            _graph("Dependencies, errors", [_by(stage, "upstream_errors", "dependency", "Sum")]),
            _graph(
                "Ingestion",
                [
                    own(stage, f"documents_{outcome}", label=outcome)
                    for outcome in ("indexed", "failed", "deleted")
                ],
                right=[own(stage, "ingestion_lag", statistic="p95", label="lag p95, s")],
            ),
        ],
        [
            _graph("Lambda errors", list(of_functions(stage, "Errors").values())),
            _graph(
                "Lambda duration, max ms", list(of_functions(stage, "Duration", "Maximum").values())
            ),
            _graph("Cold starts", [_by(stage, "cold_starts", "function", "Sum")]),
        ],
    ]


def _by(stage: Stage, name: str, dimension: str, statistic: str) -> cloudwatch.IMetric:
    """A metric for each value that the dimension has."""
    schema = f"{{{NAMESPACE},{dimension},stage}}"
    return cloudwatch.MathExpression(
        expression=f'SEARCH(\'{schema} MetricName="{name}" stage="{stage.name}"\', '
        f"'{statistic}', 300)",
        using_metrics={},
        label="",
        period=Duration.minutes(5),
    )


def _graph(
    title: str,
    left: Sequence[cloudwatch.IMetric],
    right: Sequence[cloudwatch.IMetric] = (),
) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(
        title=title, left=list(left), right=list(right), width=_WIDTH, height=_HEIGHT
    )
