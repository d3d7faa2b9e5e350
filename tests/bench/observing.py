"""Measures what metrics and spans cost: processor time of a warm question, and of a cold start.

    python -m tests.bench.observing [--rounds 20] [--requests 30] [--python PATH] [--json OUT]

The chat function as `cdk` gives it to `prod` runs in four ways, in turn in every round: `silent`,
in which the modules that record metrics and spans do nothing (`silent/`); `deployed`, with metrics
and without a collector; and with the layer `traces` and a collector on loopback: `sampled`, the
share of the requests that `prod` takes (one of twenty), and `traced`, all of them. A warm
question's time is the process's own, of all its threads, over `--requests` questions that are in no
cache, at the beginning of a conversation and in one; upstreams take no time. Cold is a new process,
the import and the first answer, by processor time and by the clock.
Each `x` is the median of the rounds' own ratios to `silent`, `+ms` of their differences; `least`
compares the smallest of each: what other processes of the machine add, they add to both. `calls`
are those of one question: an observed one makes no more.
"""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cdk import packaging
from cdk.bytecode import compile_folder
from tests.bench.arms import Arm, Benches, Running, add_interpreter, running_benches
from tests.bench.packages import Runnable
from tests.bench.processes import Measured
from tests.bench.reporting import Row, arguments, report
from tests.bench.seeding import asked, questions
from tests.collector import Collector, running_collector

SILENT, DEPLOYED, SAMPLED, TRACED = "silent", "deployed", "sampled", "traced"
SHARE = 0.05
LANES = ("first turn", "in a conversation")
WARMUP = 3
# Of the second question, whose caller has it traced: a process that has traced once is warm.
TAKEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
_HERE = Path(__file__).parent
Rounds = list[dict[str, dict[str, Measured]]]


def main(argv: Sequence[str] | None = None, running: Running = running_benches) -> None:
    """Measures and reports."""
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="counted runs of each arm")
    parser.add_argument("--requests", type=int, default=30, help="warm questions of each run")
    add_interpreter(parser)
    given = parser.parse_args(argv)
    with running(given.python) as benches, running_collector() as collector:
        arms = made(benches, collector)
        benches.cache_and_replay(arms[DEPLOYED])
        events = _events(given.requests)
        calls = _calls(benches, arms, events)
        rounds = measured(benches, arms, events, given.rounds)
        if not collector.requests:
            raise RuntimeError("The collector got nothing: what was measured is not tracing.")
        rows = [_row(name, lane, rounds, calls[name]) for lane in LANES for name in arms]
        note = f"{given.rounds} rounds of {given.requests} questions; {benches.note()}"
    report("What observing costs", rows, given.json, note)


def made(benches: Benches, collector: Collector) -> dict[str, Arm]:
    """The four ways to run the chat function."""
    deployed = benches.ours("chat")
    code, opt = deployed.runnable.paths
    target = benches.python.target
    silent = opt.with_name("silent")
    shutil.copytree(opt, silent)
    for module in ("metrics.py", "tracing.py"):
        shutil.copyfile(_HERE / "silent" / module, silent / "nexus" / module)
    compile_folder(silent / "nexus", target, "/opt/python/nexus")
    traces = packaging.dependency_layer("traces", target).path / "python"
    environ = {**deployed.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
    sampled = {**environ, "OTEL_TRACES_SAMPLER_ARG": f"{SHARE:g}"}
    return {
        SILENT: _with_paths(deployed, (code, silent)),
        DEPLOYED: deployed,
        SAMPLED: replace(_with_paths(deployed, (code, opt, traces)), environ=sampled),
        TRACED: replace(_with_paths(deployed, (code, opt, traces)), environ=environ),
    }


def measured(
    benches: Benches, arms: Mapping[str, Arm], events: Mapping[str, Any], rounds: int
) -> Rounds:
    """Each round's run of each arm in each lane; every second round goes the other way."""
    found: Rounds = []
    for number in range(rounds):
        names = list(arms)[:: 1 if number % 2 else -1]
        found.append(
            {
                lane: {name: benches.run(arms[name], made_events, warmup=WARMUP) for name in names}
                for lane, made_events in events.items()
            }
        )
    return found


def _events(requests: int) -> dict[str, list[dict[str, Any]]]:
    asking = questions(2 * (requests + WARMUP + 1), start=1_000)
    half = len(asking) // 2
    lanes = {
        LANES[0]: [asked(one, None) for one in asking[:half]],
        LANES[1]: [asked(one) for one in asking[half:]],
    }
    for made_events in lanes.values():
        made_events[1]["headers"]["traceparent"] = TAKEN
        made_events[1]["multiValueHeaders"]["traceparent"] = [TAKEN]
    return lanes


def _calls(
    benches: Benches, arms: Mapping[str, Arm], events: Mapping[str, Any]
) -> dict[str, dict[str, float]]:
    """How many calls a question makes; what they are answered is known from then on."""
    found: dict[str, dict[str, float]] = {name: {} for name in arms}
    for lane, made_events in events.items():
        for name, arm in [*arms.items(), *arms.items()]:  # the first of them learns
            benches.upstreams.calls()
            benches.run(arm, made_events)
            found[name][lane] = round(len(benches.upstreams.calls()) / len(made_events), 1)
    return found


def _row(name: str, lane: str, rounds: Rounds, calls: Mapping[str, float]) -> Row:
    own = [one[lane][name] for one in rounds]
    base = [one[lane][SILENT] for one in rounds]
    warm, warm_base = [_warm(one) for one in own], [_warm(one) for one in base]
    cold, cold_base = [one.cold_cpu_ms for one in own], [one.cold_cpu_ms for one in base]
    return {
        "question": lane,
        "arm": name,
        "warm CPU ms": _median(warm),
        "x warm": _median([a / b for a, b in zip(warm, warm_base, strict=True)]),
        "least x": round(min(warm) / min(warm_base), 4),
        "warm ms": _median([statistics.median(one.warm_ms) for one in own]),
        "cold CPU ms": _median(cold),
        "cold +ms": _median([a - b for a, b in zip(cold, cold_base, strict=True)]),
        "least +ms": round(min(cold) - min(cold_base), 4),
        "cold ms": _median([one.cold_ms for one in own]),
        "modules": own[0].modules,
        "calls": calls[lane],
    }


def _warm(one: Measured) -> float:
    return statistics.fmean(one.warm_cpu_ms)


def _median(values: Sequence[float]) -> float:
    return round(statistics.median(values), 4)


def _with_paths(arm: Arm, paths: tuple[Path, ...]) -> Arm:
    return replace(arm, runnable=Runnable(arm.runnable.module, paths, arm.runnable.size_mb))


if __name__ == "__main__":
    main()
