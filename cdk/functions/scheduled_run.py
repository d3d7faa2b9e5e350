"""When a function starts by itself, and where a run of it that failed is kept."""

from __future__ import annotations

from typing import cast

import jsii
from aws_cdk import Duration, RemovalPolicy, TimeZone
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.findings import acknowledge
from cdk.stages import Stage


@jsii.implements(lambda_.IDestination)
class _Failures:
    """Sends failed runs to a queue; CDK's own destination also grants what Lambda does not call."""

    def __init__(self, queue: sqs.Queue) -> None:
        self._queue = queue

    def bind(
        self, _scope: Construct, function: lambda_.IFunction, *_options: object
    ) -> lambda_.DestinationConfig:
        """Called by CDK, which passes everything by position."""
        if function.role is None:
            raise TypeError("the function has no role of its own")
        function.role.add_to_principal_policy(
            iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self._queue.queue_arn])
        )
        return lambda_.DestinationConfig(destination=self._queue.queue_arn)


def failures_name(stage: Stage, function: str) -> str:
    """The name of the queue in which a function's failed runs end."""
    return f"nexus-{stage.name}-{function}-failures"


class ScheduledRun(Construct):
    """Starts a function on a schedule; a failed start or run is kept 14 days.

    They are kept in a queue of that name, or with another run's `failures`, whose alarm then tells
    of both. Without an expression there is no schedule, but runs that are started otherwise are
    kept too.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        expression: str,
        function: lambda_.Alias,
        description: str,
        queue_name: str = "",
        failures: sqs.Queue | None = None,
    ) -> None:
        super().__init__(scope, name)
        self.failures = failures or self._queue(queue_name)
        function.configure_async_invoke(
            retry_attempts=1,
            max_event_age=Duration.hours(1),
            on_failure=cast(lambda_.IDestination, _Failures(self.failures)),
        )
        if expression:
            self._start(expression, function, description)

    def _queue(self, name: str) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "Failures",
            queue_name=name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(queue, "SQS3", "It is itself where failed runs end; nothing reads it on.")
        return queue

    def _start(self, expression: str, function: lambda_.Alias, description: str) -> None:
        scheduler.Schedule(
            self,
            "Schedule",
            description=description,
            schedule=scheduler.ScheduleExpression.expression(expression, TimeZone.ETC_UTC),
            target=targets.LambdaInvoke(
                function,
                input=scheduler.ScheduleTargetInput.from_object({}),
                retry_attempts=3,
                max_event_age=Duration.hours(1),
                dead_letter_queue=self.failures,
            ),
        )
