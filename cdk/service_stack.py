"""What can be thrown away and deployed again: functions, layers, the API and the schedules."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from cdk.custom_domain import map_domain
from cdk.data_stack import DataStack
from cdk.functions import (
    access,
    audio,
    authorizer,
    backup,
    chat,
    connect,
    documents,
    ingest,
    reindex,
    stream,
)
from cdk.functions.layers import Layers
from cdk.functions.page import PublishedPage
from cdk.monitoring.construct import Monitoring
from cdk.monitoring.dashboard import dashboard_name
from cdk.releases import Releases
from cdk.rest_api import NexusApi
from cdk.stages import FUNCTIONS, READINESS, Stage
from cdk.usage_plans import UsagePlans, people_key


class ServiceStack(Stack):
    """Holds no data; composed here, in one place."""

    def __init__(self, scope: Construct, stage: Stage, data: DataStack, **kwargs: Any) -> None:
        super().__init__(
            scope,
            f"nexus-{stage.name}-service",
            description=f"Nexus {stage.name}: functions, API, schedule",
            termination_protection=stage.protected,
            **kwargs,
        )
        layers = Layers(self, "Layers", stage=stage)
        key_of_people = people_key(self, stage)
        asked = authorizer.add(self, stage, data, layers, key_of_people)
        of_keys = access.add(self, stage, data, layers)
        nightly, failures = reindex.add(self, stage, data, layers)
        self.functions = [
            chat.add(self, stage, data, layers),
            stream.add(self, stage, data, layers),
            documents.add(self, stage, data, layers),
            of_keys,
            ingest.add(self, stage, data, layers),
            nightly,
            backup.add(self, stage, data, layers),
            connect.add(self, stage, data, layers, failures),
            asked,
            audio.add(self, stage, data, layers),
        ]
        self.api = NexusApi(
            self,
            "Gateway",
            stage=stage,
            functions=self.functions,
            authorizer=asked,
            access_log=data.gateway_log,
            origins=data.origins(stage),
        ).api
        self.url = f"https://{stage.domain_name}/" if stage.domain_name else self.api.url
        self.plans = UsagePlans(self, "Plans", stage=stage, api=self.api, people_key=key_of_people)
        access.allow_plans(self, stage, of_keys, (self.plans.standard, self.plans.admin))
        if stage.domain_name:
            map_domain(self, stage, self.api)
        if stage.monitored:
            groups = {function: data.logs[function] for function in FUNCTIONS}
            monitoring = Monitoring(
                self, "Monitoring", stage=stage, topic=data.topic, log_groups=groups
            )
            if stage.releases == "canary":
                Releases(
                    self,
                    "Releases",
                    stage=stage,
                    functions={one.named: one for one in self.functions if one.is_tried},
                    log_group=data.logs[READINESS],
                    topic=data.topic,
                    alarms=monitoring.taking_back,
                )
        if stage.page and data.page is not None:
            PublishedPage(
                self, "PublishedPage", stage=stage, data=data, page=data.page, api=self.url
            )
        self._publish(stage)

    def _publish(self, stage: Stage) -> None:
        outputs = {
            "ApiUrl": self.url,
            "RestApiId": self.api.rest_api_id,
            "StandardPlanId": self.plans.standard.usage_plan_id,
            "AdminPlanId": self.plans.admin.usage_plan_id,
            **{function.output: function.address for function in self.functions},
            "DashboardName": dashboard_name(stage) if stage.monitored else "",
            "ReleaseApplication": f"nexus-{stage.name}" if stage.releases == "canary" else "",
            "ModelsUrl": stage.models_url,
            "EmbeddingModel": stage.embedding_model,
            "EmbeddingDimension": str(stage.embedding_dimension),
            "VectorIndex": stage.vector_index,
            "SqlitePath": stage.sqlite_path,
            "PineconeHost": stage.pinecone_host if stage.vector_index == "pinecone" else "",
        }
        for name, value in outputs.items():
            # CloudFormation refuses an empty output: what does not apply is not there.
            if value:
                CfnOutput(self, name, value=value)
