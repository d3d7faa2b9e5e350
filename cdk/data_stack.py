"""What outlives a deployment: documents, their queue and alarms, backups, tables, secrets."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from constructs import Construct

from cdk.alarms import Alarms
from cdk.backups_bucket import BackupsBucket
from cdk.documents_bucket import DocumentsBucket
from cdk.ingest_queue import IngestQueue
from cdk.stages import Stage
from cdk.tables import Tables
from cdk.upstream_secret import UpstreamSecret


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
        Alarms(self, "Alarms", ingest=self.ingest, email=stage.alarm_email)
        self.documents = DocumentsBucket(
            self,
            "Documents",
            queue=self.ingest.queue,
            removal=removal,
            origins=stage.cors_origins,
        ).bucket
        self.backups = BackupsBucket(
            self, "Backups", retention_days=stage.backup_retention_days, removal=removal
        ).bucket
        self.tables = Tables(self, "Tables", removal=removal, protected=stage.protected)
        self.models_secret = UpstreamSecret(
            self, "Models", description="API key of the models' endpoint", removal=removal
        ).secret
        self.pinecone_secret = self.rerank_secret = None
        if stage.vector_index == "pinecone":
            self.pinecone_secret = UpstreamSecret(
                self, "Pinecone", description="API key of Pinecone", removal=removal
            ).secret
        if stage.rerank_key:
            self.rerank_secret = UpstreamSecret(
                self, "Rerank", description="API key of the rerank URL", removal=removal
            ).secret
        self._publish()

    def _publish(self) -> None:
        outputs = {
            "DocumentsBucket": self.documents.bucket_name,
            "BackupsBucket": self.backups.bucket_name,
            "CatalogueTable": self.tables.catalogue.table_name,
            "ConversationsTable": self.tables.conversations.table_name,
            "ClientsTable": self.tables.clients.table_name,
            "CacheTable": self.tables.cache.table_name,
            "IngestQueueUrl": self.ingest.queue.queue_url,
            "DeadLetterQueueUrl": self.ingest.dead_letters.queue_url,
            "ModelsSecret": self.models_secret.secret_arn,
        }
        if self.pinecone_secret is not None:
            outputs["PineconeSecret"] = self.pinecone_secret.secret_arn
        if self.rerank_secret is not None:
            outputs["RerankSecret"] = self.rerank_secret.secret_arn
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
