"""The stage `aws` needs nobody but AWS: no key, no host, no right and no package of another."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from cdk.stages import StageError, read_stage
from tests.infrastructure.assembly import FUNCTIONS, configuration

STAGE = "aws"
# Bedrock names an open model by who made it; who is asked, and paid, is AWS.
MODELS = {
    *("NEXUS_CHAT_MODEL", "NEXUS_VERIFIER_MODEL", "NEXUS_REWRITE_MODEL", "NEXUS_TONE_MODEL"),
    "NEXUS_MODEL_PRICES",
}
OTHERS = re.compile(r"openai|pinecone|cohere|anthropic|mistral|jina|voyage|azure|google", re.I)
ADDRESS = re.compile(r"https?://[^\s\"']+")
AWS_SERVICES = {
    *("bedrock", "s3vectors", "dynamodb", "s3", "sqs", "sns", "logs", "cloudwatch", "lambda"),
    *("xray", "apigateway", "scheduler", "cognito-idp", "sts", "kms"),
    *("polly", "transcribe"),
}
ACTIONS = {
    "chat": {"s3vectors:ListIndexes", "s3vectors:QueryVectors", "s3vectors:GetVectors"},
    "stream": {"s3vectors:ListIndexes", "s3vectors:QueryVectors", "s3vectors:GetVectors"},
    "ingest": {
        *("s3vectors:ListIndexes", "s3vectors:QueryVectors", "s3vectors:GetVectors"),
        *("s3vectors:PutVectors", "s3vectors:DeleteVectors", "s3vectors:CreateIndex"),
    },
    "backup": {"s3vectors:ListIndexes", "s3vectors:GetVectors"},
    "reindex": {
        *("s3vectors:ListIndexes", "s3vectors:QueryVectors", "s3vectors:GetVectors"),
        *("s3vectors:ListVectors", "s3vectors:DeleteVectors"),
    },
}


def variables(assembly, function: str) -> dict[str, Any]:
    return dict(assembly.function(STAGE, function)["Environment"]["Variables"])


def statements_of(assembly, stack: str) -> list[dict[str, Any]]:
    found = []
    for policy in assembly.resources(STAGE, stack, "IAM::Policy").values():
        found += policy["Properties"]["PolicyDocument"]["Statement"]
    return found


def actions_of(statement: dict[str, Any]) -> list[str]:
    told = statement["Action"]
    return [told] if isinstance(told, str) else list(told)


def is_of_sources(statement: dict[str, Any]) -> bool:
    """Whether a statement is about the secrets of sources, which operators make, if any."""
    return json.dumps(statement["Resource"]).endswith(f':secret:nexus/{STAGE}/sources/*"]]}}')


def test_there_is_no_secret_but_what_operators_make_for_sources(assembly):
    for stack in ("data", "service"):
        assert not assembly.resources(STAGE, stack, "SecretsManager::Secret")
        for statement in statements_of(assembly, stack):
            reads = any(one.startswith("secretsmanager:") for one in actions_of(statement))
            assert reads is is_of_sources(statement)


def test_no_variable_names_another_vendor_or_a_host_of_one(assembly):
    for function in assembly.resources(STAGE, "service", "Lambda::Function").values():
        held = function["Properties"].get("Environment", {}).get("Variables", {})
        for name, value in held.items():
            text = json.dumps(value)
            assert not OTHERS.search(name), name
            assert not (OTHERS.search(text) and name not in MODELS), (name, text)
            assert all("amazonaws" in one for one in ADDRESS.findall(text)), (name, text)


def test_every_right_is_to_a_service_of_aws(assembly):
    for stack in ("data", "service"):
        for statement in statements_of(assembly, stack):
            for action in actions_of(statement):
                is_known = action.partition(":")[0] in AWS_SERVICES
                assert is_known or is_of_sources(statement), action


def test_no_output_and_no_layer_names_another_vendor(assembly):
    assert not [name for name in assembly.outputs(STAGE) if OTHERS.search(name)]
    layers = assembly.resources(STAGE, "service", "Lambda::LayerVersion")
    assert not [name for name in layers if OTHERS.search(name)]


def test_the_functions_ask_bedrock_and_the_vector_bucket(assembly):
    told = variables(assembly, "chat")
    assert (told["NEXUS_MODELS_PROVIDER"], told["NEXUS_VECTOR_INDEX"]) == ("bedrock", "s3vectors")
    bucket = assembly.only(STAGE, "data", "S3Vectors::VectorBucket")
    assert bucket["Properties"]["EncryptionConfiguration"] == {"SseType": "AES256"}
    assert bucket["DeletionPolicy"] == "Retain"
    for function in ("chat", "stream", "documents", "ingest", "reindex", "backup"):
        assert "Fn::Select" in variables(assembly, function)["NEXUS_VECTOR_BUCKET"]


@pytest.mark.parametrize(("role", "expected"), sorted(ACTIONS.items()))
def test_each_function_may_do_with_the_index_what_it_does(assembly, role, expected):
    found = [
        statement
        for statement in assembly.statements(STAGE, role)
        if any(one.startswith("s3vectors:") for one in actions_of(statement))
    ]
    assert {one for statement in found for one in actions_of(statement)} == expected
    for statement in found:
        assert statement["Resource"] != "*"


@pytest.mark.parametrize("role", FUNCTIONS)
def test_a_function_may_ask_the_models_that_it_asks_and_no_others(assembly, role):
    named: set[str] = set()
    for statement in assembly.statements(STAGE, role):
        if any(one.startswith("bedrock:") for one in actions_of(statement)):
            told = statement["Resource"]
            named |= {json.dumps(one) for one in (told if isinstance(told, list) else [told])}
    models = {name for one in named for name in re.findall(r"foundation-model/([^\"]+)", one)}
    stage = configuration(STAGE)
    answering = {stage["chat_model"], stage["verifier_model"], stage["embedding_model"]}
    expected = {"chat": answering, "stream": answering, "audio": answering}
    expected["ingest"] = {stage["embedding_model"]}
    assert models == expected.get(role, set())


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"models_url": "https://api.example.org/v1"}, "models_url"),
        ({"rerank_key": True}, "rerank_key"),
        ({"embedding_model": "text-embedding-3-small"}, "no model's id in Bedrock"),
        ({"chat_model": "us.amazon.nova-lite-v1:0"}, "no model's id in Bedrock"),
        ({"vector_index": "pinecone"}, "upstream_secrets must be true"),
        ({"models_provider": "openai", "models_url": "https://a.b/v1"}, "upstream_secrets"),
        ({"architecture": "host", "python_version": "host"}, "this machine"),
    ],
)
def test_what_does_not_go_together_is_told_before_a_deployment(more, said):
    with pytest.raises(StageError, match=said):
        read_stage(STAGE, {**configuration(STAGE), **more})
