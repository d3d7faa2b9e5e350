"""Who is told when ingestion stops keeping its promise that nothing accepted is forgotten."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from cdk.ingest_queue import IngestQueue

# Retries alone take half an hour; a queue that is this old stands still, or a bulk upload is on.
OLDEST_H = 6


class Alarms(Construct):
    """On any dead letter and on old work; they notify a topic, and an address if one is given.

    The topic has no key of its own: CloudWatch cannot use the one that AWS manages, and another has
    a monthly price. SNS encrypts its disks anyway, and an alarm names a queue, never a document.
    """

    def __init__(self, scope: Construct, name: str, *, ingest: IngestQueue, email: str) -> None:
        super().__init__(scope, name)
        # Over TLS only. A policy of one's own replaces the one that lets the account publish.
        self.topic = sns.Topic(self, "Topic", enforce_ssl=True)
        stack = Stack.of(self)
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
            )
        )
        if email:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))
        dead = ingest.dead_letters.metric_approximate_number_of_messages_visible(
            period=Duration.minutes(1), statistic="Maximum"
        )
        self._alarm(
            "DeadLetters",
            dead,
            above=0,
            description="Ingestion gave a message up: `nexus dead-letters list` says why.",
        )
        oldest = ingest.queue.metric_approximate_age_of_oldest_message(
            period=Duration.minutes(5), statistic="Maximum"
        )
        self._alarm(
            "OldestMessage",
            oldest,
            above=OLDEST_H * 3600,
            description=f"A document has waited for ingestion for over {OLDEST_H} hours: "
            "`nexus doctor` looks at what it needs.",
        )

    def _alarm(
        self, name: str, metric: cloudwatch.Metric, *, above: float, description: str
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_description=description,
            metric=metric,
            threshold=above,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            datapoints_to_alarm=1,
            # A queue that nobody uses reports nothing.
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        alarm.add_ok_action(actions.SnsAction(self.topic))
