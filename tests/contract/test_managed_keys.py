"""The gateway's keys of one stage, on moto's API Gateway."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from nexus.adapters.aws.managed_keys import CLIENT_TAG, STAGE_TAG, StageKeys, plans_by_name
from nexus.errors import UpstreamRefused, UpstreamUnavailable

KEY = "nx_" + "k" * 43


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client(
            "apigateway",
            region_name="us-east-1",
            aws_access_key_id="t",
            aws_secret_access_key="t",
        )


@pytest.fixture
def keys(client: Any) -> StageKeys:
    for name in ("standard", "admin", "people"):
        client.create_usage_plan(name=f"nexus-prod-{name}")
    client.create_usage_plan(name="nexus-prod2-standard")
    return StageKeys(client, "prod", lambda: plans_by_name(client, "prod"))


def test_a_key_is_made_tagged_put_on_one_plan_moved_and_removed(
    client: Any, keys: StageKeys
) -> None:
    made = keys.make("acme", "web", KEY, "a-request")
    assert keys.value(made) == KEY
    tags = client.get_api_key(apiKey=made)["tags"]
    assert tags[STAGE_TAG] == "prod"
    assert "acme" not in tags[CLIENT_TAG]
    [found] = keys.of_client("acme", "web")
    assert (found.gateway_key_id, found.request) == (made, "a-request")
    assert keys.put_on_plan("standard", made)
    assert keys.put_on_plan("standard", made)
    assert (keys.on_plan("standard"), keys.on_plan("admin")) == ({made}, set())
    keys.take_off_plan("standard", made)
    assert keys.on_plan("standard") == set()
    keys.remove(made)
    keys.remove(made)
    assert keys.value(made) is None
    assert keys.of_client("acme", "web") == []
    assert not keys.put_on_plan("standard", made)


def test_a_key_that_is_not_on_a_plan_is_off_it_and_one_that_is_on_it_stays(
    client: Any, keys: StageKeys
) -> None:
    """Moto has an error of its own for the first, and none for the second."""

    def refuse(model: Any, **_: Any) -> None:
        codes = {"DeleteUsagePlanKey": "NotFound", "CreateUsagePlanKey": "Conflict"}
        if model.name in codes:
            code = f"{codes[model.name]}Exception"
            raise getattr(client.exceptions, code)({"Error": {"Code": code}}, model.name)

    client.meta.events.register("before-call.api-gateway", refuse)
    keys.take_off_plan("admin", "a")
    assert keys.put_on_plan("standard", "a")


def test_names_that_read_alike_and_other_stages_keys_are_told_apart(
    client: Any, keys: StageKeys
) -> None:
    other_stage = StageKeys(client, "prod-acme", lambda: {})
    mine = keys.make("acme", "b-c", KEY)
    keys.make("acme-b", "c", KEY + "1")
    keys.make("acme", "b-c-d", KEY + "2")
    other_stage.make("b", "c", KEY + "3")
    client.create_api_key(name="nexus-prod-acme-b-c", value=KEY + "4")  # somebody else's
    assert [one.gateway_key_id for one in keys.of_client("acme", "b-c")] == [mine]


def test_a_value_that_is_there_is_tried_again_as_what_an_earlier_try_left(keys: StageKeys) -> None:
    keys.make("acme", "web", KEY)
    with pytest.raises(UpstreamUnavailable):
        keys.make("acme", "web", KEY)


def test_a_stage_without_plans_is_named(client: Any) -> None:
    client.create_usage_plan(name="nexus-prod-standard")
    with pytest.raises(UpstreamRefused, match="Stage prod has no usage plans"):
        plans_by_name(client, "prod")


@pytest.mark.parametrize(
    ("failure", "raised"),
    [
        (ClientError({"Error": {"Code": "TooManyRequestsException"}}, "X"), UpstreamUnavailable),
        (EndpointConnectionError(endpoint_url="x"), UpstreamUnavailable),
        (ClientError({"Error": {"Code": "AccessDeniedException"}}, "X"), UpstreamRefused),
    ],
)
def test_a_failure_is_ours(client: Any, failure: Exception, raised: type[Exception]) -> None:
    keys = StageKeys(client, "prod", lambda: {"standard": "p"})

    def fail(**_: Any) -> None:
        raise failure

    client.meta.events.register("before-call.api-gateway", fail)
    for call in (
        lambda: keys.make("acme", "web", KEY),
        lambda: keys.of_client("acme", "web"),
        lambda: keys.value("a"),
        lambda: keys.remove("a"),
        lambda: keys.put_on_plan("standard", "a"),
        lambda: keys.take_off_plan("standard", "a"),
        lambda: keys.on_plan("standard"),
        lambda: keys.adopt("a"),
    ):
        with pytest.raises(raised):
            call()
