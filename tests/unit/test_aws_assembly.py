"""What a synthesized stage will reserve is read from its template, before it is deployed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3

from cdk.stages import read_stage
from cli.aws.account import Account
from cli.aws.assembly import Assembly
from cli.local.layout import Layout
from tests.infrastructure.assembly import configuration


def test_the_reserved_executions_of_each_function_are_found(tmp_path: Path) -> None:
    functions: list[dict[str, Any]] = [
        {"FunctionName": "nexus-prod-chat", "ReservedConcurrentExecutions": 20},
        {"FunctionName": "nexus-prod-ingest"},
        {"Handler": "of.the.cdk"},
    ]
    resources = {
        f"F{at}": {"Type": "AWS::Lambda::Function", "Properties": one}
        for at, one in enumerate(functions)
    }
    resources["Bucket"] = {"Type": "AWS::S3::Bucket", "Properties": {}}
    template = tmp_path / "nexus-prod-service.template.json"
    template.write_text(json.dumps({"Resources": resources}))
    stage = read_stage("prod", configuration("prod"))
    account = Account(boto3.Session(region_name="eu-west-1"), "1", "eu-west-1", "me")
    made = Assembly(stage, account, tmp_path, Layout(tmp_path))
    assert made.reserved() == {"nexus-prod-chat": 20}
