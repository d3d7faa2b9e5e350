"""A plan for many objects: flat memory, bounded calls, each page read once, however it is cut."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli.local.layout import PROJECT
from nexus.generations.reindexing import PAGE
from tests.bench.reindex_plan import TENANTS, Plan, plan

OBJECTS = 20 * PAGE + 123
PAGES = 21  # the last one is short


@pytest.fixture(scope="module")
def whole() -> Plan:
    return plan(OBJECTS, pages=1_000_000)


def test_the_number_of_calls_grows_with_the_number_of_pages_and_no_page_is_read_twice(
    whole: Plan,
) -> None:
    calls, items = whole.meter.calls, whole.meter.items
    # One call more finds that there is nothing left.
    assert calls["list objects"] == calls["list records"] == PAGES + 1
    # A page that holds the end of one tenant's documents and the beginning of another's asks twice.
    assert PAGES <= calls["get records"] <= PAGES + len(TENANTS) - 1
    assert items["get records"] == items["head object"] == whole.progress.listed == OBJECTS
    assert calls["send messages"] <= 2 * PAGES


def test_no_call_carries_more_than_a_page(whole: Plan) -> None:
    assert max(whole.meter.largest.values()) <= PAGE


def test_everything_that_differs_is_counted_and_queued_once(whole: Plan) -> None:
    done = whole.progress
    assert done.missing + done.changed + done.unchanged == done.listed == OBJECTS
    assert min(done.missing, done.changed, done.removed) > OBJECTS // 25
    assert whole.meter.items["send messages"] == done.missing + done.changed + done.removed


@pytest.mark.parametrize("pages", [1, 7])
def test_a_run_that_is_cut_up_comes_to_the_same_by_the_same_calls(whole: Plan, pages: int) -> None:
    cut = plan(OBJECTS, pages)
    assert cut.progress == whole.progress
    assert cut.meter.calls == whole.meter.calls
    assert cut.invocations >= 2 * PAGES // pages


def test_memory_stays_flat(tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    command = [sys.executable, "-m", "tests.bench.reindex_plan", "--objects", "100000"]
    subprocess.run([*command, "--json", str(out)], cwd=PROJECT, check=True, capture_output=True)
    # A tenth of the objects, a tenth of the 150 MB that a million may take.
    assert json.loads(out.read_text())["grown_mb"] < 15
