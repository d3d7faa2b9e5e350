"""The roles of GitHub Actions allow what their jobs do, to one repository, and nothing at large."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdk.stages import ROOT

FILE = ROOT / "deploy" / "github_roles.yaml"
ROLES = ("Deploy", "Smoke", "Diff")
# AWS knows no resource of these: https://docs.aws.amazon.com/service-authorization/latest/reference/
WITHOUT_RESOURCE = {"lambda:GetAccountSettings"}
TOKEN = "token.actions.githubusercontent.com"


def template() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def role(name: str) -> dict[str, Any]:
    return dict(template()["Resources"][name]["Properties"])


def statements(name: str) -> Iterator[dict[str, Any]]:
    for policy in role(name)["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_cfn_lint_finds_nothing_in_them() -> None:
    linter = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([linter, FILE], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)


def test_there_are_these_roles_and_no_other() -> None:
    made = template()["Resources"].items()
    assert {name for name, one in made if one["Type"] == "AWS::IAM::Role"} == set(ROLES)


@pytest.mark.parametrize("name", ROLES)
def test_only_this_repository_takes_on_a_role_and_only_from_its_place(name: str) -> None:
    [trust] = role(name)["AssumeRolePolicyDocument"]["Statement"]
    place = "pull_request" if name == "Diff" else "environment:${Stage}"
    assert trust["Effect"] == "Allow"
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert set(trust["Principal"]) == {"Federated"}
    # Compared as they are: a pattern would let in a repository whose name goes on.
    assert trust["Condition"] == {
        "StringEquals": {
            f"{TOKEN}:aud": "sts.amazonaws.com",
            f"{TOKEN}:sub": {"Fn::Sub": "repo:${Repository}:" + place},
        }
    }


@pytest.mark.parametrize("name", ROLES)
def test_every_action_is_named_whole_and_is_one_of_aws(name: str) -> None:
    known = json.loads(
        (files("cfnlint.data.AdditionalSpecs") / "Policies.json").read_text(encoding="utf-8")
    )
    for statement in statements(name):
        for action in listed(statement["Action"]):
            service, _, operation = action.partition(":")
            assert "*" not in action
            assert operation.lower() in {one.lower() for one in known[service]["Actions"]}, action


@pytest.mark.parametrize("name", ROLES)
def test_every_resource_is_of_this_stage_or_of_the_tags_that_say_so(name: str) -> None:
    for statement in statements(name):
        assert statement["Effect"] == "Allow"
        assert not {"NotAction", "NotResource"} & set(statement)
        for resource in listed(statement["Resource"]):
            if resource == "*":
                assert set(listed(statement["Action"])) <= WITHOUT_RESOURCE
                continue
            text = resource["Fn::Sub"]
            tagged = statement.get("Condition", {}).get("StringEquals", {})
            named = "nexus-${Stage}-" in text or "cdk-" in text or ":apigateway:" in text
            assert named or tagged == {
                "aws:ResourceTag/project": "nexus",
                "aws:ResourceTag/stage": {"Ref": "Stage"},
            }, text


def test_what_nobody_has_reviewed_only_reads_templates() -> None:
    actions = {action for one in statements("Diff") for action in listed(one["Action"])}
    assert actions == {"cloudformation:DescribeStacks", "cloudformation:GetTemplate"}
