"""`nexus config` saves a stage's sources without a secret's value, and restores them again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli.connection import Connection
from nexus.connectors.declaring import declare
from nexus.models.sources import SourceSpec
from tests.unit.cli_stage import BUCKET
from tests.unit.test_configuration import connection, edited, exported, refusal, run

__all__ = ["connection"]  # the fixture

WIKI = SourceSpec(
    "acme",
    "wiki",
    "confluence",
    "hr/wiki/",
    {"url": "https://example.atlassian.net/wiki", "space": "HR", "attachments": "false"},
    "nexus/local/sources/wiki",
    (),
    {"hr-team": ("hr", "board"), "all-staff": ()},
    own_rights=True,
)
SITE = SourceSpec("demo", "site", "web", "site/", {"url": "https://www.example.org/"}, "", ("hr",))


@pytest.fixture
def add(connection: Connection) -> Callable[..., None]:
    def added(spec: SourceSpec, **how: Any) -> None:
        found = connection.sources
        declare(
            *(spec, "local", found.registry, found.landing, found.check, 0),
            **{"adopt": False, **how},
        )

    return added


def specs(connection: Connection) -> list[SourceSpec]:
    return [one.spec for one in connection.sources.registry.sources()]


def lose(connection: Connection) -> None:
    for one in specs(connection):
        connection.sources.registry.remove(one.tenant, one.name)


def test_sources_that_were_lost_are_added_as_they_were_and_a_second_import_changes_nothing(
    connection: Connection, tmp_path: Path, add: Callable[..., None]
) -> None:
    add(WIKI)
    add(SITE)
    file = exported(tmp_path)
    lose(connection)
    assert "add --yes" in refusal("import", str(file), "--stage", "local")
    assert specs(connection) == []
    said = run("import", str(file), "--stage", "local", "--yes").stdout
    assert "+ source acme wiki (confluence)" in said
    assert specs(connection) == [WIKI, SITE]
    again = run("import", str(file), "--stage", "local").stdout
    assert "Nothing is to be changed." in again
    assert exported(tmp_path).read_text() == file.read_text()


def test_of_a_secret_the_name_is_saved_and_told_where_there_is_none(
    connection: Connection, tmp_path: Path, add: Callable[..., None]
) -> None:
    secrets = connection.client("secretsmanager")
    secrets.create_secret(Name=WIKI.secret, SecretString="a token that nobody may see")
    add(WIKI)
    file = exported(tmp_path)
    assert WIKI.secret in file.read_text()
    assert "a token" not in file.read_text()
    assert "Secrets Manager" not in run("import", str(file), "--stage", "local").stdout
    secrets.delete_secret(SecretId=WIKI.secret, ForceDeleteWithoutRecovery=True)
    said = run("import", str(file), "--stage", "local").stdout
    assert (
        f"1 secret of sources to be made in Secrets Manager, if not there yet: {WIKI.secret}"
        in (said)
    )


def test_in_another_stage_a_source_s_secret_has_that_stage_s_name(
    connection: Connection, tmp_path: Path, add: Callable[..., None]
) -> None:
    add(WIKI)
    path = edited(
        exported(tmp_path),
        lambda value: (
            value["stage"].update(name="other"),
            value["sources"][0].update(secret="nexus/other/sources/wiki"),
        ),
    )
    lose(connection)
    run("import", path, "--stage", "local", "--yes")
    assert specs(connection) == [WIKI]


def test_a_password_in_a_source_s_address_is_not_exported(
    connection: Connection, tmp_path: Path, add: Callable[..., None]
) -> None:
    url = "https://me:a-token@git.example.org/handbook.git"
    # As one that was added before its kind refused that, or by another version.
    connection.sources.registry.add(replace(SITE, kind="git", options={"url": url}), 0)
    to = tmp_path / "stage.json"
    told = refusal("export", "--stage", "local", "--to", str(to))
    assert "Source site has a password" in told
    assert "a-token" not in told
    assert not to.exists()


def test_a_source_that_differs_or_is_not_in_the_file_is_told_and_stays(
    connection: Connection, tmp_path: Path, add: Callable[..., None]
) -> None:
    add(WIKI)
    file = exported(tmp_path)
    add(SITE)
    path = edited(file, lambda value: value["sources"][0].update(groups=["hr"], prefix="w/"))
    said = run("import", path, "--stage", "local").stdout
    assert "Source acme wiki differs in prefix, groups and stays" in said
    assert "Source demo site is not in the file, and stays." in said
    assert specs(connection) == [WIKI, SITE]


def test_documents_in_a_source_s_folder_are_its_own_only_where_it_is_said_so(
    connection: Connection, tmp_path: Path, add: Callable[..., None]
) -> None:
    add(WIKI)
    add(SITE)
    file = exported(tmp_path)
    lose(connection)
    connection.client("s3").put_object(Bucket=BUCKET, Key="documents/acme/hr/wiki/a.md", Body=b"a")
    told = refusal("import", str(file), "--stage", "local", "--yes")
    assert "Source acme wiki is not added" in told
    assert "--adopt" in told
    assert specs(connection) == [SITE]
    run("import", str(file), "--stage", "local", "--yes", "--adopt")
    assert specs(connection) == [WIKI, SITE]


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (lambda one: one.update(token="x"), "token: is not known"),
        (lambda one: one.pop("options"), "options: is missing"),
        (lambda one: one.update(own_rights="yes"), "own_rights: "),
        (lambda one: one.update(kind="fax"), "no kind of source fax"),
        (lambda one: one["options"].update(colour="red"), "no option colour"),
    ],
)
def test_a_source_that_is_not_understood_changes_nothing(
    connection: Connection,
    tmp_path: Path,
    add: Callable[..., None],
    edit: Callable[[dict[str, Any]], object],
    sentence: str,
) -> None:
    add(WIKI)
    add(SITE)
    file = exported(tmp_path)
    lose(connection)
    path = edited(file, lambda value: edit(value["sources"][0]))
    assert sentence in refusal("import", path, "--stage", "local", "--yes")
    assert specs(connection) == []


def test_a_source_that_is_there_twice_is_told(
    connection: Connection, tmp_path: Path, add: Callable[..., None]
) -> None:
    add(WIKI)
    path = edited(exported(tmp_path), lambda value: value["sources"].append(value["sources"][0]))
    assert "is in the file twice" in refusal("import", path, "--stage", "local", "--yes")


def test_a_file_of_before_has_no_sources_and_is_read(
    connection: Connection, tmp_path: Path
) -> None:
    path = edited(exported(tmp_path), lambda value: value.pop("sources"))
    assert run("import", path, "--stage", "local").exit_code == 0
    assert "sources" not in json.loads(Path(path).read_text())
