"""Who is told when ingestion stops keeping its promise that nothing accepted is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from aws_cdk import Annotations, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from cdk.ingest_queue import IngestQueue
from cdk.monitoring.alarms import Watch, add_alarm
from cdk.stages import Stage

# Retries alone take half an hour; a queue that is this old stands still, or a bulk upload is on.
OLDEST_H = 6


class Alarms(Construct):
    """On dead letters and old work; all alarms notify the topic, and an address if one is given.

    The topic has no key of its own: CloudWatch cannot use the one that AWS manages, and another has
    a monthly price. SNS encrypts its disks anyway, and an alarm names a queue, never a document.
    """

    def __init__(self, scope: Construct, name: str, *, stage: Stage, ingest: IngestQueue) -> None:
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
        if stage.alarm_email:
            self.topic.add_subscription(subscriptions.EmailSubscription(stage.alarm_email))
        elif not stage.host:
            Annotations.of(self).add_warning_v2(
                "nexus:alarm-email",
                f"Nobody is told of the alarms of {stage.name!r}: put an address into its "
                "alarm_email in cdk.json, or subscribe to the topic.",
            )
        for watch in _watches(ingest):
            add_alarm(self, stage, self.topic, watch)


def _watches(ingest: IngestQueue) -> Iterator[Watch]:
    yield Watch(
        name="DeadLetters",
        section="Dead letters",
        says="Ingestion gave a message up: `nexus dead-letters list` says why.",
        metric=ingest.dead_letters.metric_approximate_number_of_messages_visible(
            period=Duration.minutes(1), statistic="Maximum"
        ),
        above=0,
    )
    yield Watch(
        name="OldestMessage",
        section="Old messages",
        says=f"A document has waited for ingestion for over {OLDEST_H} hours: "
        "`nexus doctor` looks at what it needs.",
        metric=ingest.queue.metric_approximate_age_of_oldest_message(
            period=Duration.minutes(5), statistic="Maximum"
        ),
        above=OLDEST_H * 3600,
    )
