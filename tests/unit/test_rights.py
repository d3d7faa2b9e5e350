"""Recorded calls are held against policies as IAM would: names, wildcards, keys, and no guess."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.rights import Grant, Used, covers, explained, grants, missing, recorded, unused

TABLE = "{TablesCatalogue}"


def templates(*statements: dict[str, Any]) -> dict[str, Any]:
    """The stacks of a stage "x" whose chat function has these statements."""
    return {
        "nexus-x-data": {
            "Outputs": {
                "Exported": {
                    "Value": {"Fn::GetAtt": ["TablesCatalogueABCDEF01", "Arn"]},
                    "Export": {"Name": "nexus-x-data:Exported"},
                }
            }
        },
        "nexus-x-service": {
            "Resources": {
                "F": {
                    "Type": "AWS::Lambda::Function",
                    "Properties": {
                        "FunctionName": "nexus-x-chat",
                        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    },
                },
                "P": {
                    "Type": "AWS::IAM::Policy",
                    "Properties": {
                        "Roles": [{"Ref": "Role"}],
                        "PolicyDocument": {"Statement": list(statements)},
                    },
                },
            }
        },
    }


def test_grants_are_every_action_on_every_resource_by_the_name_of_what_it_is() -> None:
    imported = {"Fn::ImportValue": "nexus-x-data:Exported"}
    objects = {"Fn::Join": ["", [imported, "/documents/*"]]}
    found = grants(
        templates(
            {"Effect": "Allow", "Action": ["a:B", "a:C"], "Resource": [imported, objects]},
            {
                "Effect": "Allow",
                "Action": "dynamodb:PutItem",
                "Resource": imported,
                "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["g"]}},
            },
        ),
        "x",
    )
    assert found == {
        *(Grant("chat", action, TABLE) for action in ("a:B", "a:C")),
        *(Grant("chat", action, f"{TABLE}/documents/*") for action in ("a:B", "a:C")),
        Grant("chat", "dynamodb:PutItem", TABLE, ("g",)),
    }


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "Deny"},
        {"NotAction": "a:B"},
        {"Condition": {"StringEquals": {"aws:SourceIp": "1.2.3.4"}}},
        {
            "Condition": {
                "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["g"]},
                "Bool": {"aws:SecureTransport": "true"},
            }
        },
    ],
)
def test_a_statement_that_cannot_be_judged_is_not_guessed(change: dict[str, Any]) -> None:
    statement = {"Effect": "Allow", "Action": "a:B", "Resource": "*", **change}
    with pytest.raises(ValueError, match="cannot judge"):
        grants(templates(statement), "x")


@pytest.mark.parametrize(
    ("grant", "used", "is_covered"),
    [
        (Grant("chat", "s3:GetObject", "{B}/d/*"), Used("chat", "s3:GetObject", "{B}/d/x/y"), True),
        (Grant("chat", "s3:Get*", "{B}/d/*"), Used("chat", "s3:GetObject", "{B}/d/x"), True),
        (Grant("chat", "s3:getobject", "*"), Used("chat", "s3:GetObject", "{B}/d/x"), True),
        (Grant("chat", "s3:GetObject", "{B}/d/?"), Used("chat", "s3:GetObject", "{B}/d/x"), True),
        (Grant("chat", "s3:GetObject", "{B}/d/*"), Used("chat", "s3:GetObject", "{B}/e/x"), False),
        (Grant("chat", "s3:GetObject", "{B}/d/*"), Used("chat", "s3:PutObject", "{B}/d/x"), False),
        (Grant("chat", "s3:GetObject", "{B}"), Used("ingest", "s3:GetObject", "{B}"), False),
        (Grant("chat", "s3:GetObject", "{B}/d.*"), Used("chat", "s3:GetObject", "{B}/dx"), False),
        (Grant("chat", "d:Put", "{T}", ("g",)), Used("chat", "d:Put", "{T}", ("g",)), True),
        (Grant("chat", "d:Put", "{T}", ("g",)), Used("chat", "d:Put", "{T}", ("g", "h")), False),
        (Grant("chat", "d:Put", "{T}"), Used("chat", "d:Put", "{T}", ("h",)), True),
    ],
)
def test_a_grant_covers_what_iam_would_allow(grant: Grant, used: Used, is_covered: bool) -> None:
    assert covers(grant, used) is is_covered
    assert missing([used], [grant]) == (set() if is_covered else {used})
    assert unused([used], [grant]) == (set() if is_covered else {grant})


def test_recorded_calls_are_named_as_the_grants_are(tmp_path: Path) -> None:
    lines = [
        ("nexus-local-chat", "dynamodb:Query", "arn:aws:dynamodb:r:0:table/real/index/i"),
        ("nexus-local-chat", "s3:GetObject", "arn:aws:s3:::bucket/documents/a/table/b"),
        ("nexus-local-ingest", "sqs:SendMessage", "arn:aws:sqs:r:0:queue"),
        ("nexus-local-chat", "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:r:0:s"),
        (
            "nexus-local-backup",
            "lambda:InvokeFunction",
            "arn:aws:lambda:r:0:function:nexus-local-b",
        ),
        ("signed", "s3:PutObject", "arn:aws:s3:::bucket/documents/a"),
        ("nexus-local-chat", "dynamodb:Query", "arn:aws:dynamodb:r:0:table/foreign"),
        ("github-smoke", "dynamodb:Scan", "arn:aws:dynamodb:r:0:table/real"),
    ]
    file = tmp_path / "calls.jsonl"
    file.write_text(
        "".join(
            json.dumps({"function": f, "action": a, "resource": r, "leading_keys": []}) + "\n"
            for f, a, r in lines
        )
    )
    kinds = {
        "TablesCatalogueABCDEF01": ("AWS::DynamoDB::Table", "real"),
        "DocumentsBucketABCDEF01": ("AWS::S3::Bucket", "bucket"),
        "IngestQueueABCDEF01": ("AWS::SQS::Queue", "http://127.0.0.1:4566/0/queue"),
        "ModelsSecretABCDEF01": ("AWS::SecretsManager::Secret", "arn:aws:secretsmanager:r:0:s"),
    }
    resources = [
        {"LogicalResourceId": logical, "ResourceType": kind, "PhysicalResourceId": physical}
        for logical, (kind, physical) in kinds.items()
    ]
    assert recorded(file, resources, "local") == {
        Used("chat", "dynamodb:Query", f"{TABLE}/index/i"),
        Used("chat", "s3:GetObject", "{DocumentsBucket}/documents/a/table/b"),
        Used("ingest", "sqs:SendMessage", "{IngestQueue}"),
        Used("chat", "secretsmanager:GetSecretValue", "{ModelsSecret}"),
        Used("backup", "lambda:InvokeFunction", "arn:aws:lambda:r:0:function:nexus-{stage}-b"),
        Used("documents", "s3:PutObject", "{DocumentsBucket}/documents/a"),
        Used("chat", "dynamodb:Query", "arn:aws:dynamodb:r:0:table/foreign"),
    }


def test_a_grant_is_explained_once(tmp_path: Path) -> None:
    group = {"functions": ["chat"], "actions": ["a:B"], "resources": ["*"], "why": "because"}
    file = tmp_path / "unused.json"
    file.write_text(json.dumps([group]))
    assert explained(file) == {Grant("chat", "a:B", "*"): "because"}
    file.write_text(json.dumps([group, group]))
    with pytest.raises(ValueError, match="explained twice"):
        explained(file)
