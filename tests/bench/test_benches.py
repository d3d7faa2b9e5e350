"""A round of each bench as its command runs it: every arm gives a cited, remembered answer.

Both raise where an arm gives none, so that neither they nor what they measure can rot unseen.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from cli.local.layout import PROJECT
from tests.bench import cold_start, observing, overhead, stream_start
from tests.bench.arms import Benches, running_benches
from tests.bench.checking import HISTORY
from tests.bench.reporting import Row


@pytest.fixture(scope="module")
def benches() -> Iterator[Benches]:
    with running_benches(Path(sys.executable)) as running:
        yield running


def _rows(out: Path) -> list[Row]:
    return list(json.loads(out.read_text())["rows"])


def test_a_round_of_cold_starts_answers_in_every_arm(benches: Benches, tmp_path: Path) -> None:
    out = tmp_path / "rows.json"
    cold_start.main(["--rounds", "1", "--json", str(out)], lambda _: nullcontext(benches))
    rows = _rows(out)
    answering = {(row["function"], row["packaging"]) for row in rows if row["x tuned"]}
    packagings = {("chat", way) for way in ("built", "untrimmed", "ordinary")}
    others = {("chat, cached", "built"), ("tuned FastAPI + SDK", "built")}
    langchain = {("LangChain", "untrimmed"), ("LangChain", "ordinary")}
    assert answering == packagings | others | langchain
    of_lambda = [row for row in rows if row["memory MB"]]
    assert len(of_lambda) == 10
    assert all(float(row["peak RSS MB"]) < float(row["memory MB"]) for row in of_lambda)


def test_one_function_is_measured_beside_that_of_another_checkout(
    benches: Benches, tmp_path: Path
) -> None:
    out = tmp_path / "rows.json"
    another = tmp_path / "another"
    another.symlink_to(PROJECT)
    given = ["--rounds", "1", "--json", str(out), "--only", "ingest", "--against", str(another)]
    cold_start.main(given, lambda _: nullcontext(benches))
    rows = _rows(out)
    found = [(row["function"], row["packaging"]) for row in rows]
    assert found == [("bare", "built"), ("ingest", "built"), ("ingest", "another")]
    assert rows[1]["x built"] == 1
    assert float(rows[2]["x built"]) > 0


def test_a_round_of_stream_starts_answers_in_both_arms(benches: Benches, tmp_path: Path) -> None:
    out = tmp_path / "rows.json"
    stream_start.main(["--rounds", "1", "--json", str(out)], lambda _: nullcontext(benches))
    rows = {str(row["function"]): row for row in _rows(out)}
    assert list(rows) == ["chat", "stream"]
    # What a process says of itself as it ends may be cut off.
    assert abs(float(rows["stream"]["calls"]) - float(rows["chat"]["calls"])) <= 1


def test_a_few_warm_requests_answer_in_every_arm(benches: Benches, tmp_path: Path) -> None:
    out = tmp_path / "rows.json"
    overhead.main(["--requests", "1", "--json", str(out)], lambda _: nullcontext(benches))
    rows = _rows(out)
    found = {(row["route"], row["upstream ms"], row["arm"]) for row in rows}
    arms = ("floor", "nexus", "tuned FastAPI + SDK", "LangChain", HISTORY)
    latencies = overhead.LATENCIES_MS
    turns = (overhead.UNCACHED, overhead.FIRST_TURN)
    assert found >= {(route, ms, arm) for route in turns for ms in latencies for arm in arms}
    cached = (overhead.FROM_CACHE, overhead.FIRST_CACHED)
    assert found >= {(route, ms, arm) for route in cached for ms in latencies for arm in arms[:2]}
    assert all(row["CPU ms"] for row in rows if row["arm"] != "floor")
    for other in overhead.COMPARED:
        assert all(row[f"CPU x {other}"] for row in rows if row["arm"] in arms[2:])


def test_a_round_of_observing_answers_in_every_arm(benches: Benches, tmp_path: Path) -> None:
    out = tmp_path / "rows.json"
    given = ["--rounds", "1", "--requests", "2", "--json", str(out)]
    observing.main(given, lambda _: nullcontext(benches))
    rows = _rows(out)
    arms = (observing.SILENT, observing.DEPLOYED, observing.SAMPLED, observing.TRACED)
    assert [(row["question"], row["arm"]) for row in rows] == [
        (lane, arm) for lane in observing.LANES for arm in arms
    ]
    for lane in observing.LANES:
        calls = [float(row["calls"]) for row in rows if row["question"] == lane]
        # Who is observed makes not one call more; what a process ends with may be cut off.
        assert max(calls) - min(calls) < 1
    modules = {str(row["arm"]): float(row["modules"]) for row in rows}
    assert modules[observing.DEPLOYED] <= modules[observing.SILENT] + 5
    assert modules[observing.TRACED] > modules[observing.DEPLOYED] + 50


def test_the_benches_run_what_the_stage_prod_is_given(benches: Benches) -> None:
    chat = benches.ours("chat").environ
    assert chat["NEXUS_STAGE"] == "prod"
    assert chat["NEXUS_CACHE_TABLE"]
    assert chat["NEXUS_VECTOR_INDEX"] == "pinecone"
    assert set(chat) >= set(benches.functions["chat"].variables)
