"""The question log of a stage, and what takes documents and words out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus.settings import Settings
from nexus.wiring.aws_clients import ClientFactory

if TYPE_CHECKING:
    from nexus.adapters.dynamodb.question_log import DynamoQuestionLog
    from nexus.adapters.dynamodb.question_traces import DynamoQuestionTraces


def log_of(aws: ClientFactory, settings: Settings) -> DynamoQuestionLog | None:
    """The stage's question log; None where it keeps none."""
    if not settings.insights_table:
        return None
    from nexus.adapters.dynamodb.question_log import DynamoQuestionLog

    return DynamoQuestionLog(aws("dynamodb"), settings.insights_table, settings.question_log_days)


def traces_of(aws: ClientFactory, settings: Settings) -> DynamoQuestionTraces | None:
    """What takes documents and words out of the stage's question log; None where it keeps none."""
    if not settings.insights_table:
        return None
    from nexus.adapters.dynamodb.question_traces import DynamoQuestionTraces

    return DynamoQuestionTraces(
        aws("dynamodb"), settings.insights_table, settings.conversations_table
    )
