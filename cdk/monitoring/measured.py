"""The metrics that are watched: of Nexus's own, by stage, and of AWS's services."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from cdk.stages import FUNCTIONS, Stage

# As nexus.metrics has it; tests/infrastructure/test_monitoring.py compares the names.
NAMESPACE = "Nexus"
CHAT_ROUTE = "/v1/chat"


def own(
    stage: Stage,
    name: str,
    *,
    minutes: int = 5,
    statistic: str = "Sum",
    label: str | None = None,
    **dimensions: str,
) -> cloudwatch.Metric:
    """A metric that the functions report, of this stage alone."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={"stage": stage.name, **dimensions},
        statistic=statistic,
        period=Duration.minutes(minutes),
        label=label,
    )


def gateway(
    stage: Stage, name: str, *, minutes: int = 1, statistic: str = "Average"
) -> cloudwatch.Metric:
    """A metric of the API, which also counts what no function saw; they are free."""
    return cloudwatch.Metric(
        namespace="AWS/ApiGateway",
        metric_name=name,
        dimensions_map={"ApiName": f"nexus-{stage.name}"},
        statistic=statistic,
        period=Duration.minutes(minutes),
    )


def of_functions(
    stage: Stage, name: str, statistic: str = "Sum", functions: Iterable[str] = FUNCTIONS
) -> dict[str, cloudwatch.Metric]:
    """A metric of Lambda's of each function, by the function's name."""
    return {
        function: cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name=name,
            dimensions_map={"FunctionName": f"nexus-{stage.name}-{function}"},
            statistic=statistic,
            period=Duration.minutes(5),
            label=function,
        )
        for function in functions
    }


def share(bad: cloudwatch.Metric, *, least: int) -> cloudwatch.MathExpression:
    """The average of a metric of 0 and 1, in percent; 0 while fewer than `least` of them are 1.

    One failure in a night is all of that night's traffic, and no reason to wake anybody.
    """
    average = bad.with_(statistic="Average")
    return cloudwatch.MathExpression(
        expression=f"IF(bad >= {least}, 100 * part, 0)",
        using_metrics={"bad": bad.with_(statistic="Sum"), "part": average},
        period=bad.period,
        label=f"{bad.metric_name}, %",
    )


def together(metrics: dict[str, cloudwatch.Metric], label: str) -> cloudwatch.MathExpression:
    """The sum of metrics of one period, of which some may be missing."""
    return cloudwatch.MathExpression(
        expression=" + ".join(f"FILL({name}, 0)" for name in metrics),
        using_metrics=dict(metrics),
        period=next(iter(metrics.values())).period,
        label=label,
    )
