"""Every command that the CLI advises exists, with the options that it is advised with."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
from pathlib import Path

import botocore.session
import pytest
import typer
from botocore import xform_name
from typer.main import get_command

from cdk.bytecode import uv
from cli.local.layout import PROJECT
from cli.main import app

SOURCES = [*(PROJECT / "cli").rglob("*.py"), PROJECT / "cdk" / "choosing.py"]
_COMMAND = re.compile(r"`((?:\w+=\S+ )?(?:nexus|aws|make|uv) [^`]+)`")


def texts(source: Path) -> list[str]:
    """What a file may say, without its docstrings, and with X for what is put in."""
    found = []
    tree = ast.parse(source.read_text(encoding="utf-8"))
    documented = [one for one in ast.walk(tree) if isinstance(one, ast.Expr)]
    docstrings = {id(one.value) for one in documented if isinstance(one.value, ast.Constant)}
    for node in ast.walk(tree):
        if id(node) in docstrings:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "X" for part in node.values]
            found.append("".join(str(part) for part in parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return found


ADVISED = sorted(
    {
        " ".join(command.split())
        for source in SOURCES
        for text in texts(source)
        for command in _COMMAND.findall(text)
        if "…" not in command
    }
)


def test_commands_are_advised() -> None:
    programs = {command.split()[0] for command in ADVISED}
    assert programs == {"nexus", "aws", "make", "uv"}
    assert len(ADVISED) > 20


@pytest.mark.parametrize("command", [one for one in ADVISED if one.startswith("nexus ")])
def test_an_advised_nexus_command_has_what_it_is_advised_with(command: str) -> None:
    found, words = get_command(app), shlex.split(command)[1:]
    while words and isinstance(found, typer.core.TyperGroup):
        name = words.pop(0)
        assert name in found.commands, command
        found = found.commands[name]
    if found.name == "cdk":
        assert words[0] in ("bootstrap", "diff", "deploy", "gc")
        return
    known = {option for one in found.params for option in (*one.opts, *one.secondary_opts)}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known, command


@pytest.mark.parametrize("command", [one for one in ADVISED if one.startswith("aws ")])
def test_an_advised_aws_command_is_an_operation_with_these_parameters(command: str) -> None:
    if command in ("aws configure", "aws sso login"):  # of the AWS CLI itself
        return
    _, service, operation, *words = shlex.split(command)
    model = botocore.session.Session().get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(operations[operation]).input_shape
    assert shape
    known = {xform_name(name, "-") for name in shape.members}
    options = {word.removeprefix("--").removeprefix("no-") for word in words if word[:2] == "--"}
    assert options <= known, command


@pytest.mark.parametrize("command", [one for one in ADVISED if one.startswith("make ")])
def test_an_advised_target_of_make_exists(command: str) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{command.split()[1]}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("command", [one for one in ADVISED if one.startswith("uv ")])
def test_an_advised_command_of_uv_exists(command: str) -> None:
    words = [word for word in shlex.split(command)[1:] if word != "X"]
    asked = subprocess.run([uv(), "help", *words], capture_output=True, check=False)
    assert asked.returncode == 0, asked.stderr
