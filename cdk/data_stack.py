"""What outlives a deployment: documents, queue, backups, tables, secrets, domain, page."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cdk.alarms import Alarms
from cdk.backups_bucket import BackupsBucket
from cdk.custom_domain import CustomDomain
from cdk.documents_bucket import DocumentsBucket
from cdk.function_logs import FunctionLogs
from cdk.ingest_queue import IngestQueue
from cdk.log_export import LogExport
from cdk.page import Page
from cdk.replication import Replication
from cdk.sign_in import SignIn
from cdk.stages import FUNCTIONS, Stage
from cdk.tables import Tables
from cdk.upstream_secret import UpstreamSecret
from cdk.vector_bucket import VectorBucket


class DataStack(Stack):
    """Retained where the stage says so; the queue is here because the bucket refers to it."""

    def __init__(self, scope: Construct, stage: Stage, **kwargs: Any) -> None:
        super().__init__(
            scope,
            f"nexus-{stage.name}-data",
            description=f"Nexus {stage.name}: documents, catalogue, conversations, clients, cache",
            termination_protection=stage.protected,
            **kwargs,
        )
        removal = (
            RemovalPolicy.RETAIN if stage.removal_policy == "retain" else RemovalPolicy.DESTROY
        )
        self.ingest = IngestQueue(self, "Ingest", timeout_s=stage.ingest_timeout_s, removal=removal)
        self.topic = Alarms(self, "Alarms", stage=stage, ingest=self.ingest).topic
        every = FunctionLogs(self, "Logs", stage=stage, removal=removal)
        self.logs, self.gateway_log = every.groups, every.gateway
        if stage.log_stream_arn:
            functions = {name: self.logs[name] for name in FUNCTIONS}
            LogExport(self, "LogExport", stage=stage, groups=functions)
        # Made in every stage of AWS, used or not, for the same reason as the secrets below.
        self.page = None if stage.host else Page(self, "Page", stage=stage)
        self.page_origin = (self.page.origin if self.page else stage.page_url) if stage.page else ""
        self.documents = DocumentsBucket(
            self,
            "Documents",
            queue=self.ingest.queue,
            removal=removal,
            origins=self.origins(stage),
        ).bucket
        if stage.replica_bucket:
            Replication(self, "Replication", stage=stage, bucket=self.documents, topic=self.topic)
        self.backups = BackupsBucket(
            self, "Backups", retention_days=stage.backup_retention_days, removal=removal
        ).bucket
        self.tables = Tables(self, "Tables", removal=removal, protected=stage.protected)
        self.sign_in = SignIn(
            self, "SignIn", stage=stage, removal=removal, page_origin=self.page_origin
        )
        # Made in every stage, used or not: an option that is taken back must not remove what the
        # service still refers to, and finds its key again when it returns (docs/aws.md).
        models, pinecone, rerank = self._upstream_secrets(stage, removal)
        self.models_secret = models if stage.models_provider == "openai" else None
        self.pinecone_secret = pinecone if stage.vector_index == "pinecone" else None
        self.rerank_secret = rerank if stage.rerank_key else None
        # An emulator on this machine has no S3 Vectors, and refuses what it does not know.
        self.vectors = None if stage.host else VectorBucket(self, "Vectors", removal=removal)
        self._keep_exports(models, pinecone, rerank)
        self.domain = CustomDomain(self, "Domain", stage=stage) if stage.domain_name else None
        self._publish(stage)

    def origins(self, stage: Stage) -> tuple[str, ...]:
        """The origins of the pages that may call the API: the stage's own page, and the named."""
        own = (self.page_origin,) if self.page_origin else ()
        return (*own, *stage.cors_origins)

    def _upstream_secrets(
        self, stage: Stage, removal: RemovalPolicy
    ) -> list[secretsmanager.Secret | None]:
        """Secrets for the keys of the models' endpoint, Pinecone and the rerank URL."""
        if not stage.upstream_secrets:
            return [None, None, None]
        described = {
            "Models": "API key of the models' endpoint",
            "Pinecone": "API key of Pinecone",
            "Rerank": "API key of the rerank URL",
        }
        return [
            UpstreamSecret(self, name, description=said, removal=removal).secret
            for name, said in described.items()
        ]

    def _keep_exports(self, *secrets: secretsmanager.Secret | None) -> None:
        """Exports whatever the service stack may refer to, whether it does now or not.

        CDK exports only what is referred to, and CloudFormation refuses to remove an export that a
        deployed stack still imports: a change that ends a reference could then not be deployed.
        """
        for bucket in (self.documents, self.backups):
            self.export_value(bucket.bucket_arn)
            self.export_value(bucket.bucket_name)
        for table in self.tables.all:
            self.export_value(table.table_arn)
            self.export_value(table.table_name)
        self.export_value(self.ingest.queue.queue_arn)
        self.export_value(self.ingest.queue.queue_url)
        self.export_value(self.topic.topic_arn)
        self.export_value(self.sign_in.pool.user_pool_arn)
        self.export_value(self.sign_in.pool.user_pool_id)
        for group in self.logs.values():
            self.export_value(group.log_group_arn)
            self.export_value(group.log_group_name)
        for secret in secrets:
            if secret is not None:
                self.export_value(secret.secret_arn)
        if self.vectors is not None:
            self.export_value(self.vectors.arn)
        if self.page is not None:
            self.export_value(self.page.domain)
            self.export_value(self.page.bucket.bucket_arn)
            self.export_value(self.page.bucket.bucket_name)
        self.export_value(self.sign_in.pool.user_pool_id)
        self.export_value(self.sign_in.client.user_pool_client_id)

    def _publish(self, stage: Stage) -> None:
        outputs = {
            "DocumentsBucket": self.documents.bucket_name,
            "BackupsBucket": self.backups.bucket_name,
            "CatalogueTable": self.tables.catalogue.table_name,
            "ConversationsTable": self.tables.conversations.table_name,
            "ClientsTable": self.tables.clients.table_name,
            "CacheTable": self.tables.cache.table_name,
            "InsightsTable": self.tables.insights.table_name,
            "IngestQueueUrl": self.ingest.queue.queue_url,
            "DeadLetterQueueUrl": self.ingest.dead_letters.queue_url,
            "UserPool": self.sign_in.pool.user_pool_id,
            "UserPoolClient": self.sign_in.client.user_pool_client_id,
        }
        if self.models_secret is not None:
            outputs["ModelsSecret"] = self.models_secret.secret_arn
        if self.vectors is not None:
            outputs["VectorBucket"] = self.vectors.bucket_name
        if self.pinecone_secret is not None:
            outputs["PineconeSecret"] = self.pinecone_secret.secret_arn
        if self.rerank_secret is not None:
            outputs["RerankSecret"] = self.rerank_secret.secret_arn
        if self.page is not None and stage.page:
            outputs["PageUrl"] = f"{self.page.origin}/"
            outputs["PageBucket"] = self.page.bucket.bucket_name
        if self.domain is not None:
            outputs["DomainTarget"] = self.domain.target
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
