"""What can be thrown away and deployed again: functions, layers, the API and the schedules."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from cdk import environment, grants
from cdk.data_stack import DataStack
from cdk.function import ALIAS, NexusFunction, function_name
from cdk.layers import Layers
from cdk.rest_api import NexusApi
from cdk.scheduled_run import ScheduledRun
from cdk.stages import Stage
from cdk.usage_plans import UsagePlans


class ServiceStack(Stack):
    """Holds no data; composed and granted here, in one place."""

    def __init__(self, scope: Construct, stage: Stage, data: DataStack, **kwargs: Any) -> None:
        super().__init__(
            scope,
            f"nexus-{stage.name}-service",
            description=f"Nexus {stage.name}: functions, API, schedule",
            termination_protection=stage.protected,
            **kwargs,
        )
        self._layers = Layers(self, "Layers", stage=stage)
        self.chat = self._chat(stage, data)
        self.documents = self._documents(stage, data)
        self.ingest = self._ingest(stage, data)
        self.reindex = self._reindex(stage, data)
        self.backup = self._backup(stage, data)
        self.api = NexusApi(
            self,
            "Gateway",
            stage=stage,
            handler=self.chat.alias,
            documents=self.documents.alias,
        ).api
        self.plans = UsagePlans(self, "Plans", stage=stage, api=self.api)
        self._publish(stage)

    def _chat(self, stage: Stage, data: DataStack) -> NexusFunction:
        chat = NexusFunction(
            self,
            "Chat",
            stage=stage,
            folder="chat",
            memory_mb=stage.chat_memory_mb,
            timeout_s=stage.chat_timeout_s,
            layers=self._layers.chat(),
            environment=environment.chat(stage, data),
        )
        grants.grant_chat(chat.role, data)
        return chat

    def _documents(self, stage: Stage, data: DataStack) -> NexusFunction:
        documents = NexusFunction(
            self,
            "Documents",
            stage=stage,
            folder="documents",
            memory_mb=stage.documents_memory_mb,
            timeout_s=stage.documents_timeout_s,
            layers=self._layers.documents(),
            environment=environment.documents(stage, data),
        )
        grants.grant_documents(documents.role, data)
        return documents

    def _ingest(self, stage: Stage, data: DataStack) -> NexusFunction:
        ingest = NexusFunction(
            self,
            "Ingest",
            stage=stage,
            folder="ingest",
            memory_mb=stage.ingest_memory_mb,
            timeout_s=stage.ingest_timeout_s,
            layers=self._layers.ingest(),
            environment=environment.ingest(stage, data),
        )
        grants.grant_ingest(ingest.role, data)
        ingest.alias.add_event_source(
            sources.SqsEventSource(
                data.ingest.queue,
                batch_size=stage.ingest_batch_size,
                max_concurrency=stage.ingest_concurrency,
                report_batch_item_failures=True,
            )
        )
        return ingest

    def _reindex(self, stage: Stage, data: DataStack) -> NexusFunction:
        itself = f"{function_name(stage, 'reindex')}:{ALIAS}"
        reindex = NexusFunction(
            self,
            "Reindex",
            stage=stage,
            folder="reindex",
            memory_mb=stage.reindex_memory_mb,
            timeout_s=stage.reindex_timeout_s,
            layers=self._layers.reindex(),
            environment=environment.reindex(stage, data, itself),
            recursive=True,
        )
        grants.grant_reindex(reindex.role, data, itself)
        ScheduledRun(
            self,
            "Nightly",
            expression=stage.reindex_schedule,
            function=reindex.alias,
            description="Compares the bucket with the catalogue and queues what differs",
        )
        return reindex

    def _backup(self, stage: Stage, data: DataStack) -> NexusFunction:
        itself = f"{function_name(stage, 'backup')}:{ALIAS}"
        backup = NexusFunction(
            self,
            "Backup",
            stage=stage,
            folder="backup",
            memory_mb=stage.backup_memory_mb,
            timeout_s=stage.backup_timeout_s,
            layers=self._layers.backup(),
            environment=environment.backup(stage, data, itself),
            recursive=True,
        )
        grants.grant_backup(backup.role, data, itself)
        ScheduledRun(
            self,
            "Backups",
            expression=stage.backup_schedule,
            function=backup.alias,
            description="Writes a snapshot of the live index generation",
        )
        return backup

    def _publish(self, stage: Stage) -> None:
        outputs = {
            "ApiUrl": self.api.url,
            "RestApiId": self.api.rest_api_id,
            "StandardPlanId": self.plans.standard.usage_plan_id,
            "AdminPlanId": self.plans.admin.usage_plan_id,
            "ChatFunction": f"{function_name(stage, 'chat')}:{ALIAS}",
            "DocumentsFunction": f"{function_name(stage, 'documents')}:{ALIAS}",
            "IngestFunction": f"{function_name(stage, 'ingest')}:{ALIAS}",
            "ReindexFunction": f"{function_name(stage, 'reindex')}:{ALIAS}",
            "BackupFunction": f"{function_name(stage, 'backup')}:{ALIAS}",
            "ModelsUrl": stage.models_url,
            "EmbeddingModel": stage.embedding_model,
            "EmbeddingDimension": str(stage.embedding_dimension),
            "VectorIndex": stage.vector_index,
            "SqlitePath": stage.sqlite_path,
            "PineconeHost": stage.pinecone_host,
        }
        for name, value in outputs.items():
            # CloudFormation refuses an empty output: what does not apply is not there.
            if value:
                CfnOutput(self, name, value=value)
