"""The tables: conversations, the catalogue of documents, the clients, insights, and the cache."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from cdk.findings import acknowledge


class Tables(Construct):
    """On demand and encrypted.

    What cannot be made again is recoverable to any second of the last 35 days, and kept and
    protected where the stage says so. The cache can, and goes with its stack in every stage.
    """

    def __init__(
        self, scope: Construct, name: str, *, removal: RemovalPolicy, protected: bool
    ) -> None:
        super().__init__(scope, name)
        self._removal = removal
        self._protected = protected
        self.conversations = self._table("Conversations", sort_key="sk", ttl="expires_at")
        self.catalogue = self._table("Catalogue", sort_key="sk", ttl="expires_at")
        # Ended sign-ins alone; keys' entries are removed by the nightly run, with their keys.
        self.clients = self._table("Clients", ttl="forget_at")
        self.cache = self._table("Cache", ttl="expires_at", lasting=False)
        self.insights = self._table("Insights", sort_key="sk", ttl="expires_at")
        self.all = (
            *(self.conversations, self.catalogue, self.clients),
            *(self.cache, self.insights),
        )
        acknowledge(
            self.cache,
            "DDB3",
            "Answers and embeddings that are made again when they are missed; a backup would keep "
            "what has expired.",
        )

    def _table(
        self,
        name: str,
        *,
        sort_key: str | None = None,
        ttl: str | None = None,
        lasting: bool = True,
    ) -> dynamodb.Table:
        text = dynamodb.AttributeType.STRING
        return dynamodb.Table(
            self,
            name,
            partition_key=dynamodb.Attribute(name="pk", type=text),
            sort_key=dynamodb.Attribute(name=sort_key, type=text) if sort_key else None,
            time_to_live_attribute=ttl,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=lasting
            ),
            deletion_protection=self._protected and lasting,
            removal_policy=self._removal if lasting else RemovalPolicy.DESTROY,
        )
