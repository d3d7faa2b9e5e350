"""The queue between the bucket and the ingestion function, and where its failures end."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_sqs as sqs
from constructs import Construct

# A message that is in flight must stay hidden for as long as Lambda may still try it.
VISIBILITY_TIMEOUTS = 6
MAX_RECEIVES = 5
# A message keeps its age when it is dead-lettered (Amazon SQS Developer Guide, "Setting up
# dead-letter queue retention"). Whatever time it has waited, a week is left to look at it.
WAITING = Duration.days(7)
DEAD = Duration.days(14)


class IngestQueue(Construct):
    """Encrypted, TLS only; a message received five times goes to the dead-letter queue."""

    def __init__(
        self, scope: Construct, name: str, *, timeout_s: int, removal: RemovalPolicy
    ) -> None:
        super().__init__(scope, name)
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=DEAD,
            removal_policy=removal,
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            visibility_timeout=Duration.seconds(VISIBILITY_TIMEOUTS * timeout_s),
            retention_period=WAITING,
            removal_policy=removal,
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=MAX_RECEIVES
            ),
        )
