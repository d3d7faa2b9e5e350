"""What the backup function works with, made from its settings alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus.generations.lifecycle import PerGeneration
from nexus.models import Generation
from nexus.services import BackupServices
from nexus.settings import Settings
from nexus.wiring.aws_clients import ClientFactory, aws_clients
from nexus.wiring.parts import catalogue_of, generations_of, index_of, secrets_of
from nexus.wiring.tracing import begin_tracing, traced_index

if TYPE_CHECKING:
    from nexus.snapshots.backup import Backup


def backup_services(settings: Settings, aws: ClientFactory | None = None) -> BackupServices:
    """The services of the backup function."""
    from nexus.adapters.aws.continuation import LambdaContinuation
    from nexus.adapters.parquet.snapshots import ParquetSnapshots
    from nexus.adapters.s3.snapshots import S3Snapshots
    from nexus.snapshots.backup import Backup

    aws = aws or aws_clients
    secrets = secrets_of(aws)
    begin_tracing(settings, secrets)
    store, codec = S3Snapshots(aws("s3"), settings.backups_bucket), ParquetSnapshots()

    def backup(generation: Generation) -> Backup:
        return Backup(
            catalogue_of(aws, settings, generation),
            traced_index(index_of(settings, secrets, generation), settings),
            store,
            codec,
            generation,
        )

    backups = PerGeneration(generations_of(aws, settings), settings.generation, backup)
    continuation = LambdaContinuation(aws("lambda"), settings.backup_function)
    return BackupServices(settings, backups, continuation)
