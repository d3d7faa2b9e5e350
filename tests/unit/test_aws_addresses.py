"""Where AWS's services answer, and who asks, is found as botocore finds it."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.exceptions import NoRegionError

from nexus.adapters.aws.addresses import address_of, is_plain, region
from nexus.adapters.aws.credentials import credentials

REGION = "eu-west-1"


@pytest.mark.parametrize("service", ["dynamodb", "secretsmanager"])
@pytest.mark.parametrize(
    "place", ["us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1", "ap-southeast-3"]
)
def test_a_service_s_address_is_that_of_botocore_s_rules(
    monkeypatch: pytest.MonkeyPatch, service: str, place: str
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    session = botocore.session.Session()
    theirs: Any = session.create_client(
        service, place, aws_access_key_id="x", aws_secret_access_key="x"
    )
    assert address_of(service, place) == theirs.meta.endpoint_url


def test_the_environment_names_another_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://all")
    assert address_of("dynamodb", REGION) == "http://all"
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://one")
    assert address_of("dynamodb", REGION) == "http://one"
    assert address_of("secretsmanager", REGION) == "http://all"
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    assert address_of("dynamodb", REGION) == f"https://dynamodb.{REGION}.amazonaws.com"
    assert is_plain()
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    assert not is_plain()


def test_a_process_without_a_region_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    assert region() == REGION
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(NoRegionError):
        region()


def test_credentials_are_the_function_s_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of the variables")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    assert credentials().access_key == "of the variables"
