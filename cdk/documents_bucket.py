"""The bucket that holds the documents, and the events that its changes send to a queue."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.findings import acknowledge

PREFIX = "documents/"
_EVENTS = ("s3:ObjectCreated:*", "s3:ObjectRemoved:*")


class DocumentsBucket(Construct):
    """Private, versioned and encrypted; every change under `documents/` becomes a message.

    Browsers of the `origins` may use the URLs that the management API signs.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        queue: sqs.Queue,
        removal: RemovalPolicy,
        origins: tuple[str, ...],
    ) -> None:
        super().__init__(scope, name)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            versioned=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=removal,
            cors=_cors(origins),
            lifecycle_rules=[
                s3.LifecycleRule(
                    noncurrent_version_expiration=Duration.days(90),
                    expired_object_delete_marker=True,
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                )
            ],
        )
        self._notify(queue)
        acknowledge(
            self.bucket,
            "S1",
            "The catalogue records each document's changes; server access logs would need a "
            "second bucket that grows without bound.",
        )

    def _notify(self, queue: sqs.Queue) -> None:
        # The bucket's own property instead of CDK's custom resource, which is a Lambda function
        # that may change the notifications of any bucket. The queue's policy must exist before
        # the bucket and so cannot name it: it names the account and the stack's prefix.
        stack = Stack.of(self)
        allowed = queue.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {
                        "aws:SourceArn": f"arn:{stack.partition}:s3:::{stack.stack_name}-*"
                    },
                },
            )
        )
        resource = self.bucket.node.default_child
        if not isinstance(resource, s3.CfnBucket) or allowed.policy_dependable is None:
            raise TypeError("the bucket's resource or the queue's policy is missing")
        resource.node.add_dependency(allowed.policy_dependable)
        prefix = s3.CfnBucket.FilterRuleProperty(name="prefix", value=PREFIX)
        keys = s3.CfnBucket.S3KeyFilterProperty(rules=[prefix])
        only = s3.CfnBucket.NotificationFilterProperty(s3_key=keys)
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[
                s3.CfnBucket.QueueConfigurationProperty(
                    event=event, queue=queue.queue_arn, filter=only
                )
                for event in _EVENTS
            ]
        )


def _cors(origins: tuple[str, ...]) -> list[s3.CorsRule] | None:
    if not origins:
        return None
    return [
        s3.CorsRule(
            allowed_origins=list(origins),
            allowed_methods=[s3.HttpMethods.GET, s3.HttpMethods.PUT],
            allowed_headers=["content-type", "range", "x-amz-checksum-sha256", "x-amz-meta-*"],
            # The page reads of a long PDF what it shows, if it may know that parts are to be had.
            exposed_headers=["accept-ranges", "content-range", "etag", "x-amz-version-id"],
            max_age=600,
        )
    ]
