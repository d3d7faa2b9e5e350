"""The commands of CONTRIBUTING.md work as they stand there, or say why no test runs them."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cli.local.layout import PROJECT

NOT_RUN = "# not run by a test: "
_BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    lines = (line.strip() for block in _BLOCK.findall(text) for line in block.splitlines())
    return [line for line in lines if line]


@pytest.mark.parametrize("command", [line for line in commands() if NOT_RUN not in line])
def test_a_command_that_is_not_marked_works(command: str) -> None:
    program, *arguments = shlex.split(command, comments=True)
    assert program.startswith(".venv/bin/")
    done = subprocess.run(
        [Path(sys.executable).with_name(Path(program).name), *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_command_that_is_marked_says_why() -> None:
    marked = [line for line in commands() if "# " in line]
    assert marked
    assert all(re.search(f"{re.escape(NOT_RUN)}.{{10,}}", line) for line in marked)
