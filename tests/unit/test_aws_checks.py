"""What is checked before a deployment: quota, bootstrap, the Python that builds, the keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from cdk.bytecode import interpreter
from cdk.stages import Stage, read_stage
from cli.aws import checks
from cli.aws.account import Account
from cli.findings import Finding
from tests.infrastructure.assembly import configuration

STAGE = replace(
    read_stage("prod", configuration("prod")), pinecone_host="https://a.svc.pinecone.io"
)


class _Lambda:
    """Answers as Lambda does for an account with this quota and these reserved executions."""

    def __init__(self, quota: int, reserved: dict[str, int]) -> None:
        self.quota = quota
        self.reserved = reserved
        self.exceptions = self
        self.ResourceNotFoundException = KeyError

    def get_account_settings(self) -> dict[str, Any]:
        limits = {
            "ConcurrentExecutions": self.quota,
            "UnreservedConcurrentExecutions": self.quota - sum(self.reserved.values()),
        }
        return {"AccountLimit": limits}

    def get_function_concurrency(self, FunctionName: str) -> dict[str, int]:  # noqa: N803
        return {"ReservedConcurrentExecutions": self.reserved[FunctionName]}


class _Refusing:
    """A client that may do nothing."""

    def __getattr__(self, operation: str) -> Any:
        def refuse(**_: Any) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)

        refuse.ParameterNotFound = KeyError  # type: ignore[attr-defined]
        return refuse


class _Account(Account):
    """An account whose clients are given."""

    def client(self, service: str) -> Any:
        return CLIENTS[service]


CLIENTS: dict[str, Any] = {}


def account(**clients: Any) -> Account:
    CLIENTS.clear()
    CLIENTS.update({name.rstrip("_"): client for name, client in clients.items()})
    return _Account(boto3.Session(region_name="eu-west-1"), "1", "eu-west-1", "me")


def quota(limit: int, reserved: dict[str, int], wanted: dict[str, int]) -> Finding:
    [finding] = checks.concurrency(STAGE, account(lambda_=_Lambda(limit, reserved)), wanted)
    return finding


def test_a_new_account_s_ten_executions_are_a_warning_with_the_way_to_more() -> None:
    finding = quota(10, {}, {})
    assert (finding.well, finding.serious) == (False, False)
    assert "request-service-quota-increase" in finding.advice
    assert quota(1000, {}, {}).well


def test_a_reservation_that_lambda_would_refuse_stops_the_deployment() -> None:
    finding = quota(100, {}, {"nexus-prod-chat": 20})
    assert (finding.well, finding.serious) == (False, True)
    assert quota(1000, {"other": 850}, {"nexus-prod-chat": 60}).serious
    # What the stage's own function has reserved already is not needed twice.
    assert quota(1000, {"other": 840, "nexus-prod-chat": 60}, {"nexus-prod-chat": 60}).well


def test_the_bootstrap_is_looked_for_as_the_cdk_does() -> None:
    with mock_aws():
        ssm = boto3.client("ssm", region_name="eu-west-1")
        here = account(ssm=ssm)
        assert checks.bootstrapped(here) == 0
        [finding] = checks.bootstrap(here)
        assert (finding.well, finding.serious) == (False, False)
        ssm.put_parameter(Name=checks.BOOTSTRAP_PARAMETER, Value="21", Type="String")
        assert checks.bootstrapped(here) == 21


def test_what_aws_refuses_to_tell_is_named_and_keeps_no_other_check_from_being_made() -> None:
    with mock_aws():
        ssm = boto3.client("ssm", region_name="eu-west-1")
        findings = list(checks.account_findings(STAGE, account(lambda_=_Refusing(), ssm=ssm)))
    assert [finding.subject for finding in findings] == ["Lambda concurrency", "CDK bootstrap"]
    assert "AccessDenied" in findings[0].detail


def test_a_machine_without_the_functions_python_is_told_before_it_deploys() -> None:
    lacking = checks.builder(replace(STAGE, python_version="3.99"))
    assert (lacking.well, lacking.serious) == (False, True)
    assert "`uv python install 3.99`" in lacking.advice
    interpreter.cache_clear()


def test_the_stage_s_own_faults_are_all_named() -> None:
    stage = replace(STAGE, pinecone_host="", python_version="3.99", chat_model="gpt-4o")
    broken = {finding.subject for finding in checks.stage_findings(stage) if not finding.well}
    assert broken == {"vector index", "Python 3.99 for the functions"}
    interpreter.cache_clear()


def keys(stage: Stage, unset: frozenset[str] | None, *, asks: bool) -> dict[str, tuple[bool, str]]:
    found = checks.upstream_findings(stage, unset, asks)
    return {finding.subject.split()[-1]: (finding.well, finding.detail) for finding in found}


def test_where_each_key_comes_from_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "PINECONE_API_KEY", "RERANK_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    stage = replace(STAGE, rerank_key=True, rerank_url="https://rerank")
    asked = keys(stage, None, asks=True)
    assert len(asked) == 3
    assert {detail for _, detail in asked.values()} == {"will be asked for"}
    assert not any(well for well, _ in keys(stage, None, asks=False).values())
    monkeypatch.setenv("PINECONE_API_KEY", "key")
    some = keys(stage, frozenset({"pinecone_secret"}), asks=False)
    assert some["Pinecone"] == (True, "will be PINECONE_API_KEY's, from the environment")
    assert some["https://rerank"] == (True, "is set")
