"""Least privilege: what each function may do, statement by statement."""

from __future__ import annotations

import json
import re

import pytest

from tests.infrastructure.assembly import CANARIES, FUNCTIONS

XRAY = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
READ = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
WRITE = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"}
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
CONSUME = {
    "sqs:ReceiveMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
}


# Whoever runs first notes which generation is live; no more of the catalogue.
FIRST_GENERATION = (
    'catalogue, {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["generations"]}}'
)


# Never an API key's entry, which is named by a digest alone.
ENDED_SIGN_IN = 'clients, {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["sign-in#*"]}}'


# What callers have spent, without what they asked, which stands beside it.
BUDGETS = 'insights, {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["budget#*"]}}'


# What is said of where documents are brought from.
SOURCES = 'catalogue, {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["sources"]}}'


# Behind the gateway: a new version of these is tried by a tenth of the callers.
RELEASED = ("authorizer", "chat", "documents", "stream")


# The index and the models of a stage that has no other vendor's.
# Where the index is another company's, and asks for a key.
KEYED = ("dev", "staging", "prod")
OF_AWS_ALONE = ("VectorsBucket", ":foundation-model/")


def granted(assembly, stage: str, role: str) -> dict[str, set[str]]:
    """The actions that a role has on each kind of thing, named by a word of its resource."""
    words = {
        "TablesConversations": "conversations",
        "TablesCatalogue": "catalogue",
        "TablesClients": "clients",
        "TablesCache": "cache",
        "TablesInsights": "insights",
        "PineconeSecret": "secrets",
        "ModelsSecret": "secrets",
        "RerankSecret": "secrets",
        ":secret:nexus/": "secrets of sources",
        "IngestQueue": "queue",
        "NightlyFailures": "failures",
        "BackupsFailures": "failures",
        "Logs": "logs",
        "function:nexus-": "functions",
        "::/tags/": "tags",
        "::/apikeys/*": "keys",
        '::/apikeys"': "all keys",
        '::/usageplans"': "plans",
        "Plansstandard": "keys of Plansstandard",
        "Plansadmin": "keys of Plansadmin",
        "SignInPeople": "people",
        '"PeopleKey"': "key of people",
        ":deploymentgroup:": "groups",
        ":transcription-job/": "jobs",
        "DocumentsBucket": "bucket",
        "BackupsBucket": "backups",
    }
    found: dict[str, set[str]] = {}
    for statement in assembly.statements(stage, role):
        assert statement["Effect"] == "Allow"
        actions = statement["Action"]
        actions = {actions} if isinstance(actions, str) else set(actions)
        resources = statement["Resource"]
        for resource in resources if isinstance(resources, list) else [resources]:
            text = json.dumps(resource)
            if resource == "*":
                found.setdefault("*", set()).update(actions)
                continue
            if any(word in text for word in OF_AWS_ALONE):
                continue  # see test_aws_alone.py
            name = next(name for word, name in words.items() if word in text)
            if "audio/*" in text:
                name = "recordings"
            if "documents/*" in text:
                name = "objects"
            if name == "bucket" and "sources/*" in text:
                name = "inventories"
            if name == "functions" and text.rstrip('"]}').endswith(":*"):
                name = "versions"
            if "backups/*" in text:
                name = "snapshots"
            if "Condition" in statement:
                name = f"{name}, {json.dumps(statement['Condition'])}"
            found.setdefault(name, set()).update(actions)
    return found


def test_chat_writes_conversations_and_cache_and_only_reads_the_rest(assembly, stage):
    assert granted(assembly, stage, "chat") == {
        "conversations": {
            *("dynamodb:GetItem", "dynamodb:Query"),
            *("dynamodb:UpdateItem", "dynamodb:BatchWriteItem"),
        },
        "catalogue": READ,
        FIRST_GENERATION: {"dynamodb:PutItem"},
        "clients": {"dynamodb:GetItem"},
        ENDED_SIGN_IN: {"dynamodb:PutItem"},
        "cache": {
            *("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"),
            *("dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"),
        },
        # No right to list what others asked.
        "insights": {
            *("dynamodb:GetItem", "dynamodb:BatchGetItem"),
            *("dynamodb:UpdateItem", "dynamodb:BatchWriteItem"),
        },
        BUDGETS: {"dynamodb:Query"},
        **({} if stage == "aws" else {"secrets": {"secretsmanager:GetSecretValue"}}),
        "logs": LOGS,
        "*": XRAY,
    }


def test_stream_may_do_what_an_answer_needs_and_no_more_than_chat(assembly, stage):
    of_chat = granted(assembly, stage, "chat")
    # It neither ends a sign-in nor lists what callers have spent: those are chat's own routes.
    del of_chat[ENDED_SIGN_IN], of_chat[BUDGETS]
    assert granted(assembly, stage, "stream") == of_chat


def test_audio_may_hear_and_speak_keep_recordings_and_start_itself(assembly, stage):
    speaking = {"polly:SynthesizeSpeech"} if stage != "local" else set()
    hearing = {"transcribe:StartTranscriptionJob"} if stage == "aws" else set()
    jobs = {"jobs": {"transcribe:GetTranscriptionJob", "transcribe:DeleteTranscriptionJob"}}
    assert granted(assembly, stage, "audio") == {
        **granted(assembly, stage, "stream"),
        "recordings": {"s3:GetObject", "s3:PutObject"},
        "functions": {"lambda:InvokeFunction"},
        **(jobs if stage == "aws" else {}),
        "*": XRAY | speaking | hearing,
    }
    assert f"nexus-{stage}-audio:live" in json.dumps(assembly.statements(stage, "audio"))


def test_the_authorizer_looks_one_entry_up_and_reads_the_one_key_of_people(assembly, stage):
    assert granted(assembly, stage, "authorizer") == {
        "clients": {"dynamodb:GetItem"},
        "key of people": {"apigateway:GET"},
        "logs": LOGS,
        "*": XRAY,
    }


def test_documents_changes_the_bucket_and_erases_what_became_of_it(assembly, stage):
    of_metrics = {"cloudwatch:GetMetricData"} if stage != "local" else set()
    of_logs = {"logs:FilterLogEvents"} if stage == "local" else set()
    secrets = {"secrets": {"secretsmanager:GetSecretValue"}} if stage in KEYED else {}
    assert granted(assembly, stage, "documents") == {
        "bucket": {"s3:ListBucket", "s3:ListBucketVersions"},
        "objects": {
            *("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"),
            *("s3:DeleteObject", "s3:DeleteObjectVersion"),
            *("s3:GetObjectTagging", "s3:GetObjectVersionTagging", "s3:PutObjectTagging"),
        },
        "catalogue": READ | WRITE,
        "conversations": {
            *("dynamodb:BatchGetItem", "dynamodb:Query"),
            *("dynamodb:UpdateItem", "dynamodb:BatchWriteItem"),
        },
        "cache": {"dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"},
        "insights": {
            *("dynamodb:BatchGetItem", "dynamodb:Query"),
            *("dynamodb:UpdateItem", "dynamodb:BatchWriteItem"),
        },
        "queue": {"sqs:SendMessage"},
        **secrets,
        "logs": LOGS | of_logs,
        "*": XRAY | of_metrics,
    }


def test_access_makes_this_stage_s_keys_and_people_and_reads_no_document(assembly, stage):
    tagged = {
        of: json.dumps({"StringEquals": {f"aws:{of}Tag/nexus-stage": stage}})
        for of in ("Resource", "Request")
    }
    people = {
        f"cognito-idp:{action}"
        for action in (
            *("AdminGetUser", "AdminListGroupsForUser", "ListUsers", "ListGroups"),
            *("ListUsersInGroup", "AdminCreateUser", "AdminUpdateUserAttributes"),
            *("AdminDeleteUser", "AdminAddUserToGroup", "AdminRemoveUserFromGroup"),
            *("AdminEnableUser", "AdminDisableUser", "AdminUserGlobalSignOut"),
        )
    }
    assert granted(assembly, stage, "access") == {
        "clients": {"dynamodb:Scan"},
        # Entries by their digest alone: nobody's ended sign-in can be taken back.
        leading("clients", "sign-in#person#*"): {"dynamodb:PutItem"},
        leading("clients", "?" * 64): {
            *("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
        },
        leading("cache", "request#*"): {
            *("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"),
        },
        BUDGETS: {"dynamodb:Query"},
        "all keys": {"apigateway:GET"},
        f"all keys, {tagged['Request']}": {"apigateway:POST"},
        f"keys, {tagged['Resource']}": {"apigateway:GET", "apigateway:DELETE"},
        f"tags, {tagged['Request']}": {"apigateway:PUT"},
        "plans": {"apigateway:GET"},
        "keys of Plansstandard": {"apigateway:POST", "apigateway:DELETE"},
        "keys of Plansadmin": {"apigateway:POST", "apigateway:DELETE"},
        **({"people": people} if stage == "local" else {}),
        "logs": LOGS,
        "*": XRAY,
    }


def test_nobody_but_access_makes_keys_or_people(assembly, stage):
    for function in FUNCTIONS:
        statements = json.dumps(assembly.statements(stage, function))
        makes = "apigateway:POST" in statements or "cognito-idp:" in statements
        assert makes is (function == "access")


def leading(table: str, keys: str) -> str:
    return f'{table}, {{"ForAllValues:StringLike": {{"dynamodb:LeadingKeys": ["{keys}"]}}}}'


def test_ingest_reads_documents_and_writes_the_catalogue(assembly, stage):
    assert granted(assembly, stage, "ingest") == {
        "catalogue": READ | WRITE,
        "bucket": {"s3:ListBucket"},
        "objects": {"s3:GetObject", "s3:GetObjectVersion"},
        "queue": CONSUME | {"sqs:SendMessage"},
        **({} if stage == "aws" else {"secrets": {"secretsmanager:GetSecretValue"}}),
        "logs": LOGS,
        "*": XRAY,
    }


def test_reindex_lists_compares_queues_and_continues_only_itself(assembly, stage):
    secrets = {"secrets": {"secretsmanager:GetSecretValue"}} if stage in KEYED else {}
    of_this_stage = {"StringEquals": {"aws:ResourceTag/nexus-stage": stage}}
    assert granted(assembly, stage, "reindex") == {
        **secrets,
        "clients": {"dynamodb:Scan", "dynamodb:DeleteItem"},
        f"keys, {json.dumps(of_this_stage)}": {"apigateway:DELETE"},
        "catalogue": READ | {"dynamodb:Scan"},
        "insights": {"dynamodb:Query", "dynamodb:BatchWriteItem", "dynamodb:DeleteItem"},
        FIRST_GENERATION: {"dynamodb:PutItem"},
        "bucket": {"s3:ListBucket"},
        "objects": {"s3:GetObject"},
        "queue": {"sqs:SendMessage"},
        "failures": {"sqs:SendMessage"},
        "functions": {
            *("lambda:InvokeFunction", "lambda:ListVersionsByFunction", "lambda:GetAlias"),
        },
        "versions": {"lambda:DeleteFunction"},
        "logs": LOGS,
        "*": XRAY,
    }
    itself = f"function:nexus-{stage}-reindex:live"
    assert itself in json.dumps(assembly.statements(stage, "reindex"))


def test_backup_reads_the_catalogue_writes_snapshots_and_continues_only_itself(assembly, stage):
    secrets = {"secrets": {"secretsmanager:GetSecretValue"}}
    assert granted(assembly, stage, "backup") == {
        "catalogue": {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"},
        FIRST_GENERATION: {"dynamodb:PutItem"},
        "snapshots": {"s3:GetObject", "s3:PutObject"},
        "failures": {"sqs:SendMessage"},
        "functions": {"lambda:InvokeFunction"},
        "logs": LOGS,
        "*": XRAY,
        **(secrets if stage in KEYED else {}),
    }
    statements = json.dumps(assembly.statements(stage, "backup"))
    assert f"function:nexus-{stage}-backup:live" in statements
    assert "ModelsSecret" not in statements


def test_connect_fills_the_bucket_and_sees_of_the_catalogue_its_sources_alone(assembly, stage):
    assert granted(assembly, stage, "connect") == {
        "bucket": {"s3:ListBucket"},
        "objects": {"s3:GetObject", "s3:PutObject", "s3:DeleteObject"},
        "inventories": {"s3:GetObject", "s3:PutObject"},
        SOURCES: {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"},
        "secrets of sources": {"secretsmanager:GetSecretValue"},
        "failures": {"sqs:SendMessage"},
        "functions": {"lambda:InvokeFunction"},
        "logs": LOGS,
        "*": XRAY,
    }
    statements = json.dumps(assembly.statements(stage, "connect"))
    assert f"function:nexus-{stage}-connect:live" in statements
    assert f":secret:nexus/{stage}/sources/*" in statements


@pytest.mark.parametrize("stage", CANARIES)
def test_readiness_asks_the_versions_behind_the_gateway_and_tells_codedeploy(assembly, stage):
    assert granted(assembly, stage, "readiness") == {
        "versions": {"lambda:InvokeFunction"},
        "groups": {
            *("codedeploy:GetDeployment", "codedeploy:PutLifecycleEventHookExecutionStatus"),
        },
        "logs": LOGS,
    }
    statements = json.dumps(assembly.statements(stage, "readiness"))
    for function in FUNCTIONS:
        is_released = function in RELEASED
        assert (f"function:nexus-{stage}-{function}:*" in statements) is is_released


@pytest.mark.parametrize("stage", CANARIES)
def test_codedeploy_moves_the_aliases_behind_the_gateway_and_no_other(assembly, stage):
    role = assembly.only(stage, "service", "IAM::Role", "ReleasesRole")["Properties"]
    assert "ManagedPolicyArns" not in role
    [principal] = role["AssumeRolePolicyDocument"]["Statement"]
    assert principal["Principal"] == {"Service": "codedeploy.amazonaws.com"}
    [policy] = role["Policies"]
    found = {}
    for statement in policy["PolicyDocument"]["Statement"]:
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            found[action] = sorted(re.findall(r"nexus-[\w:-]+", json.dumps(statement["Resource"])))
    moved = [f"nexus-{stage}-{one}{end}" for one in RELEASED for end in ("", ":live")]
    assert found == {
        **dict.fromkeys(
            ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"],
            moved,
        ),
        "lambda:InvokeFunction": [f"nexus-{stage}-readiness"],
        "cloudwatch:DescribeAlarms": [],
    }


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_serves_one_function_and_has_no_managed_policy(assembly, stage, function):
    roles = assembly.resources(stage, "service", "IAM::Role")
    role = assembly.function(stage, function)["Role"]["Fn::GetAtt"][0]
    assert f"{function.capitalize()}Role" in role
    assert "ManagedPolicyArns" not in roles[role]["Properties"]


def test_no_policy_of_any_kind_allows_every_action(assembly, stage):
    for stack in ("data", "service"):
        for name, resource in assembly.template(stage, stack)["Resources"].items():
            document = resource.get("Properties", {}).get("PolicyDocument", {})
            for statement in document.get("Statement", []):
                if statement["Effect"] == "Allow":
                    actions = statement["Action"]
                    actions = [actions] if isinstance(actions, str) else actions
                    assert not any("*" in action for action in actions), name


def test_there_is_no_function_but_ours(assembly, stage):
    # CDK's custom resources bring functions with wide permissions of their own.
    names = {
        f["Properties"]["FunctionName"]
        for stack in ("data", "service")
        for f in assembly.resources(stage, stack, "Lambda::Function").values()
    }
    asking = ("readiness",) if stage in CANARIES else ()
    publishing = ("page",) if stage != "local" else ()
    assert names == {f"nexus-{stage}-{name}" for name in (*FUNCTIONS, *asking, *publishing)}
