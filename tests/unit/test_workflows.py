"""The workflows are pinned, may do little, trust no pull request's text, and name what exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.main import get_command

from cli.local.layout import PROJECT
from cli.main import app

FOLDER = PROJECT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
_PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
# What a pull request's author writes, or a person: never a part of a program.
_GIVEN = re.compile(r"\$\{\{")
# Programs of the runner and of POSIX that a step may call beside the project's own.
OF_THE_RUNNER = {"echo", "grep", "head", "printf", "gh", "for", "done", "{", "}"}
_OURS = re.compile(
    r"(?<![\w/])(make|\.ci/run|\.venv/bin/\w+)((?: (?:\"[^\"\n]*\"|'[^'\n]*'|[^|;)>\n])*)?)"
)


def read(file: Path) -> dict[Any, Any]:
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for file in FILES:
        for name, job in read(file)["jobs"].items():
            yield file.name, name, job


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for file, name, job in jobs():
        for at, step in enumerate(job.get("steps", ())):
            yield f"{file}, {name}, {step.get('name', at)}", step


STEPS = dict(steps())
RUNS = {place: step["run"] for place, step in STEPS.items() if "run" in step}


def triggers(file: Path) -> dict[str, Any]:
    # YAML 1.1 reads the word `on` as true.
    found = read(file)[True]
    return found if isinstance(found, dict) else {found: None}


def test_every_action_is_pinned_to_a_commit_with_its_version() -> None:
    used = [
        line.partition("uses: ")[2].strip()
        for file in FILES
        for line in file.read_text(encoding="utf-8").splitlines()
        if "uses: " in line
    ]
    foreign = [one for one in used if not one.startswith("./")]
    assert foreign
    assert [one for one in foreign if not _PINNED.fullmatch(one)] == []
    assert all((PROJECT / one).exists() for one in used if one.startswith("./"))
    by_action: dict[str, set[str]] = {}
    for one in foreign:
        action, _, version = one.partition("@")
        by_action.setdefault("/".join(action.split("/")[:2]), set()).add(version)
    assert all(len(versions) == 1 for versions in by_action.values())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_is_permitted_but_what_a_job_names(file: Path) -> None:
    assert read(file)["permissions"] == {}
    for name, job in read(file)["jobs"].items():
        assert job["permissions"], name
        writes = {what for what, how in job["permissions"].items() if how != "read"}
        assert writes <= {"id-token", "pull-requests", "security-events"}, name


def test_a_job_that_writes_to_a_pull_request_runs_none_of_its_code() -> None:
    for _file, name, job in jobs():
        if job["permissions"].get("pull-requests") == "write":
            assert set(job["permissions"]) == {"pull-requests"}, name
            assert not [step for step in job["steps"] if "uses" in step]


def test_no_workflow_gives_a_pull_request_from_elsewhere_rights_of_this_repository() -> None:
    for file in FILES:
        assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(triggers(file))
    for _file, name, job in jobs():
        if job["permissions"].get("id-token") and "pull_request" in str(job.get("if", "")):
            assert "head.repo.full_name == github.repository" in job["if"], name


def test_no_text_from_outside_becomes_part_of_a_program() -> None:
    assert {place for place, run in RUNS.items() if _GIVEN.search(run)} == set()


def test_no_checkout_leaves_its_token_behind() -> None:
    checkouts = [one for one in STEPS.values() if "checkout" in one.get("uses", "")]
    assert checkouts
    assert all(one["with"]["persist-credentials"] is False for one in checkouts)


def test_every_job_ends_in_time_and_no_stage_is_deployed_twice_at_once() -> None:
    for _file, name, job in jobs():
        assert "uses" in job or job["timeout-minutes"] <= 90, name
    stage = read(FOLDER / "stage.yml")["jobs"]["stage"]["concurrency"]
    assert stage == {"group": "stage-${{ inputs.stage }}", "cancel-in-progress": False}
    assert read(FOLDER / "release.yml")["concurrency"]["cancel-in-progress"] is False


def test_prod_comes_after_staging_and_both_after_the_tests() -> None:
    release = read(FOLDER / "release.yml")["jobs"]
    assert release["staging"]["needs"] == "checks"
    assert release["prod"]["needs"] == "staging"
    assert [release[one]["with"]["stage"] for one in ("staging", "prod")] == ["staging", "prod"]
    assert read(FOLDER / "stage.yml")["jobs"]["stage"]["environment"] == "${{ inputs.stage }}"


def test_a_release_that_is_not_well_is_taken_back_by_the_role_that_may() -> None:
    stage = read(FOLDER / "stage.yml")["jobs"]["stage"]["steps"]
    *_, sign_in, rollback = stage
    assert sign_in["with"]["role-to-assume"] == "${{ vars.DEPLOY_ROLE }}"
    assert sign_in["if"] == rollback["if"] == "failure() && steps.deploy.outcome != 'skipped'"
    names = [step.get("name") for step in stage]
    tried = ["deploy", "doctor", "upload", "ask", "evaluate", "delete", "take it back"]
    assert [name for name in names if name in tried] == tried


def project_commands() -> Iterator[tuple[str, str, list[str]]]:
    """The project's own programs that the steps call, with the arguments of each."""
    for place, run in RUNS.items():
        for program, rest in _OURS.findall(run):
            yield place, program, shlex.split(rest)


def test_every_line_of_a_step_begins_with_a_program_that_exists() -> None:
    for place, run in RUNS.items():
        for line in filter(None, map(str.strip, run.splitlines())):
            word = line.split()[0]
            known = word in OF_THE_RUNNER or re.match(r"(make|\.ci/|\.venv/bin/|\w+=)", word)
            assert known, (place, line)


def test_every_command_of_the_project_that_a_step_calls_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    seen = set()
    for place, program, arguments in project_commands():
        seen.add(program)
        if program == "make":
            assert arguments
            assert set(arguments) <= targets, place
        elif program == ".venv/bin/nexus":
            _is_of_the_cli(place, arguments)
        else:
            assert (PROJECT / program).exists(), (place, program)
    assert {"make", ".ci/run", ".venv/bin/nexus"} <= seen


def _is_of_the_cli(place: str, arguments: list[str]) -> None:
    found: Any = get_command(app)
    context = typer.Context(found)
    given = list(arguments)
    while hasattr(found, "get_command") and given and not given[0].startswith("-"):
        inner = found.get_command(context, given[0])
        if inner is None:
            break
        found, given = inner, given[1:]
    assert found is not get_command(app), (place, arguments)
    if found.name == "cdk":
        return  # what follows is the CDK's own
    known = {option for one in found.params for option in (*one.opts, *one.secondary_opts)}
    assert {one for one in given if one.startswith("--")} <= known, (place, arguments)


def test_dependabot_watches_every_folder_that_pins_packages_and_the_actions() -> None:
    updates = yaml.safe_load((PROJECT / ".github" / "dependabot.yml").read_text())["updates"]
    by_kind = {one["package-ecosystem"]: one for one in updates}
    assert set(by_kind) == {"github-actions", "pip", "npm"}
    locked = {
        file.parent
        for pattern in (
            "web/package-lock.json",
            "cli/**/package-lock.json",
            "tests/**/package-lock.json",
        )
        for file in PROJECT.glob(pattern)
        if "node_modules" not in file.parts
    }
    assert {PROJECT / folder.strip("/") for folder in by_kind["npm"]["directories"]} == locked
    watched = {PROJECT / folder.strip("/") for folder in by_kind["pip"]["directories"]}
    assert all(folder.is_dir() for folder in watched)
    pinned = {
        file.parent
        for pattern in (
            *("*.txt", ".ci/*.txt", "cli/**/*requirements.txt", "layers/**/*.txt"),
            *("tests/front_end/*.txt", "tests/load/*.txt"),
        )
        for file in PROJECT.glob(pattern)
        if "--hash=sha256:" in file.read_text(encoding="utf-8")
    }
    assert pinned == watched


def test_the_audit_reads_every_list_that_is_deployed_or_run() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    audit = makefile.partition("\naudit:")[2].partition("\n\n")[0]
    for file in (
        "requirements.txt",
        ".ci/audit-requirements.txt",
        "cli/local/emulator-requirements.txt",
        "cli/local/models/requirements.txt",
        "tests/load/requirements.txt",
        "layers/dependencies/*.txt",
    ):
        assert file in audit
    assert "--require-hashes" in audit
