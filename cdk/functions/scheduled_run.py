"""When a function starts by itself, and where a run of it that failed is kept."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy, TimeZone
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.findings import acknowledge


class ScheduledRun(Construct):
    """Starts a function on a schedule; a failed start or run is kept 14 days.

    Without an expression there is no schedule, but runs that are started otherwise are kept too.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        expression: str,
        function: lambda_.Alias,
        description: str,
    ) -> None:
        super().__init__(scope, name)
        self.failures = sqs.Queue(
            self,
            "Failures",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            removal_policy=RemovalPolicy.DESTROY,
        )
        function.configure_async_invoke(
            retry_attempts=1,
            max_event_age=Duration.hours(1),
            on_failure=destinations.SqsDestination(self.failures),
        )
        acknowledge(
            self.failures, "SQS3", "It is itself where failed runs end; nothing reads it on."
        )
        if expression:
            self._start(expression, function, description)

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
