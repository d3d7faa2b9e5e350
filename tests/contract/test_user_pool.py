"""A stage's people, on moto's Cognito."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from moto import mock_aws

from nexus.adapters.aws.user_pool import CognitoPool
from nexus.errors import Conflict, UpstreamRefused, UpstreamUnavailable


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client(
            "cognito-idp",
            region_name="us-east-1",
            aws_access_key_id="t",
            aws_secret_access_key="t",
        )


@pytest.fixture
def pool(client: Any) -> CognitoPool:
    made = client.create_user_pool(
        PoolName="people",
        UsernameAttributes=["email"],
        Schema=[{"Name": "tenant", "AttributeDataType": "String", "Mutable": True}],
    )["UserPool"]["Id"]
    for group in ("hr", "finance", f"{made}_Okta"):
        client.create_group(UserPoolId=made, GroupName=group)
    return CognitoPool(client, made, "custom:tenant")


def test_somebody_is_made_entered_grouped_stopped_and_removed(pool: CognitoPool) -> None:
    assert pool.find("eve@example.org") is None
    pool.make("eve@example.org")
    eve = pool.find("eve@example.org")
    assert eve is not None
    assert (eve.tenant, eve.enabled, eve.waiting, eve.groups) == ("", True, True, ())
    assert eve.created_at.endswith("Z")
    pool.enter(eve.username, "acme")
    pool.join(eve.username, "hr")
    pool.join(eve.username, "hr")
    pool.join(eve.username, "finance")
    pool.leave(eve.username, "hr")
    pool.enable(eve.username, enabled=False)
    pool.sign_out(eve.username)
    found = pool.find("eve@example.org")
    assert found is not None
    assert (found.tenant, found.enabled, found.groups) == ("acme", False, ("finance",))
    assert [(one.username, one.groups) for one in pool.people()] == [(eve.username, ())]
    assert pool.members("finance") == [eve.username]
    assert pool.members("nobody's") == []
    pool.remove(eve.username)
    pool.remove(eve.username)
    pool.sign_out(eve.username)
    assert pool.find("eve@example.org") is None
    with pytest.raises(Conflict):
        pool.enter(eve.username, "acme")


def test_an_invitation_is_sent_to_the_address_that_was_made_and_makes_nobody(
    client: Any, pool: CognitoPool
) -> None:
    """Moto makes somebody else of it, so that what is asked of Cognito is held."""
    asked: list[dict[str, Any]] = []

    def hold(params: dict[str, Any], **_: Any) -> Any:
        asked.append(json.loads(params["body"]))
        return AWSResponse("", 200, {}, None), {}  # type: ignore[arg-type]

    client.meta.events.register("before-call.cognito-identity-provider.AdminCreateUser", hold)
    pool.invite("eve@example.org")
    [sent] = asked
    del sent["UserPoolId"]
    assert sent == {
        "Username": "eve@example.org",
        "MessageAction": "RESEND",
        "DesiredDeliveryMediums": ["EMAIL"],
    }


def test_an_address_that_is_taken_is_a_conflict(pool: CognitoPool) -> None:
    pool.make("eve@example.org")
    with pytest.raises(Conflict):
        pool.make("eve@example.org")


def test_more_people_than_a_page_holds_are_all_listed(pool: CognitoPool) -> None:
    for number in range(65):
        pool.make(f"p{number}@example.org")
    people = pool.people()
    assert len({one.username for one in people}) == 65
    for one in people:
        pool.join(one.username, "hr")
    assert len(set(pool.members("hr"))) == 65


def test_the_groups_are_those_that_somebody_made(pool: CognitoPool) -> None:
    assert sorted(pool.groups()) == ["finance", "hr"]


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        ("TooManyRequestsException", UpstreamUnavailable),
        ("InternalErrorException", UpstreamUnavailable),
        ("NotAuthorizedException", UpstreamRefused),
    ],
)
def test_a_failure_is_ours(
    client: Any, pool: CognitoPool, code: str, raised: type[Exception]
) -> None:
    status = 500 if code.startswith("Internal") else 400

    def fail(**_: Any) -> None:
        told: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
        raise ClientError(told, "X")

    client.meta.events.register("before-call.cognito-identity-provider", fail)
    for call in (
        lambda: pool.find("a@b"),
        pool.people,
        pool.groups,
        lambda: pool.members("hr"),
        lambda: pool.make("a@b"),
        lambda: pool.invite("u"),
        lambda: pool.enter("u", "acme"),
        lambda: pool.join("u", "hr"),
        lambda: pool.leave("u", "hr"),
        lambda: pool.enable("u", enabled=True),
        lambda: pool.sign_out("u"),
        lambda: pool.remove("u"),
    ):
        with pytest.raises(raised):
            call()
