"""Copies every change of the documents to the bucket of the stage that stands by for this one."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk.documents_bucket import PREFIX
from cdk.findings import acknowledge

# What S3 needs of the source and of the replica, without tags of locks and other owners' keys:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
OF_BUCKET = ("s3:GetReplicationConfiguration", "s3:ListBucket")
OF_VERSIONS = (
    "s3:GetObjectVersionForReplication",
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionTagging",
)
OF_REPLICAS = ("s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags")


class Replication(Construct):
    """One rule for `documents/`, with delete markers, and the role by which S3 follows it.

    S3 copies what changes from now on. It never copies the deletion of a version: what is erased
    here has to be erased there, too.
    """

    def __init__(self, scope: Construct, name: str, *, bucket: s3.Bucket, replica: str) -> None:
        super().__init__(scope, name)
        resource = bucket.node.default_child
        if not isinstance(resource, s3.CfnBucket):
            raise TypeError("the bucket's resource is missing")
        arn = f"arn:{Stack.of(self).partition}:s3:::{replica}"
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("s3.amazonaws.com"))
        for actions, on in (
            (OF_BUCKET, bucket.bucket_arn),
            (OF_VERSIONS, bucket.arn_for_objects(f"{PREFIX}*")),
            (OF_REPLICAS, f"{arn}/{PREFIX}*"),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[on]))
        resource.replication_configuration = s3.CfnBucket.ReplicationConfigurationProperty(
            role=role.role_arn,
            rules=[
                s3.CfnBucket.ReplicationRuleProperty(
                    id="standby",
                    priority=1,
                    status="Enabled",
                    filter=s3.CfnBucket.ReplicationRuleFilterProperty(prefix=PREFIX),
                    delete_marker_replication=s3.CfnBucket.DeleteMarkerReplicationProperty(
                        status="Enabled"
                    ),
                    destination=s3.CfnBucket.ReplicationDestinationProperty(bucket=arn),
                )
            ],
        )
        logical = Stack.of(self).get_logical_id(resource)
        reason = "Every document is copied, and nothing outside the prefix."
        acknowledge(role, f"IAM5[Resource::<{logical}.Arn>/{PREFIX}*]", reason)
        acknowledge(role, f"IAM5[Resource::arn:<AWS::Partition>:s3:::{replica}/{PREFIX}*]", reason)
