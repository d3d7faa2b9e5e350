"""The commands of docs/aws.md work, here against the local stage, or say why no test runs them."""

from __future__ import annotations

import re
import shlex

import pytest

from cli.local.layout import PROJECT
from tests.e2e.conftest import Deployed

NOT_RUN = "# not run by a test: "
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    text = (PROJECT / "docs" / "aws.md").read_text(encoding="utf-8")
    lines = (line.strip() for block in _BLOCK.findall(text) for line in block.splitlines())
    return [line for line in lines if line]


@pytest.mark.parametrize("command", [line for line in commands() if NOT_RUN not in line])
def test_a_command_that_is_not_marked_works(stack: Deployed, command: str) -> None:
    program, *arguments = shlex.split(command.replace("--stage prod", "--stage local"))
    assert program == ".venv/bin/nexus"
    assert "prod" not in arguments
    stack.nexus(*arguments)


def test_a_command_that_is_marked_says_why() -> None:
    marked = [line for line in commands() if "#" in line]
    assert marked
    assert all(re.search(f"{re.escape(NOT_RUN)}.{{10,}}", line) for line in marked)
