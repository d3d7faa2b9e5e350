"""The names of attributes are those that OpenTelemetry publishes, not almost those."""

from __future__ import annotations

import importlib
import pkgutil

from opentelemetry.semconv.schemas import Schemas

from nexus import span_names

OWN = "nexus."
ATTRIBUTES = "opentelemetry.semconv._incubating.attributes"


def published() -> set[str]:
    """Every attribute's name of the package that is generated from the conventions."""
    found: set[str] = set()
    folder = importlib.import_module(ATTRIBUTES)
    for module in pkgutil.iter_modules(folder.__path__, f"{ATTRIBUTES}."):
        values = vars(importlib.import_module(module.name)).values()
        found |= {value for value in values if isinstance(value, str)}
    return found


def test_every_name_is_published_or_marked_as_our_own() -> None:
    ours = {
        value
        for name, value in vars(span_names).items()
        if name.isupper() and name != "SCHEMA_URL" and not value.startswith(OWN)
    }
    assert len(ours) > 15
    assert ours - published() == set()


def test_the_version_is_a_published_one() -> None:
    assert Schemas.V1_41_1.value == span_names.SCHEMA_URL


def test_operations_systems_and_kinds_have_the_values_that_are_published() -> None:
    gen_ai = importlib.import_module(f"{ATTRIBUTES}.gen_ai_attributes")
    operations = {one.value for one in gen_ai.GenAiOperationNameValues}
    assert operations >= {"chat", "embeddings", "retrieval"}
    providers = {one.value for one in gen_ai.GenAiProviderNameValues}
    assert providers >= {"openai", "azure.ai.openai", "cohere"}
    db = importlib.import_module(f"{ATTRIBUTES}.db_attributes")
    assert {one.value for one in db.DbSystemNameValues} >= {"aws.dynamodb", "sqlite"}
    faas = importlib.import_module(f"{ATTRIBUTES}.faas_attributes")
    assert {one.value for one in faas.FaasTriggerValues} >= {"http", "pubsub", "timer"}
    messaging = importlib.import_module(f"{ATTRIBUTES}.messaging_attributes")
    assert "aws_sqs" in {one.value for one in messaging.MessagingSystemValues}
    assert "process" in {one.value for one in messaging.MessagingOperationTypeValues}
