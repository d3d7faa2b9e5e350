"""The bucket that holds the snapshots of the index."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk.findings import acknowledge

PREFIX = "backups/"


class BackupsBucket(Construct):
    """Private, versioned and encrypted; a snapshot expires after so many days."""

    def __init__(
        self, scope: Construct, name: str, *, retention_days: int, removal: RemovalPolicy
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
            lifecycle_rules=[
                s3.LifecycleRule(
                    prefix=PREFIX,
                    expiration=Duration.days(retention_days),
                    # A file that was overwritten or deleted can be brought back for so long.
                    noncurrent_version_expiration=Duration.days(7),
                ),
                s3.LifecycleRule(
                    expired_object_delete_marker=True,
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                ),
            ],
        )
        acknowledge(
            self.bucket,
            "S1",
            "Only the backup function and operators reach it; server access logs would need a "
            "further bucket that grows without bound.",
        )
