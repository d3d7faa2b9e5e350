"""The functions as they are deployed: platform, alias, events, environment, logs."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import pytest

from nexus.settings import Settings
from tests.infrastructure.assembly import FUNCTIONS, PINECONE_HOST, configuration

TOKEN = "resolved-by-cloudformation"
EVERYWHERE = {"stage", "log_level"}
MODELS = {"models_url", "models_secret", "embedding_model", "embedding_dimension"}
INDEX = {
    "sqlite": {"vector_index", "sqlite_path"},
    "pinecone": {"vector_index", "pinecone_host", "pinecone_secret"},
    "s3vectors": {"vector_index", "vector_bucket"},
}
TABLES = {
    *("catalogue_table", "conversations_table", "clients_table"),
    *("cache_table", "insights_table"),
}
READS = {
    "chat": MODELS
    | TABLES
    | {
        "chat_model",
        "verifier_model",
        "rewrite_model",
        "chat_api",
        "rerank_url",
        "rerank_model",
        "gate",
        "refuse_below",
    }
    | {"conversation_ttl_h", "cors_origins", "rerank_secret"}
    | {"embedding_timeout_s", "embedding_retries"},
    "documents": {"embedding_model", "embedding_dimension", "documents_bucket", "cors_origins"}
    | (TABLES - {"clients_table"})
    | {"ingest_queue_url"},
    "access": {"clients_table", "cache_table", "insights_table", "cors_origins"},
    "ingest": MODELS | {"documents_bucket", "catalogue_table", "ingest_queue_url", "ocr"},
    "reindex": {"embedding_model", "embedding_dimension", "documents_bucket", "catalogue_table"}
    | {"ingest_queue_url", "reindex_function", "clients_table", "functions"}
    | {"insights_table"},
    "backup": {"embedding_model", "embedding_dimension", "catalogue_table"}
    | {"backups_bucket", "backup_function"},
    "connect": {"documents_bucket", "catalogue_table", "connect_function"},
    "authorizer": {"clients_table", "people_key_id"},
}
READS["stream"] = READS["chat"]
READS["audio"] = READS["chat"] | {
    *("documents_bucket", "audio_function", "transcription_model", "speech_model", "tone_model"),
}
START = {"stream": "functions/chat/run.sh"}
# Where people sign in: what is checked of their tokens, and what ending a sign-in needs.
ENDING = {"oidc_audiences", "oidc_revocation_url", "oidc_session_days"}
SIGN_IN = {
    "authorizer": ENDING | {"oidc_issuer", "oidc_keys_url"},
    "chat": ENDING,
    "access": {"user_pool"},
}


def environ(assembly, stage: str, function: str) -> dict[str, str]:
    variables: dict[str, Any] = assembly.function(stage, function)["Environment"]["Variables"]
    return {k: v if isinstance(v, str) else TOKEN for k, v in variables.items()}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_s_environment_is_settings_and_only_what_it_reads(assembly, stage, function):
    found = environ(assembly, stage, function)
    given = {
        name.removeprefix("NEXUS_").lower() for name in configuration(stage).get("settings", {})
    }
    names = EVERYWHERE | READS[function] | given
    if configuration(stage).get("models_provider") == "bedrock" and "models_url" in names:
        names = names - {"models_url", "models_secret"} | {"models_provider"}
    if function not in ("authorizer", "access", "connect"):
        names |= INDEX[configuration(stage)["vector_index"]]
    if "sign_in" in configuration(stage):
        names |= SIGN_IN.get(function, set())
    if function == "documents" and configuration(stage).get("figures") == "logs":
        names |= {"figures", "metrics_log_groups"}
    assert {name for name in found if name.startswith("NEXUS_")} == {
        f"NEXUS_{name.upper()}" for name in names
    }
    if found.get("NEXUS_OIDC_KEYS_URL") == TOKEN:  # an address, once it is deployed
        found["NEXUS_OIDC_KEYS_URL"] = "https://resolved.by.cloudformation"
    settings = Settings.from_environ(found)
    configured = {**configuration(stage), "pinecone_host": PINECONE_HOST}
    for name in names & set(configured) - {"sqlite_path", "cors_origins"}:
        assert getattr(settings, name) == configured[name], name
    assert settings.stage == stage
    assert found["POWERTOOLS_SERVICE_NAME"] == function


def test_a_request_s_deadline_comes_before_the_gateway_and_lambda_give_it_up(assembly, stage):
    chat = Settings.from_environ(environ(assembly, stage, "chat"))
    assert chat.request_deadline_s + 1 < configuration(stage)["chat_timeout_s"]


def test_reader_and_writer_of_the_index_agree(assembly, stage):
    chat = Settings.from_environ(environ(assembly, stage, "chat"))
    ingest = Settings.from_environ(environ(assembly, stage, "ingest"))
    reindex = Settings.from_environ(environ(assembly, stage, "reindex"))
    documents = Settings.from_environ(environ(assembly, stage, "documents"))
    assert chat.generation == ingest.generation == reindex.generation == documents.generation
    for one in (chat, documents, reindex):
        assert (one.vector_index, one.sqlite_path) == (ingest.vector_index, ingest.sqlite_path)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_runs_its_handler_traced_with_its_own_log(assembly, stage, function):
    properties = assembly.function(stage, function)
    assert properties["FunctionName"] == f"nexus-{stage}-{function}"
    assert properties["Handler"] == START.get(function, f"functions.{function}.handler.handler")
    assert properties["TracingConfig"] == {"Mode": "Active"}
    log = properties["LoggingConfig"]["LogGroup"]["Fn::ImportValue"]
    assert re.search(rf"nexus-{stage}-data:ExportsOutputRefLogs{function.capitalize()}", log)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_aws_stages_run_python_3_13_on_arm_with_snap_start_where_it_is_on(
    assembly, stage, function
):
    properties = assembly.function(stage, function)
    if stage == "local":  # this machine's own
        assert properties["Runtime"] == f"python3.{sys.version_info.minor}"
        return
    assert (properties["Runtime"], properties["Architectures"]) == ("python3.13", ["arm64"])
    snap_start = properties.get("SnapStart") == {"ApplyOn": "PublishedVersions"}
    assert snap_start is (function in configuration(stage)["snap_start"])


def test_only_people_who_wait_are_spared_the_cold_start(stage):
    wanted = ["chat"] if stage in ("staging", "prod") else []
    assert configuration(stage)["snap_start"] == wanted


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_publishes_a_version_and_keeps_the_one_before_for_the_way_back(
    assembly, stage, function
):
    named = f"{function.capitalize()}FunctionCurrentVersion"
    version = assembly.only(stage, "service", "Lambda::Version", named)
    # The nightly run removes it after a day, for it goes on costing what its snapshot costs; one of
    # a deployment that failed goes at once, or the next could not publish the same code again.
    assert version["DeletionPolicy"] == "RetainExceptOnCreate"
    pruned = assembly.function(stage, "reindex")["Environment"]["Variables"]["NEXUS_FUNCTIONS"]
    assert sorted(pruned.split(",")) == sorted(f"nexus-{stage}-{name}" for name in FUNCTIONS)
    alias = assembly.only(stage, "service", "Lambda::Alias", f"{function.capitalize()}Live")
    assert named in json.dumps(alias["Properties"]["FunctionVersion"])


def test_everything_that_calls_a_function_calls_its_alias(assembly, stage):
    aliases = assembly.resources(stage, "service", "Lambda::Alias")
    assert sorted(a["Properties"]["Name"] for a in aliases.values()) == ["live"] * len(FUNCTIONS)
    events = assembly.only(stage, "service", "Lambda::EventSourceMapping")["Properties"]
    function = json.dumps(events["FunctionName"])
    schedule = assembly.only(stage, "service", "Scheduler::Schedule", "Nightly")["Properties"]
    methods = assembly.resources(stage, "service", "ApiGateway::Method").values()
    targets = [m["Properties"]["Integration"] for m in methods]
    proxies = [json.dumps(t["Uri"]) for t in targets if t["Type"] == "AWS_PROXY"]
    assert any(name in json.dumps(schedule["Target"]["Arn"]) for name in aliases)
    assert ":live" in function or any(name in function for name in aliases)
    assert proxies
    assert all(any(name in uri for name in aliases) for uri in proxies)


def test_ingestion_reports_partial_failures_and_is_bounded(assembly, stage):
    events = assembly.only(stage, "service", "Lambda::EventSourceMapping")["Properties"]
    configured = {**configuration(stage), "pinecone_host": PINECONE_HOST}
    assert events["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert events["BatchSize"] == configured["ingest_batch_size"]
    assert events["ScalingConfig"] == {"MaximumConcurrency": configured["ingest_concurrency"]}


@pytest.mark.parametrize(("function", "schedule"), [("reindex", "Nightly"), ("backup", "Backups")])
def test_a_scheduled_run_is_retried_and_kept_if_it_failed(assembly, stage, function, schedule):
    expression = configuration(stage)[f"{function}_schedule"]
    schedules = assembly.resources(stage, "service", "Scheduler::Schedule")
    found = [one["Properties"] for name, one in schedules.items() if name.startswith(schedule)]
    assert [one["ScheduleExpression"] for one in found] == [expression] * bool(expression)
    for one in found:
        assert one["State"] == "ENABLED"
        assert one["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 3
        assert f"{schedule}Failures" in json.dumps(one["Target"]["DeadLetterConfig"])
        assert f"{function.capitalize()}Live" in json.dumps(one["Target"]["Arn"])
    run = assembly.only(stage, "service", "Lambda::EventInvokeConfig", f"{function.capitalize()}")[
        "Properties"
    ]
    assert f"{schedule}Failures" in json.dumps(run["DestinationConfig"]["OnFailure"])
    assert f"{function.capitalize()}Live" in json.dumps(run["Qualifier"])


def test_sources_are_looked_at_every_day_and_failures_are_where_an_alarm_tells_of_them(
    assembly, stage
):
    found = assembly.only(stage, "service", "Scheduler::Schedule", "Connections")["Properties"]
    assert found["ScheduleExpression"] == "cron(0 17 * * ? *)"
    assert "ConnectLive" in json.dumps(found["Target"]["Arn"])
    run = assembly.only(stage, "service", "Lambda::EventInvokeConfig", "Connect")["Properties"]
    for told in (found["Target"]["DeadLetterConfig"], run["DestinationConfig"]["OnFailure"]):
        assert "NightlyFailures" in json.dumps(told)


def test_only_stages_of_aws_that_keep_data_are_backed_up_by_themselves(stage):
    assert bool(configuration(stage)["backup_schedule"]) is (stage in ("staging", "prod"))


def test_the_outputs_that_the_cli_reads_keep_their_names(assembly, stage):
    assert assembly.outputs(stage) >= {
        *("ApiUrl", "RestApiId", "StandardPlanId", "AdminPlanId"),
        *("DocumentsBucket", "CatalogueTable", "ConversationsTable", "ClientsTable"),
        "CacheTable",
        *("IngestQueueUrl", "DeadLetterQueueUrl"),
        *(
            "ChatFunction",
            "DocumentsFunction",
            "IngestFunction",
            "ReindexFunction",
            "AccessFunction",
        ),
        *("VectorIndex", "EmbeddingModel", "EmbeddingDimension"),
        *(() if stage == "aws" else ("ModelsSecret", "ModelsUrl")),
    }


def test_every_function_s_address_is_an_output(assembly, stage):
    outputs = assembly.template(stage, "service")["Outputs"]
    found = {name: one["Value"] for name, one in outputs.items() if name.endswith("Function")}
    assert found == {
        f"{name.capitalize()}Function": f"nexus-{stage}-{name}:live" for name in FUNCTIONS
    }
