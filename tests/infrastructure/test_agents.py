"""A stage's agents: checked when it is synthesized, and put into the functions' code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cdk import packaging
from cdk.bytecode import Target
from cdk.functions import agents
from cdk.stages import ROOT, Stage, StageError, read_stage
from tests.infrastructure.assembly import configuration

SAMPLE = "cli/local/sample_agents"
TOOL = """
[agents.desk]
description = "Everything."
instructions = "Answer."
model = "gpt-5.4"
tools = ["balance"]
[tools.balance]
url = "https://api.example.edu/"
description = "Fees."
auth = { kind = "bearer", secret = "nexus/finance" }
[network]
hosts = ["api.example.edu"]
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    made = ROOT / ".local" / "test-agents"
    made.mkdir(parents=True, exist_ok=True)
    yield made
    for file in made.iterdir():
        file.unlink()
    made.rmdir()


def stage(where: str) -> Stage:
    return read_stage("local", {**configuration("local"), "agents": where})


def test_a_stage_without_agents_has_nothing_of_them() -> None:
    assert agents.environment(stage("")) == {}
    assert agents.secrets_of(stage("")) == []


def test_the_folder_stands_in_the_functions_code_under_its_own_name() -> None:
    assert agents.environment(stage(SAMPLE)) == {"NEXUS_AGENTS_FOLDER": SAMPLE}
    target = Target("x86_64", "3.13")
    built = packaging.function_code("chat", target, SAMPLE)
    assert (built.path / SAMPLE / "agents.toml").is_file()
    assert built.digest != packaging.function_code("chat", target).digest


def test_secrets_and_models_are_told_to_the_infrastructure(folder: Path) -> None:
    (folder / "agents.toml").write_text(TOOL)
    where = stage(str(folder.relative_to(ROOT)))
    agents._read.cache_clear()
    assert agents.secrets_of(where) == ["nexus/finance"]
    assert agents.models_of(where) == ["gpt-5.4"]


def test_a_wrong_file_fails_the_synthesis_with_its_line(folder: Path) -> None:
    (folder / "agents.toml").write_text(TOOL.replace("description", "descripton", 1))
    agents._read.cache_clear()
    with pytest.raises(StageError, match=r"agents\.toml, line \d+: agents\.desk\.descrip"):
        agents.environment(stage(str(folder.relative_to(ROOT))))
