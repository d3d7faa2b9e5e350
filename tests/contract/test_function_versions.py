"""The versions of functions, in memory and at Lambda (moto's, which publishes as Lambda does)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import boto3
import pytest
from moto import mock_aws

from nexus.adapters.aws.function_versions import LambdaVersions
from nexus.errors import Superseded, UpstreamError
from nexus.ports import FunctionVersions
from tests.fakes import FakeVersions

NAME = "nexus-local-chat"


@dataclass
class Stage:
    versions: FunctionVersions
    publish: Callable[[], int]


@pytest.fixture(params=["fake", "lambda"])
def stage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    if request.param == "fake":
        fake = FakeVersions()
        yield Stage(fake, lambda: fake.publish(NAME))
        return
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield at_lambda()


def code(number: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("handler.py", f"# {number}")
    return content.getvalue()


def at_lambda() -> Stage:
    session = boto3.Session(region_name="us-east-1")
    client = session.client("lambda")
    trust = {"Version": "2012-10-17", "Statement": []}
    role = session.client("iam").create_role(
        RoleName="r", AssumeRolePolicyDocument=json.dumps(trust)
    )["Role"]["Arn"]
    client.create_function(
        FunctionName=NAME,
        Role=role,
        Runtime="python3.13",
        Handler="handler.handler",
        Code={"ZipFile": code(0)},
    )
    numbers: list[int] = []

    def publish() -> int:
        client.update_function_code(FunctionName=NAME, ZipFile=code(len(numbers) + 1))
        number = client.publish_version(FunctionName=NAME)["Version"]
        if numbers:
            client.update_alias(FunctionName=NAME, Name="live", FunctionVersion=number)
        else:
            client.create_alias(FunctionName=NAME, Name="live", FunctionVersion=number)
        numbers.append(int(number))
        return numbers[-1]

    return Stage(LambdaVersions(client), publish)


def numbers(stage: Stage) -> list[int]:
    return [one.number for one in stage.versions.published(NAME)]


def test_versions_are_told_the_oldest_first_and_without_the_latest(stage: Stage) -> None:
    made = [stage.publish() for _ in range(11)]
    assert numbers(stage) == made == sorted(made)
    assert stage.versions.live(NAME) == made[-1]


def test_callers_get_the_version_that_they_are_pointed_to(stage: Stage) -> None:
    first, second = stage.publish(), stage.publish()
    stage.versions.point(NAME, first, second)
    assert stage.versions.live(NAME) == first
    with pytest.raises(Superseded):
        stage.versions.point(NAME, first, second)


def test_a_removed_version_is_gone_and_the_live_one_stays(stage: Stage) -> None:
    first, second = stage.publish(), stage.publish()
    stage.versions.remove(NAME, first)
    assert numbers(stage) == [second]
    assert stage.versions.live(NAME) == second


def test_what_is_not_there_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        versions = LambdaVersions(boto3.client("lambda", region_name="us-east-1"))
        with pytest.raises(UpstreamError):
            versions.live("missing")
