import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.failure import Failure
from cli.local.access import credentials
from cli.local.access.credentials import ACCESS_KEY_ID
from cli.local.emulator import start_emulator, was_deployed
from cli.local.layout import Layout, write_json
from cli.local.synthesis import inputs_digest
from cli.stacks import local_session, read_deployment, session_for
from cli.stage_names import stack_names

OUTPUTS = {
    "ApiUrl": "https://abc.execute-api.us-east-1.amazonaws.com/live/",
    "RestApiId": "abc",
    "DocumentsBucket": "documents",
    "CatalogueTable": "catalogue",
    "ConversationsTable": "conversations",
    "ClientsTable": "clients",
    "IngestQueueUrl": "queue",
    "DeadLetterQueueUrl": "dead",
    "StandardPlanId": "plan",
    "AdminPlanId": "admin",
    "AccessFunction": "access:live",
    "ConnectFunction": "connect:live",
    "AuthorizerFunction": "authorizer:live",
    "ChatFunction": "chat:live",
    "DocumentsFunction": "documents:live",
    "IngestFunction": "ingest:live",
    "ReindexFunction": "reindex:live",
    "StreamFunction": "stream:live",
    "BackupsBucket": "snapshots",
    "BackupFunction": "backup:live",
    "ModelsSecret": "secret",
    "ModelsUrl": "http://models",
    "EmbeddingModel": "model",
    "EmbeddingDimension": "384",
    "VectorIndex": "sqlite",
}


class CloudFormation:
    """A session that answers for CloudFormation as AWS does."""

    def __init__(self, stacks: dict[str, dict[str, str]], region: str = "eu-west-1") -> None:
        self.stacks = stacks
        self.region_name = region
        self.meta = self
        self.endpoint_url = (
            "http://127.0.0.1:4566"
            if stack_names("local")[0] in stacks
            else f"https://apigateway.{region}.amazonaws.com"
        )

    def client(self, _name: str) -> Any:
        return self

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        if StackName not in self.stacks:
            message = f"Stack with id {StackName} does not exist"
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks"
            )
        outputs = self.stacks[StackName].items()
        entries = [{"OutputKey": key, "OutputValue": value} for key, value in outputs]
        return {"Stacks": [{"Outputs": entries}]}


def deployed(stage: str, **changes: str | None) -> Any:
    kept = {name: value for name, value in {**OUTPUTS, **changes}.items() if value is not None}
    data, service = stack_names(stage)
    halves = list(kept.items())
    return CloudFormation({data: dict(halves[:6]), service: dict(halves[6:])})


def test_outputs_of_both_stacks_are_read() -> None:
    found = read_deployment("prod", deployed("prod", PineconeHost="https://index"))
    assert found.api_url == "https://abc.execute-api.us-east-1.amazonaws.com/live"
    assert (found.stage, found.region, found.clients_table) == ("prod", "eu-west-1", "clients")
    assert (found.pinecone_host, found.pinecone_secret) == ("https://index", "")


def test_the_local_api_is_reached_through_the_emulator() -> None:
    found = read_deployment("local", deployed("local"))
    assert found.api_url == "http://127.0.0.1:4566/_aws/execute-api/abc/live"


def test_a_stage_that_is_not_deployed_is_said_to_be_so() -> None:
    with pytest.raises(Failure, match="Stage prod is not deployed in eu-west-1: run `nexus deploy"):
        read_deployment("prod", deployed("dev"))


def test_a_missing_output_is_named() -> None:
    with pytest.raises(Failure, match="no output ClientsTable"):
        read_deployment("prod", deployed("prod", ClientsTable=None))


def test_the_local_session_calls_the_emulator_whatever_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "of-the-person")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    made = credentials.renew(Layout(tmp_path), 4601)
    session = local_session(Layout(tmp_path))
    for service in ("s3", "cloudformation", "sqs"):
        assert session.client(service).meta.endpoint_url == "http://127.0.0.1:4601"
    assert session.region_name == "us-east-1"
    used = session.get_credentials()
    assert used is not None
    assert (used.access_key, used.secret_key) == (ACCESS_KEY_ID, made.secret_access_key)


def test_without_a_running_stack_there_is_no_local_session(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="nexus up"):
        session_for("local", Layout(tmp_path))


def test_the_digest_changes_with_what_is_deployed_and_nothing_else(tmp_path: Path) -> None:
    source = tmp_path / "functions" / "chat" / "handler.py"
    source.parent.mkdir(parents=True)
    source.write_text("one")
    before = inputs_digest({"models_url": "a"}, tmp_path)

    (source.parent / "__pycache__").mkdir()
    (source.parent / "__pycache__" / "handler.pyc").write_text("compiled")
    (tmp_path / "README.md").write_text("unrelated")
    assert inputs_digest({"models_url": "a"}, tmp_path) == before

    assert inputs_digest({"models_url": "b"}, tmp_path) != before
    source.write_text("two")
    assert inputs_digest({"models_url": "a"}, tmp_path) != before


def test_the_digest_changes_with_the_agents_that_the_stage_names(tmp_path: Path) -> None:
    stages = {"local": {"agents": "desks"}}
    (tmp_path / "cdk.json").write_text(json.dumps({"context": {"stages": stages}}))
    (tmp_path / "desks").mkdir()
    told = tmp_path / "desks" / "agents.toml"
    told.write_text('title = "Money desk"')
    before = inputs_digest({}, tmp_path)
    told.write_text('title = "Cash desk"')
    after = inputs_digest({}, tmp_path)
    assert after != before
    (tmp_path / "desks" / "fees.py").write_text("pass")
    assert inputs_digest({}, tmp_path) != after


@pytest.mark.parametrize(
    ("statuses", "kept"),
    [
        (("CREATE_COMPLETE", "UPDATE_COMPLETE"), True),
        (("CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"), True),
        (("CREATE_COMPLETE", "ROLLBACK_COMPLETE"), False),
        (("CREATE_COMPLETE", "CREATE_IN_PROGRESS"), False),
        (("CREATE_COMPLETE",), False),
    ],
)
def test_a_saved_state_counts_once_both_stacks_were_deployed(
    tmp_path: Path, statuses: tuple[str, ...], kept: bool
) -> None:
    stacks = {
        f"000000000000\x00us-east-1\x00'{name}'": {"StackName": name, "StackStatus": status}
        for name, status in zip(stack_names("local"), statuses, strict=False)
    }
    layout = Layout(tmp_path)
    saved = {"__ministack_format__": 2, "payload": {"stacks": {"data": stacks}}}
    write_json(layout.state / "cloudformation.json", json.loads(json.dumps(saved)))
    assert was_deployed(layout) is kept


@pytest.mark.parametrize("workers", ["", "0", "-1", "four", "101", "9" * 5000])
def test_a_number_of_workers_that_cannot_be_is_refused_before_anything_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    monkeypatch.setenv("NEXUS_LOCAL_WORKERS", workers)
    with pytest.raises(Failure, match="whole number from 1 to 100"):
        start_emulator(Layout(tmp_path / "local"), tmp_path / "no-python", 4566)
    assert list(tmp_path.iterdir()) == []
