"""Whose account and which region a command works in, and the sentence that a wrong one gets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from moto import mock_aws

from cli.aws.account import aws_session, emulated_at, sign_in, variables
from cli.failure import Failure
from cli.stacks import session_for


@pytest.fixture(autouse=True)
def nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    (tmp_path / "config").write_text(
        "[profile asia]\nregion = ap-southeast-3\n"
        "aws_access_key_id = profile\naws_secret_access_key = secret\n"
    )
    return tmp_path


def test_the_region_is_aws_region_then_aws_default_region_then_the_profile_s(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "asia")
    assert session_for("prod").region_name == "ap-southeast-3"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    assert session_for("prod").region_name == "eu-central-1"
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert session_for("prod").region_name == "eu-west-1"


def test_a_region_that_the_stage_pins_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    context = {"stages": {"prod": {"region": "sa-east-1"}}}
    monkeypatch.setattr("cli.aws.chosen.project_context", lambda: context)
    assert session_for("prod").region_name == "sa-east-1"


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({}, "No AWS region is configured: set AWS_REGION."),
        ({"AWS_REGION": ""}, "No AWS region is configured: set AWS_REGION."),
        ({"AWS_REGION": "frankfurt"}, "'frankfurt' is not a region of AWS: correct AWS_REGION."),
        ({"AWS_PROFILE": "gone", "AWS_REGION": "eu-west-1"}, "(gone) could not be found"),
    ],
)
def test_a_wrong_region_or_profile_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], sentence: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Failure) as caught:
        aws_session()
    assert sentence in str(caught.value)


def test_without_credentials_it_says_how_to_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with pytest.raises(Failure, match="`aws sso login`"):
        sign_in()


def test_an_account_that_does_not_answer_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "asia")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(Failure, match="does not answer in ap-southeast-3"):
        sign_in()


def test_another_account_than_the_stage_s_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        assert sign_in(account="123456789012").number == "123456789012"
        with pytest.raises(Failure, match="belongs to account 999999999999, and you are signed in"):
            sign_in(account="999999999999")


def test_another_program_works_in_the_account_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mock_aws():
        account = sign_in("ap-southeast-3")
    given = variables(
        account,
        {
            "AWS_PROFILE": "other",
            "AWS_REGION": "us-east-1",
            "AWS_SESSION_TOKEN": "old",
            "HOME": "/",
        },
    )
    assert given["AWS_REGION"] == given["AWS_DEFAULT_REGION"] == "ap-southeast-3"
    assert (given["HOME"], given["AWS_ACCESS_KEY_ID"]) == ("/", "FOOBARKEY")
    assert "AWS_PROFILE" not in given
    assert given.get("AWS_SESSION_TOKEN") != "old"


@pytest.mark.parametrize("region", ["us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"])
def test_aws_s_own_endpoints_are_not_taken_for_an_emulator(region: str) -> None:
    assert emulated_at(aws_session(region)) == ""


def test_an_endpoint_of_the_environment_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4999")
    assert emulated_at(aws_session("eu-west-1")) == "http://127.0.0.1:4999"
