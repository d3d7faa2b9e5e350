"""Puts the alarms, the dashboard and the saved queries of a stage into its service stack."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from cdk.monitoring.alarms import add_alarm, service_watches, timeouts
from cdk.monitoring.dashboard import add_dashboard
from cdk.monitoring.queries import add_queries
from cdk.stages import Stage


class Monitoring(Construct):
    """Over the functions' log groups, by their names; alarms tell the topic."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        topic: sns.ITopic,
        log_groups: Mapping[str, logs.ILogGroup],
    ) -> None:
        super().__init__(scope, name)
        for function, group in log_groups.items():
            _count_timeouts(self, stage, function, group)
        # What tells how callers fare now, whichever version answers them.
        self.taking_back: list[cloudwatch.Alarm] = []
        for watch in service_watches(stage):
            alarm = add_alarm(self, stage, topic, watch)
            if watch.takes_back:
                self.taking_back.append(alarm)
        add_dashboard(self, stage)
        add_queries(self, stage, log_groups)


def _count_timeouts(scope: Construct, stage: Stage, function: str, group: logs.ILogGroup) -> None:
    """Lambda has no metric of time-outs, but writes a line when it ends a function."""
    counted = timeouts(stage)
    logs.CfnMetricFilter(
        scope,
        f"{function.capitalize()}Timeouts",
        log_group_name=group.log_group_name,
        filter_pattern='"Task timed out after"',
        metric_transformations=[
            logs.CfnMetricFilter.MetricTransformationProperty(
                metric_namespace=counted.namespace,
                metric_name=counted.metric_name,
                metric_value="1",
                unit="Count",
            )
        ],
    )
