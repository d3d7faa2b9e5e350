"""The role for the gateway's logs is the account's: one that is there stays."""

from __future__ import annotations

from typing import Any, cast

import boto3
import pytest
from moto import mock_aws

from cli.failure import Failure
from cli.gateway_logs import POLICY, ROLE, ensure_log_role
from tests.unit.cli_stage import aws_session


class Refused(Exception):
    """What the gateway says of a role that it does not know yet."""


class FakeAws:
    """An account without a role, whose gateway accepts a new one after some refusals."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.role: str | None = None
        self.attached: list[str] = []
        self.trusted = ""
        self.waited = 0.0
        self.exceptions = type("Exceptions", (), {"BadRequestException": Refused})

    def client(self, _service: str) -> FakeAws:
        return self

    def get_account(self) -> dict[str, str]:
        return {"cloudwatchRoleArn": self.role} if self.role else {}

    def update_account(self, patchOperations: list[dict[str, str]]) -> None:  # noqa: N803
        self.refusals -= 1
        if self.refusals >= 0:
            raise Refused("not authorized to assume it")
        self.role = patchOperations[0]["value"]

    def create_role(self, **given: str) -> dict[str, Any]:
        self.trusted = given["AssumeRolePolicyDocument"]
        return {"Role": {"Arn": f"arn:aws:iam::1:role/{given['RoleName']}"}}

    def attach_role_policy(self, **given: str) -> None:
        self.attached.append(given["PolicyArn"])

    def wait(self, seconds: float) -> None:
        self.waited += seconds

    def ensure(self) -> tuple[str, bool]:
        return ensure_log_role(cast(boto3.Session, self), self.wait)


@mock_aws
def test_a_role_that_the_account_has_is_not_touched() -> None:
    theirs = "arn:aws:iam::123456789012:role/theirs"
    gateway = aws_session().client("apigateway")
    gateway.update_account(
        patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": theirs}]
    )
    assert ensure_log_role(aws_session()) == (theirs, False)
    assert gateway.get_account()["cloudwatchRoleArn"] == theirs
    assert aws_session().client("iam").list_roles()["Roles"] == []


def test_an_account_without_one_gets_one_for_the_gateway_alone_and_keeps_it() -> None:
    aws = FakeAws(refusals=2)
    role, made = aws.ensure()
    assert (role, made) == (f"arn:aws:iam::1:role/{ROLE}", True)
    assert aws.role == role
    assert aws.attached == [POLICY]
    assert '"Service": "apigateway.amazonaws.com"' in aws.trusted
    assert aws.waited == 6
    assert aws.ensure() == (role, False)


def test_a_role_that_is_never_accepted_is_told_within_half_a_minute() -> None:
    aws = FakeAws(refusals=1000)
    with pytest.raises(Failure, match=r"does not accept the role .*not authorized"):
        aws.ensure()
    assert aws.waited <= 30
