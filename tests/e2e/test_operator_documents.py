"""The commands of the operator's documents work, here at the local stage, or say why not."""

from __future__ import annotations

import re
import shlex

import pytest

from cli.local.layout import PROJECT
from tests.e2e.conftest import Deployed

NOT_RUN = "# not run by a test"
DOCUMENTS = ("aws.md", "operations.md", "releases.md", "scale.md")
_BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Each line of shell, once, document by document."""
    texts = [(PROJECT / "docs" / name).read_text(encoding="utf-8") for name in DOCUMENTS]
    lines = (
        line.strip()
        for text in texts
        for block in _BLOCK.findall(text)
        for line in block.splitlines()
    )
    return list(dict.fromkeys(line for line in lines if line))


@pytest.mark.parametrize("command", [line for line in commands() if NOT_RUN not in line])
def test_a_command_that_is_not_marked_works(stack: Deployed, command: str) -> None:
    program, *arguments = shlex.split(command.replace("--stage prod", "--stage local"))
    assert program == ".venv/bin/nexus"
    assert "prod" not in arguments
    stack.nexus(*arguments)


def test_a_command_that_is_marked_says_why() -> None:
    marked = [line for line in commands() if "#" in line]
    assert marked
    assert all(re.search(rf"{re.escape(NOT_RUN)}( here)?: .{{10,}}", line) for line in marked)
    named = {path for line in marked for path in re.findall(r"tests/[\w/]+\.py", line)}
    assert named
    assert all((PROJECT / path).exists() for path in named)


def test_no_document_for_operators_shows_a_command_where_no_test_looks() -> None:
    for name in DOCUMENTS:
        text = (PROJECT / "docs" / name).read_text(encoding="utf-8")
        fences = re.findall(r"^ *```(\w*)$", text, re.MULTILINE)
        assert set(fences) <= {"sh", "json", "yaml", ""}, name
        assert len(_BLOCK.findall(text)) == fences.count("sh"), name
