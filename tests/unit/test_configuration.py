"""`nexus config`: a stage is saved without any key, and restored from the file as it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws
from typer.testing import CliRunner, Result

from cli.commands import configuration as commands
from cli.configuration_file import configuration_text, read_configuration
from cli.connection import Connection
from cli.failure import Failure
from cli.local.layout import PROJECT
from cli.project_stages import replaced
from nexus.errors import NexusError
from nexus.models import ApiClient, Budget, Filters, Principal
from tests.fakes import FakeClients
from tests.unit.cli_stage import deployment, give_access, sources_of, stage
from tests.unit.test_cli_keys import deployed_anew

CDK_JSON = (PROJECT / "cdk.json").read_text(encoding="utf-8")
STAGES: dict[str, dict[str, Any]] = json.loads(CDK_JSON)["context"]["stages"]
SECRET = "sk-an-upstream-s-key-that-nobody-may-see"
FAR = 4_000_000_000
_names = st.text("abcdefghij0123456789", min_size=1, max_size=12)
_principals = st.builds(
    Principal,
    tenant=_names,
    client=_names,
    role=st.sampled_from(["user", "admin"]),
    plan=st.sampled_from(["standard", "admin"]),
    filters=st.builds(
        Filters,
        departments=st.lists(_names, max_size=2).map(tuple),
        tags=st.lists(_names, max_size=2).map(tuple),
        date_from=st.sampled_from([None, "2026-01-31"]),
        document_ids=st.lists(_names, max_size=2).map(tuple),
    ),
    groups=st.lists(_names | st.just("*"), max_size=2, unique=True).map(tuple),
    expires_at=st.none() | st.integers(2_000_000_000, FAR),
    budget=st.sampled_from([None, Budget(requests_day=9), Budget(0, dollars_month=0.25)]),
)


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Connection]:
    monkeypatch.setenv("NEXUS_LOCAL_DIR", str(tmp_path / "local"))
    file = tmp_path / "cdk.json"
    file.write_text(CDK_JSON, encoding="utf-8")
    with mock_aws():
        made = deployed_anew(stage())
        secrets = made.client("secretsmanager")
        arns = {
            f"{name}_secret": secrets.create_secret(Name=f"{name}-Secret", SecretString=SECRET)[
                "ARN"
            ]
            for name in ("models", "rerank")
        }
        made = Connection(made.stage, made.session, replace(made.deployment, **arns))
        made.__dict__["operator"] = _operator()
        made.__dict__["sources"] = sources_of(made)
        give_access(made)
        monkeypatch.setattr(commands, "CDK_JSON", file)
        monkeypatch.setattr(commands, "connect", lambda _stage: made)
        monkeypatch.setattr(commands, "_reached", lambda _stage: (made, ""))
        yield made


def _operator() -> Any:
    with mock_aws():
        return stage().operator


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands.app, list(arguments), env={"COLUMNS": "200"})


def refusal(*arguments: str) -> str:
    result = run(*arguments)
    assert isinstance(result.exception, (Failure, NexusError)), result.output
    return str(result.exception)


def exported(tmp_path: Path) -> Path:
    file = tmp_path / "stage.json"
    assert run("export", "--stage", "local", "--to", str(file)).exit_code == 0
    return file


def edited(file: Path, edit: Callable[[dict[str, Any]], object]) -> str:
    value = json.loads(file.read_text(encoding="utf-8"))
    edit(value)
    file.write_text(json.dumps(value), encoding="utf-8")
    return str(file)


def test_a_lost_stage_is_restored_and_a_second_import_changes_nothing(
    connection: Connection, tmp_path: Path
) -> None:
    limited = Filters(departments=("Finance",), tags=("public",))
    old, _ = connection.access.keys.create("acme", "web", "user", limited, days=30)
    connection.access.keys.create("acme", "boss", "admin")
    connection.access.keys.rotate("acme", "boss", 7)
    file = exported(tmp_path)
    before = file.read_text(encoding="utf-8")
    connection.__dict__["operator"] = replace(connection.operator, clients=FakeClients())
    give_access(connection)
    less = {name: value for name, value in STAGES["local"].items() if name != "settings"}
    less |= {"log_level": "DEBUG", "alarm_email": "a@example.com"}
    commands.CDK_JSON.write_text(replaced(CDK_JSON, "local", less), encoding="utf-8")

    assert "add --yes" in refusal("import", str(file), "--stage", "local")
    assert not list(connection.operator.clients.list_clients())
    said = run("import", str(file), "--stage", "local", "--yes").stdout
    assert '- log_level: "DEBUG"\n+ log_level: "INFO"' in said
    assert "- alarm_email" in said
    made = [line.split(": ")[1] for line in said.splitlines() if ": nx_" in line]
    assert len(made) == 2
    assert old not in made
    assert all(connection.access.entering.known(key) for key in made)
    assert all(key not in before for key in made)
    assert json.loads(commands.CDK_JSON.read_text())["context"]["stages"] == STAGES

    written = commands.CDK_JSON.read_bytes()
    again = run("import", str(file), "--stage", "local")
    assert again.exit_code == 0
    assert "Nothing is to be changed." in again.stdout
    assert "nx_" not in again.stdout
    assert commands.CDK_JSON.read_bytes() == written
    assert exported(tmp_path).read_text(encoding="utf-8") == before


@settings(deadline=None, max_examples=60)
@given(
    who=st.lists(_principals, max_size=6, unique_by=lambda one: (one.tenant, one.client)),
    name=st.sampled_from(sorted(STAGES)),
    data=st.data(),
)
def test_no_key_and_no_hash_is_ever_in_the_file_and_what_is_comes_back(
    who: list[Principal], name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    hexes = st.text("0123456789abcdef", min_size=64, max_size=64)
    entries = [
        ApiClient(data.draw(hexes), f"gateway{n:09}id", one, "2026-01-01T00:00:00Z")
        for n, one in enumerate(who)
    ]
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:Models-1A-AbCdEf"
    text = configuration_text(name, STAGES[name], deployment(models_secret=arn), entries, [], 0)
    for entry in entries:
        assert entry.key_hash not in text
        assert entry.gateway_key_id not in text
    file = tmp_path_factory.mktemp("any") / "stage.json"
    file.write_text(text, encoding="utf-8")
    read = read_configuration(file)
    assert read.stage.fields == STAGES[name]
    asks_for_a_key = STAGES[name].get("models_provider") != "bedrock"
    assert [one.name for one in read.secrets][:1] == ["Models-1A"] * asks_for_a_key
    by_name = sorted(who, key=lambda one: (one.tenant, one.client))
    assert read.principals() == by_name


def test_no_secret_s_value_is_in_the_file_and_its_name_is(
    connection: Connection, tmp_path: Path
) -> None:
    key, entry = connection.access.keys.create("acme", "web", "user")
    text = exported(tmp_path).read_text(encoding="utf-8")
    assert not [one for one in (key, entry.key_hash, entry.gateway_key_id, SECRET) if one in text]
    assert [one["name"] for one in json.loads(text)["secrets"]] == [
        "models-Secret",
        "rerank-Secret",
    ]


@pytest.mark.parametrize("address", ["https://me:pass@models.example/v1", "https://t0ken@x/v1"])
def test_a_password_in_an_address_is_not_exported(
    connection: Connection, tmp_path: Path, address: str
) -> None:
    fields = {**STAGES["local"], "models_url": address}
    commands.CDK_JSON.write_text(replaced(CDK_JSON, "local", fields), encoding="utf-8")
    to = tmp_path / "stage.json"
    assert "password" in refusal("export", "--stage", "local", "--to", str(to))
    assert not to.exists()


_WRONG: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda v: v.update(version=2), "is not of version 1"),
    (lambda v: v.update(agents=[]), "agents: is not known"),
    (lambda v: v.pop("clients"), "clients: is missing"),
    (lambda v: v["clients"][0].pop("filters"), "filters: is missing"),
    (lambda v: v["clients"][0]["filters"].update(owner="x"), "owner: is not known"),
    (lambda v: v["clients"][0]["filters"].update(tags="x"), "tags: "),
    (lambda v: v["clients"][0]["filters"].update(date_to="May"), "date_to: "),
    (lambda v: v["clients"][0].update(key="nx_1"), "key: is not known"),
    (lambda v: v["clients"][0].update(role="root"), "role: "),
    (lambda v: v["clients"][0].update(expires_at="soon"), "expires_at: "),
    (lambda v: v["clients"][0].update(tenant="A/b"), "A tenant is 1 to 64"),
    (lambda v: v["clients"][0].update(client="a/b"), "A client's name"),
    (lambda v: v["clients"].append(v["clients"][0]), "twice"),
    (lambda v: v["stage"]["fields"].update(colour="red"), "no field 'colour': correct it in the"),
    (lambda v: v["stage"]["fields"].update(chat_memory_mb="much"), "must be a whole number"),
    (lambda v: v["stage"]["fields"].pop("log_level"), "lacks the field 'log_level' in the file"),
    (lambda v: v["stage"].update(name="dev", fields=STAGES["dev"]), "not of one kind"),
]


@pytest.mark.parametrize(("edit", "sentence"), _WRONG, ids=[words for _, words in _WRONG])
def test_a_file_that_is_not_understood_changes_nothing(
    connection: Connection,
    tmp_path: Path,
    edit: Callable[[dict[str, Any]], object],
    sentence: str,
) -> None:
    connection.access.keys.create("acme", "web", "user")
    file = exported(tmp_path)
    connection.__dict__["operator"] = replace(connection.operator, clients=FakeClients())
    give_access(connection)
    assert sentence in refusal("import", edited(file, edit), "--stage", "local", "--yes")
    assert commands.CDK_JSON.read_text(encoding="utf-8") == CDK_JSON
    assert not list(connection.operator.clients.list_clients())


def test_a_client_that_differs_is_told_and_stays(connection: Connection, tmp_path: Path) -> None:
    connection.access.keys.create("acme", "web", "user")
    connection.access.keys.create("acme", "more", "user")
    file = exported(tmp_path)

    def edit(value: dict[str, Any]) -> None:
        value["clients"][1].update(role="admin", plan="admin")
        value["clients"][0].update(client="gone", expires_at="2020-01-01T00:00:00Z")

    before = list(connection.operator.clients.list_clients())
    said = run("import", edited(file, edit), "--stage", "local").stdout
    assert "acme web differs in role, plan and stays" in said
    assert "acme gone ended 2020-01-01T00:00:00Z: no key is made." in said
    assert "acme more is not in the file, and stays." in said
    assert list(connection.operator.clients.list_clients()) == before


def test_secrets_that_are_not_set_are_named(connection: Connection, tmp_path: Path) -> None:
    file = exported(tmp_path)
    assert "still to be set" not in run("import", str(file), "--stage", "local").stdout
    connection.client("secretsmanager").put_secret_value(
        SecretId=connection.deployment.rerank_secret, SecretString="unset"
    )
    said = run("import", str(file), "--stage", "local").stdout
    assert "1 secret still to be set" in said
    assert "the reranker at" in said
    assert "`nexus secrets --stage local`" in said


def test_a_stage_that_is_not_deployed_gets_its_entry_and_is_told_of_its_clients(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.access.keys.create("acme", "web", "user")
    file = exported(tmp_path)
    monkeypatch.setattr(commands, "_reached", lambda _stage: (None, "Stage x is not deployed."))
    path = edited(file, lambda value: value["stage"]["fields"].update(log_level="DEBUG"))
    sentence = refusal("import", path, "--stage", "local", "--yes")
    assert sentence.endswith("Stage x is not deployed. Then import again.")
    stages = json.loads(commands.CDK_JSON.read_text())["context"]["stages"]
    assert stages["local"]["log_level"] == "DEBUG"


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    name=st.sampled_from([*sorted(STAGES), "new"]),
    left=st.sets(st.sampled_from(sorted(STAGES["prod"]))),
    more=st.dictionaries(_names, st.lists(_names, max_size=2) | st.integers(), max_size=3),
)
def test_another_entry_leaves_all_other_lines_of_the_file_as_they_are(
    name: str, left: set[str], more: dict[str, Any]
) -> None:
    fields = {key: value for key, value in STAGES["prod"].items() if key not in left} | more
    text = replaced(CDK_JSON, name, fields)
    value = json.loads(CDK_JSON)
    value["context"]["stages"][name] = fields
    assert json.loads(text) == value
    assert replaced(text, name, fields) == text
    if name in STAGES:
        assert replaced(CDK_JSON, name, STAGES[name]) == CDK_JSON
