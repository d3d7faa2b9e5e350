"""The load that is run by hand works: for some seconds, of few askers, and without a stopwatch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from cli.local.layout import PROJECT


def test_some_people_ask_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    found = tmp_path / "found.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.load", "--smoke", "--json", found],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [row] = json.loads(found.read_text(encoding="utf-8"))["rows"]
    assert row["asked"] >= 10
    assert (row["lost"], row["not remembered"]) == (0, 0)
    # Both the wire and the workers were there: no answer came from a cache or a refusal alone.
    assert row["written by the model"] >= row["asked"] / 2
    assert row["workers"] >= 1
