"""The list of sources is read in a terminal of any width."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from cli.commands.connect import sources_table
from nexus.models.sources import SourceStatus
from tests.sources import spec

WHY = "intranet.example is at an address that is not public: if the source may be there, add it."


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_times_stay_whole_and_the_reason_of_a_failure_wraps(width: int) -> None:
    failed = SourceStatus(
        spec(name="m2", kind="web", prefix="m2/"),
        0.0,
        ran_at=1_790_000_000.0,
        report={"added": 120, "changed": 3, "unchanged": 1000, "failed": 2},
        error=WHY,
        failures=3,
    )
    console = Console(file=io.StringIO(), width=width)
    console.print(sources_table([failed]))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "2026-09-21T14:13:20Z" in shown
    states = [line.split("│")[-2].strip() for line in shown.splitlines() if line.startswith("│")]
    # A narrow column folds a long name, and loses nothing of it.
    assert "".join(states).replace(" ", "") == f"failed3×:{WHY}".replace(" ", "")
