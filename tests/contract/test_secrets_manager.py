"""Secrets read through the real SDK from moto's Secrets Manager."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from nexus.adapters.aws.secrets import KEPT_S, SecretsManager
from nexus.errors import ConfigurationError, UpstreamRefused, UpstreamUnavailable
from tests.fakes import FakeClock


@pytest.fixture
def client(monkeypatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="ap-southeast-3")


def test_a_secret_is_stripped_and_read_once_for_all_that_need_it_at_the_same_time(client):
    client.create_secret(Name="nexus/openai", SecretString="sk-one\n")
    clock = FakeClock()
    secrets = SecretsManager(client, clock)

    assert secrets.get("nexus/openai") == "sk-one"
    client.put_secret_value(SecretId="nexus/openai", SecretString="sk-two")
    clock.advance(KEPT_S - 1)
    assert secrets.get("nexus/openai") == "sk-one"
    clock.advance(2)
    assert secrets.get("nexus/openai") == "sk-two"


@pytest.mark.parametrize("value", ["unset", "  "])
def test_an_unset_secret_names_the_command_and_is_seen_once_it_is_set(client, value):
    client.create_secret(Name="nexus/openai", SecretString=value)
    secrets = SecretsManager(client)
    command = "aws secretsmanager put-secret-value --secret-id nexus/openai --secret-string"

    with pytest.raises(ConfigurationError, match=re.escape(command)):
        secrets.get("nexus/openai")
    client.put_secret_value(SecretId="nexus/openai", SecretString="sk-one")
    assert secrets.get("nexus/openai") == "sk-one"


def test_a_secret_that_does_not_exist_or_is_not_named(client):
    with pytest.raises(ConfigurationError, match="create-secret --name nexus/none"):
        SecretsManager(client).get("nexus/none")
    with pytest.raises(ConfigurationError, match="NEXUS_MODELS_SECRET"):
        SecretsManager(client).get("")


def test_a_secret_about_to_be_deleted_is_refused(client):
    client.create_secret(Name="nexus/openai", SecretString="sk-one")
    client.delete_secret(SecretId="nexus/openai")

    with pytest.raises(UpstreamRefused, match=r"secrets \(InvalidRequestException\)"):
        SecretsManager(client).get("nexus/openai")


def test_no_connection_is_passing(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    unreachable = boto3.client(
        "secretsmanager",
        region_name="ap-southeast-3",
        endpoint_url="http://127.0.0.1:9",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=1),
    )

    with pytest.raises(UpstreamUnavailable, match="EndpointConnectionError") as caught:
        SecretsManager(unreachable).get("nexus/openai")
    assert caught.value.service == "secrets"
