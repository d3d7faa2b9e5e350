"""`agents.toml`: what is wrong in it is told with its line and field, before it is deployed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from nexus.agents.reading import parse_agents, read_agents
from nexus.errors import ConfigurationError

GOOD = """\
[agents.desk]
description = "Everything."
instructions = "Answer."
tools = ["search_documents", "balance"]

[tools.balance]
url = "https://api.example.edu/students/{student}/balance"
description = "What a student owes."
parameters.student = { type = "string" }
auth = { kind = "bearer", secret = "nexus/finance" }

[network]
hosts = ["api.example.edu"]
"""


def test_a_good_file_is_read() -> None:
    found = parse_agents(GOOD)
    assert list(found.agents) == ["desk"]
    assert found.secrets == ("nexus/finance",)
    assert found.bounds.steps == 8


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[agents.desk]", "[agents.desk", "agents.toml is no TOML"),
        ('"Everything."', "7", "line 2: agents.desk.description"),
        ('instructions = "Answer."', "", "line 1: agents.desk.instructions: field required"),
        ('instructions = "', 'instruct = "x"\ninstructions = "', "line 3: agents.desk.instruct"),
        ('"balance"]', '"balanse"]', "line 4: agents.desk.tools: there is no tool balanse"),
        ('tools = ["search', 'handoffs = ["x"]\ntools = ["search', "line 4: agents.desk.handoffs"),
        ("api.example.edu/st", "api.example.com/st", "line 7: tools.balance.url: api.example.com"),
        ('"https://api', '"ftp://api', "line 7: tools.balance.url"),
        ('kind = "bearer"', 'kind = "basic"', "line 10: tools.balance.auth.kind"),
        ('kind = "bearer"', 'kind = "oauth2"', "oauth2 needs token_url"),
        ('url = "https', 'mcp = "https://x"\nurl = "https', "has one of url, openapi, mcp and"),
        ("[network]", "[network]\nprivate = ['10.0.0.1']", "line 13: network.private"),
        (
            "[agents.desk]",
            'default = "nobody"\n[agents.desk]',
            "line 1: default: there is no agent",
        ),
        ("[agents.desk]", "[agents.auto]", "the name is taken by Nexus"),
        ("[network]", "[bounds]\nsteps = 0\n[network]", "line 13: bounds.steps"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_field(old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigurationError) as raised:
        parse_agents(GOOD.replace(old, new, 1))
    assert said in str(raised.value)


def test_a_file_that_is_named_has_to_stand_beside_it(tmp_path: Path) -> None:
    text = GOOD.replace("[network]", '[tools.more]\npython = "more.py"\n\n[network]')
    (tmp_path / "agents.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=r"line 13: there is no file more\.py"):
        read_agents(tmp_path)
    (tmp_path / "more.py").write_text("")
    assert read_agents(tmp_path).files == ("more.py",)


def test_the_infrastructure_checks_it_in_a_process_of_its_own(tmp_path: Path) -> None:
    def checked() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "nexus.agents.reading", str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    (tmp_path / "agents.toml").write_text(GOOD)
    assert json.loads(checked().stdout)["secrets"] == ["nexus/finance"]
    (tmp_path / "agents.toml").write_text(GOOD.replace("[agents.desk]", "[agents.Desk]"))
    failed = checked()
    assert failed.returncode == 1
    assert "agents.toml, line 1: agents.Desk" in failed.stderr
    own = '[tools.own]\npython = "own.py"\n\n[network]'
    (tmp_path / "agents.toml").write_text(GOOD.replace("[network]", own))
    (tmp_path / "own.py").write_text("import nothing_of_this_name")
    failed = checked()
    assert failed.returncode == 1
    assert "tools.own: own.py cannot be loaded (ModuleNotFoundError)" in failed.stderr
