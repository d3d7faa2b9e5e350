"""What reads the question log and rolls it up, where a stage keeps one."""

from __future__ import annotations

from nexus.generations.lifecycle import PerGeneration
from nexus.insights.analytics import Analytics
from nexus.insights.likeness import alike
from nexus.insights.rolling import Roller
from nexus.ports import Rollups
from nexus.settings import Settings
from nexus.wiring.aws_clients import ClientFactory
from nexus.wiring.parts import catalogue_of, generations_of
from nexus.wiring.question_log import log_of


def rollups_of(aws: ClientFactory, settings: Settings) -> Rollups:
    """What the stage's days came to."""
    from nexus.adapters.dynamodb.rollups import DynamoRollups

    days = settings.question_log_days, settings.rollup_days
    return DynamoRollups(aws("dynamodb"), settings.insights_table, *days)


def analytics_of(aws: ClientFactory, settings: Settings) -> Analytics | None:
    """What tells administrators of their tenant's questions; None where none are logged."""
    log = log_of(aws, settings)
    if log is None:
        return None
    catalogues = PerGeneration(
        generations_of(aws, settings),
        settings.generation,
        lambda generation: catalogue_of(aws, settings, generation),
    )
    return Analytics(
        log,
        rollups_of(aws, settings),
        catalogues.live,
        settings.question_log_days,
        settings.popular_from,
        alike(settings.embedding_model, settings.alike_from),
    )


def roller_of(aws: ClientFactory, settings: Settings) -> Roller | None:
    """What rolls days up; None where nothing is logged."""
    log = log_of(aws, settings)
    if log is None:
        return None
    return Roller(
        log,
        rollups_of(aws, settings),
        settings.question_log_days,
        alike(settings.embedding_model, settings.alike_from),
    )
