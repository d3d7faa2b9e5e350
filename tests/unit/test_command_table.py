"""The commands are listed without being imported, and are what the list says of them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from cli.command_table import COMMANDS
from cli.main import app

HEAVY = {"aws_cdk", "boto3", "botocore", "cdk", "fastapi", "numpy", "onnx", "onnxruntime"}


def imported_by(*arguments: str) -> set[str]:
    """The top-level packages that the CLI has imported once it ran a command."""
    program = (
        "import json, sys\n"
        "from cli.main import main\n"
        f"sys.argv = ['nexus', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('\\n' + json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("up", "--help")])
def test_help_imports_no_sdk_no_cdk_and_no_model(arguments: tuple[str, ...]) -> None:
    assert imported_by(*arguments) & HEAVY == set()


def test_asking_imports_aws_s_sdk_and_nothing_else_that_is_heavy() -> None:
    assert imported_by("ask", "--help") & HEAVY <= {"boto3", "botocore"}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_it_says_of_itself(name: str) -> None:
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    assert command.name == name
    said = (command.help or "").partition("\n\n")[0].replace("\n", " ")
    assert said == COMMANDS[name][2]


def test_every_command_is_listed_with_its_help() -> None:
    output = " ".join(CliRunner(env={"COLUMNS": "300"}).invoke(app, ["--help"]).output.split())
    for name, (_, _, said) in COMMANDS.items():
        assert f"{name} {said}" in output


def test_audio_says_that_without_a_file_to_write_nothing_is_heard() -> None:
    shown = CliRunner(env={"COLUMNS": "300"}).invoke(app, ["audio", "--help"]).output
    assert "without it nothing is played or written" in " ".join(shown.split())


def test_an_unknown_command_is_refused_with_one_that_exists() -> None:
    done = CliRunner().invoke(app, ["statsu"])
    assert done.exit_code == 2
    assert "Did you mean 'status'?" in done.output
