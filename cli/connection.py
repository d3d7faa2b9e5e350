"""A connection to a deployed stage: its session, its outputs, its settings and its tables."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cli.failure import Failure
from cli.local.layout import PROJECT, Layout, read_json, write_json
from cli.stacks import Deployment, read_deployment, session_for
from cli.stage_names import LOCAL
from nexus.settings import Settings

# What only some commands need is imported where it is used: `nexus ask` waits for none of it.
if TYPE_CHECKING:
    import boto3
    from botocore.config import Config

    from nexus.documents.curating import Curator
    from nexus.documents.erasing import Eraser
    from nexus.insights.analytics import Analytics
    from nexus.models import Generation
    from nexus.operations.dead_letters import DeadLetters
    from nexus.services import AccessServices, ConnectServices, OperatorServices

DEMO_TENANT = "demo"
DEMO_CLIENT = "demo"


@dataclass(frozen=True)
class Connection:
    """A stage as the CLI sees it."""

    stage: str
    session: boto3.Session
    deployment: Deployment

    def client(self, service: str, config: Config | None = None) -> Any:
        """A client of an AWS service, in the stage's account."""
        return self.session.client(service, config=config)  # type: ignore[call-overload]

    @cached_property
    def settings(self) -> Settings:
        """The settings that the chat function runs with."""
        return self._settings_of(self.deployment.chat_function)

    def _settings_of(self, function: str) -> Settings:
        configured = self.client("lambda").get_function_configuration(FunctionName=function)
        return Settings.from_environ(configured.get("Environment", {}).get("Variables", {}))

    @cached_property
    def operator(self) -> OperatorServices:
        """The stage's catalogue and clients."""
        from nexus.wiring.operating import operator_services

        return operator_services(self.settings, self.client)

    @cached_property
    def access(self) -> AccessServices:
        """What makes and removes the stage's keys and people, as its API does."""
        from nexus.wiring.access import access_over

        found = self.deployment
        plans = {"standard": found.standard_plan_id, "admin": found.admin_plan_id}
        return access_over(self._settings_of(found.access_function), self.client, plans)

    @cached_property
    def sources(self) -> ConnectServices:
        """What brings documents from elsewhere, as the connect function does."""
        from nexus.wiring.connect import connect_services

        return connect_services(self._settings_of(self.deployment.connect_function), self.client)

    @cached_property
    def live(self) -> Generation:
        """The index generation that readers see."""
        from nexus.generations.lifecycle import existing

        return existing(self.operator.generations, self.settings.generation).answering

    @cached_property
    def curator(self) -> Curator:
        """What manages the stage's documents."""
        from nexus.wiring.documents import curators

        return curators(self._all_settings(), self._signing).live()

    def eraser(self) -> Eraser:
        """What erases the stage's documents."""
        from nexus.wiring.documents import eraser

        return eraser(self._all_settings(), self.client)()

    def _all_settings(self) -> Settings:
        return replace(
            self.settings,
            documents_bucket=self.deployment.documents_bucket,
            ingest_queue_url=self.deployment.ingest_queue_url,
        )

    def _signing(self, service: str) -> Any:
        from botocore.config import Config

        from nexus.wiring.aws_clients import SIGNING

        return self.client(service, Config(**SIGNING) if service == "s3" else None)

    @cached_property
    def analytics(self) -> Analytics:
        """What tells of the stage's questions. Raises Failure where it logs none."""
        from nexus.wiring.insights import analytics_of

        found = analytics_of(self.client, self.settings)
        if found is None:
            raise Failure(f"Stage {self.stage} logs no questions: deploy it again.")
        return found

    @cached_property
    def dead_letters(self) -> DeadLetters:
        """The messages that the stage's ingestion gave up."""
        from nexus.wiring.operating import dead_letters

        return dead_letters(
            self._all_settings(), self.client, self.deployment.dead_letter_queue_url
        )

    def tenant(self, given: str | None) -> str:
        """The tenant that a command works for.

        Raises Failure if it has to be named, InvalidRequest for a name that cannot be a tenant's.
        """
        from nexus.object_keys import tenant_prefix

        if given is not None:
            tenant_prefix(given)
            return given
        if self.stage == LOCAL:
            return DEMO_TENANT
        raise Failure("Say which tenant with --tenant.")


def connect(stage: str) -> Connection:
    """Connects to a stage. Raises Failure if it does not exist, is not deployed or not running."""
    stages = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]["stages"]
    if stage not in stages:
        raise Failure(f"There is no stage {stage} in cdk.json: there are {', '.join(stages)}.")
    session = session_for(stage)
    return Connection(stage, session, read_deployment(stage, session))


def demo_key(layout: Layout | None = None) -> str | None:
    """The local stage's demo key; None before `nexus up` has made one."""
    key = read_json((layout or Layout()).root / "demo-key.json").get("key")
    return key if isinstance(key, str) else None


def keep_demo_key(key: str, layout: Layout) -> None:
    """Keeps the demo key for the commands that come, readable only by this user."""
    write_json(layout.root / "demo-key.json", {"key": key}, private=True)


def key_for(stage: str, given: str | None) -> str:
    """The API key to call a stage with. Raises Failure if there is none."""
    key = given or (demo_key() if stage == LOCAL else None)
    if not key:
        raise Failure(
            "Give an API key with --key or in NEXUS_API_KEY; `nexus keys create` makes one."
        )
    return key
