"""What brings documents from where they are works with, made from its settings alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from nexus.connectors.running import Runner
from nexus.errors import InvalidRequest
from nexus.models.sources import SourceSpec
from nexus.ports import Secrets
from nexus.ports.sources import Source
from nexus.services import ConnectServices
from nexus.settings import Settings
from nexus.wiring.aws_clients import ClientFactory, aws_clients
from nexus.wiring.parts import secrets_of
from nexus.wiring.tracing import begin_tracing

if TYPE_CHECKING:
    import httpx2


@dataclass
class Outside:
    """What a source may be made of: a client for public addresses, secrets, and AWS."""

    aws: ClientFactory
    secrets: Secrets
    private_hosts: tuple[str, ...]

    @cached_property
    def client(self) -> httpx2.Client:
        """The one client, which keeps its connections."""
        from nexus.adapters.sources.network import client

        return client(self.private_hosts)

    def secret(self, spec: SourceSpec) -> Callable[[], str]:
        """Reads a source's secret, when it is needed."""
        return lambda: self.secrets.get(spec.secret)


def _web(spec: SourceSpec, outside: Outside) -> Source:
    from nexus.adapters.crawling.manners import PoliteSite
    from nexus.adapters.sources.web import WebSource

    return WebSource.from_spec(spec, lambda rate: PoliteSite(outside.client, rate))


def _bucket(spec: SourceSpec, outside: Outside) -> Source:
    from nexus.adapters.sources.bucket import BucketSource

    return BucketSource.from_spec(spec, outside.aws("s3"))


def _git(spec: SourceSpec, outside: Outside) -> Source:
    from nexus.adapters.sources.git import GitSource

    return GitSource.from_spec(spec, outside.client, outside.secret(spec))


def _confluence(spec: SourceSpec, outside: Outside) -> Source:
    from nexus.adapters.sources.confluence import ConfluenceSource

    return ConfluenceSource.from_spec(spec, outside.client, outside.secret(spec))


def _sharepoint(spec: SourceSpec, outside: Outside) -> Source:
    from nexus.adapters.sources.sharepoint import SharePointSource

    return SharePointSource.from_spec(spec, outside.client, outside.secret(spec))


def _drive(spec: SourceSpec, outside: Outside) -> Source:
    from nexus.adapters.sources.drive import DriveSource

    return DriveSource.from_spec(spec, outside.client, outside.secret(spec))


# Every kind of source, by the name that operators give.
KINDS: dict[str, Callable[[SourceSpec, Outside], Source]] = {
    "web": _web,
    "s3": _bucket,
    "git": _git,
    "confluence": _confluence,
    "sharepoint": _sharepoint,
    "drive": _drive,
}


def connect_services(settings: Settings, aws: ClientFactory | None = None) -> ConnectServices:
    """The services of the connect function."""
    from nexus.adapters.aws.continuation import LambdaContinuation
    from nexus.adapters.dynamodb.sources import DynamoSources
    from nexus.adapters.s3.landing import S3Inventories, S3Landing

    aws = aws or aws_clients
    secrets = secrets_of(aws)
    begin_tracing(settings, secrets)
    outside = Outside(aws, secrets, settings.connect_private_hosts)
    registry = DynamoSources(aws("dynamodb"), settings.catalogue_table)
    bucket = settings.documents_bucket

    def source(spec: SourceSpec) -> Source:
        if spec.kind not in KINDS:
            known = ", ".join(KINDS)
            raise InvalidRequest(f"There is no kind of source {spec.kind}: {known}.", "kind")
        return KINDS[spec.kind](spec, outside)

    def check(spec: SourceSpec) -> None:
        source(spec)

    def landing(spec: SourceSpec) -> S3Landing:
        return S3Landing(aws("s3"), bucket, spec.tenant, spec.prefix)

    def inventory(spec: SourceSpec) -> S3Inventories:
        return S3Inventories(aws("s3"), bucket, spec.tenant, spec.name)

    return ConnectServices(
        settings,
        registry,
        Runner(registry, source, landing, inventory, time.time),
        check,
        landing,
        inventory,
        LambdaContinuation(aws("lambda"), settings.connect_function),
    )
