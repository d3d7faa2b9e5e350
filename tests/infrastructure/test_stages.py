"""A stage's configuration: what it accepts, and the sentence that a mistake gets."""

from __future__ import annotations

import pytest
from aws_cdk import App

from cdk.choosing import check_deployable, project_context, stages_to_deploy
from cdk.data_stack import DataStack
from cdk.functions import chat, ingest
from cdk.stage_faults import LONGEST_REQUEST_S
from cdk.stages import ROOT, StageError, read_stage, read_stages
from nexus import model_settings
from tests.infrastructure.assembly import STAGES, configuration
from tests.infrastructure.conftest import synthesize

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0f1e2d3c-4b5a"
DOMAIN = {"domain_name": "nexus.example.org", "certificate_arn": CERTIFICATE}


def test_every_stage_of_cdk_json_is_read():
    context = {"stages": {name: configuration(name) for name in STAGES}}
    assert [stage.name for stage in read_stages(context.get)] == [
        "local",
        "aws",
        "dev",
        "staging",
        "prod",
    ]


def test_a_context_value_overrides_the_stage_that_is_chosen():
    context = {
        "stages": {name: configuration(name) for name in STAGES},
        "stage": "local",
        "models_url": "http://127.0.0.1:9/v1",
        "standard_burst": "3",
        "cors_origins": "https://a.example, https://b.example",
        "standard_rate": "2",
    }
    [stage] = read_stages(context.get)
    assert stage.models_url == "http://127.0.0.1:9/v1"
    assert stage.standard_burst == 3
    assert stage.cors_origins == ("https://a.example", "https://b.example")
    assert stage.standard_rate == 2.0


def test_functions_with_snap_start_are_named_for_one_deployment_by_a_context_value():
    context = {"stages": {"dev": configuration("dev")}, "snap_start": "chat, documents"}
    [stage] = read_stages(context.get)
    assert stage.snap_start == ("chat", "documents")
    [without] = read_stages({**context, "snap_start": ""}.get)
    assert without.snap_start == ()


def test_only_the_extractive_model_stands_behind_the_stricter_gate():
    stages = [read_stage(name, configuration(name)) for name in STAGES]
    assert {stage.name: stage.gate for stage in stages} == {
        stage.name: "answerable" if stage.chat_model == "extractive" else "off_topic"
        for stage in stages
    }


def test_the_index_file_is_absolute_whatever_the_function_s_folder():
    relative = read_stage("local", configuration("local"))
    assert relative.sqlite_path == str(ROOT / ".local" / "index.sqlite")
    assert read_stage("local", {**configuration("local"), "sqlite_path": "/x/y"}).sqlite_path == (
        "/x/y"
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"chat_memory_mb": "much"}, ["'dev'", "chat_memory_mb", "whole number", "'much'"]),
        ({"chat_memory_mb": 1.5}, ["chat_memory_mb", "whole number"]),
        ({"snap_start": "perhaps"}, ["snap_start", "chat, stream, documents", "'perhaps'"]),
        ({"snap_start": True}, ["snap_start", "list of texts"]),
        ({"snap_start": "true"}, ["snap_start", "list of functions", "'true'"]),
        ({"snap_start": ["chat", "chats"]}, ["snap_start", "'chats'"]),
        ({"snap_start": ["chat"], "python_version": "3.11"}, ["snap_start", "3.12", "'3.11'"]),
        ({"snap_start": ["chat"], "architecture": "host"}, ["snap_start", "this machine"]),
        ({"snap_start": ["chat"], "region": "ap-east-2"}, ["snap_start", "ap-east-2"]),
        ({"architecture": "mips"}, ["architecture", "arm64, x86_64, host", "'mips'"]),
        ({"chat_timeout_s": 30}, ["chat_timeout_s", "1 to 29"]),
        ({"standard_rate": 0}, ["standard_rate", "more than 0"]),
        ({"standard_rate": "nan"}, ["standard_rate"]),
        ({"log_retention_days": 8}, ["log_retention_days", "7, 14"]),
        ({"cors_origins": [1]}, ["cors_origins", "list of texts"]),
        ({"models_url": "api.example"}, ["models_url", "http://"]),
        ({"vector_index": "sqlite"}, ["sqlite_path"]),
        ({"alarm_email": "nobody"}, ["alarm_email", "e-mail address"]),
        ({"gate": "shut"}, ["gate", "off_topic, answerable", "'shut'"]),
        ({"chat_reserved_concurrency": 1001}, ["chat_reserved_concurrency", "0 to 1000"]),
        ({"certificate_arn": CERTIFICATE}, ["certificate_arn", "need a domain_name"]),
        ({"hosted_zone": "Z0123"}, ["hosted_zone", "need a domain_name"]),
        ({"domain_name": "nexus.example.org"}, ["certificate_arn", "ACM"]),
        ({"domain_name": "Nexus.example.org", "certificate_arn": CERTIFICATE}, ["lower case"]),
        ({"domain_name": "*.example.org", "certificate_arn": CERTIFICATE}, ["domain_name"]),
        ({"domain_name": "nexus", "certificate_arn": CERTIFICATE}, ["domain_name"]),
        ({"domain_name": f"{'a' * 64}.org", "certificate_arn": CERTIFICATE}, ["domain_name"]),
        ({"domain_name": "x.example.org", "certificate_arn": "arn:aws:iam::1:x"}, ["ACM"]),
        ({**DOMAIN, "region": "eu-west-1"}, ["certificate_arn", "region eu-west-1"]),
        ({**DOMAIN, "hosted_zone": "example.org"}, ["hosted_zone", "Route 53"]),
        ({**DOMAIN, "architecture": "host"}, ["domain_name", "must be empty"]),
        ({"colour": "red"}, ["'dev'", "no field 'colour'"]),
    ],
)
def test_a_wrong_value_is_told_with_its_stage_and_field(change, words):
    with pytest.raises(StageError) as caught:
        read_stage("dev", {**configuration("dev"), **change})
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert "\n" not in message


def test_a_missing_field_and_an_unknown_stage_are_told():
    values = configuration("dev")
    del values["chat_model"]
    with pytest.raises(StageError, match=r"'dev' lacks the field 'chat_model'"):
        read_stage("dev", values)
    with pytest.raises(StageError, match=r"no stage 'qa'.*dev, prod"):
        read_stages({"stages": {"dev": {}, "prod": {}}, "stage": "qa"}.get)


def test_further_settings_reach_every_function_and_cannot_override_what_the_stage_says():
    app = App()
    given = {"settings": {"NEXUS_TOP_K": "8", "NEXUS_STAGE": "other"}, "rerank_key": True}
    stage = read_stage("dev", {**configuration("dev"), **given})
    data = DataStack(app, stage)
    found = chat.environment(stage, data, "chat")
    assert (found["NEXUS_TOP_K"], found["NEXUS_STAGE"]) == ("8", "dev")
    assert ingest.environment(stage, data)["NEXUS_TOP_K"] == "8"
    assert found["NEXUS_RERANK_SECRET"]
    with pytest.raises(StageError, match="NEXUS_"):
        read_stage("dev", {**configuration("dev"), "settings": {"TOP_K": "8"}})


@pytest.mark.parametrize("seconds", ["30.5", "nan", "soon"])
def test_a_deadline_that_outlives_an_idempotency_key_is_refused_before_it_is_deployed(seconds):
    def staged(seconds):
        given = {"settings": {"NEXUS_REQUEST_DEADLINE_S": seconds}}
        return read_stage("dev", {**configuration("dev"), **given})

    assert LONGEST_REQUEST_S == model_settings.LONGEST_REQUEST_S
    assert staged(f"{LONGEST_REQUEST_S}").settings
    with pytest.raises(StageError, match=r"'dev': NEXUS_REQUEST_DEADLINE_S.* must be "):
        staged(seconds)


HOST = {"pinecone_host": "https://nexus-1a2b.svc.aped-1.pinecone.io"}


def to_deploy(**context: object) -> list[str]:
    return [stage.name for stage in stages_to_deploy({**project_context(), **context}.get)]


def test_one_stage_or_several_are_named_and_none_is_taken_along():
    assert to_deploy(stage="dev", **HOST) == ["dev"]
    assert to_deploy(stage="local, prod", **HOST) == ["local", "prod"]
    assert to_deploy(stage="local") == ["local"]
    for nothing in ({}, {"stage": ""}, {"stage": None}):
        with pytest.raises(StageError) as caught:
            to_deploy(**nothing, **HOST)
        assert str(caught.value) == (
            "Say which stage, with --context stage=NAME: aws or dev or staging or prod."
        )


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pinecone_host": ""}, "pinecone_host is empty"),
        ({"pinecone_host": "nexus-prod"}, "pinecone_host is 'nexus-prod'"),
        ({"pinecone_host": "https://"}, "pinecone_host is 'https://'"),
        ({"pinecone_host": "a b.pinecone.io"}, "pinecone_host is 'a b.pinecone.io'"),
        (
            {"vector_index": "sqlite", "sqlite_path": "/x"},
            "vector_index must be s3vectors or pinecone",
        ),
    ],
)
def test_a_stage_whose_index_lambda_cannot_reach_is_not_synthesized(name, change, words):
    with pytest.raises(StageError) as caught:
        to_deploy(stage=name, **{**HOST, **change})
    message = str(caught.value)
    assert message.startswith(f"Stage {name!r}: {words}")
    assert "\n" not in message


@pytest.mark.parametrize(
    "host", [HOST["pinecone_host"], "nexus-1a2b.svc.pinecone.io", "http://127.0.0.1:5081"]
)
def test_a_host_is_one_with_or_without_its_scheme(host):
    check_deployable(read_stage("dev", {**configuration("dev"), "pinecone_host": host}))


def test_the_app_itself_refuses_before_it_builds_anything(tmp_path):
    done = synthesize(tmp_path, stage="prod", pinecone_host="")
    assert done.returncode == 1
    assert done.stderr.startswith("Stage 'prod': pinecone_host is empty: put the host")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_cdk_json_that_cannot_be_read_is_one_sentence(tmp_path):
    file = tmp_path / "cdk.json"
    with pytest.raises(StageError, match="cannot be read"):
        project_context(file)
    for text in ("{", "[]", "{}", '{"context": 1}'):
        file.write_text(text)
        with pytest.raises(StageError, match="is not JSON with a `context`"):
            project_context(file)
