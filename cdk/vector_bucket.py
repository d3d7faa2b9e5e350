"""The vector bucket of S3 Vectors, in which the functions make an index for each namespace."""

from __future__ import annotations

from aws_cdk import Fn, RemovalPolicy
from aws_cdk import aws_s3vectors as s3vectors
from constructs import Construct


class VectorBucket(Construct):
    """Costs nothing while it is empty; `arn` and `bucket_name` are known once it is made."""

    def __init__(self, scope: Construct, name: str, *, removal: RemovalPolicy) -> None:
        super().__init__(scope, name)
        bucket = s3vectors.CfnVectorBucket(
            self,
            "Bucket",
            encryption_configuration=s3vectors.CfnVectorBucket.EncryptionConfigurationProperty(
                sse_type="AES256"
            ),
        )
        bucket.apply_removal_policy(removal)
        self.arn = bucket.attr_vector_bucket_arn

    @property
    def bucket_name(self) -> str:
        """The name, which is the last part of the ARN (arn:…:bucket/NAME)."""
        return Fn.select(1, Fn.split("/", self.arn))
