"""Compares cold starts: each function as it is deployed, with ordinary packaging, and others.

    python -m tests.bench.cold_start [--rounds 15] [--python PATH] [--json OUT] [--write]
    python -m tests.bench.cold_start --only ingest --against CHECKOUT

Cold is a new process, the handler's import (chat's opens every connection) and its first request:
chat answers a question about the sample documents, ingest indexes the document of
events/ingest_created.json, reindex compares the sample documents' bucket with the catalogue.
Variables, memory and layers are what `cdk` gives to `prod`; upstreams answer from loopback without
latency. Beside chat stand the same turn written with LangChain, the same by hand (`tuned`),
FastAPI and Mangum with a constant, and a bare handler. All arms run in turn in every round; the
first round is not counted. Ratios are medians of the rounds' own: `x bare` to the bare handler,
`x built` to the same function as deployed, `x tuned` to the one by hand. `packages` says what the
packagings are; sizes are without the AWS SDK, which Lambda brings. `--write` puts the table into
this folder's README. `--only` measures one function, as it is built, and the bare handler;
`--against` measures the same functions of another commit, too, of which CHECKOUT is a work tree.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.arms import Arm, Benches, Running, add_interpreter, running_benches
from tests.bench.checking import CHATS, check_replayed
from tests.bench.deployed import FUNCTIONS
from tests.bench.packages import PACKAGINGS
from tests.bench.processes import Measured
from tests.bench.reporting import Row, arguments, report, write_block
from tests.bench.seeding import CACHED, asked, event, questions

COMMAND = "python -m tests.bench.cold_start --write"
CHAT = asked(*questions(1))
EVENTS = {
    "chat, cached": asked(CACHED),
    "ingest": event("ingest_created"),
    "reindex": event("reindex"),
}


def main(argv: Sequence[str] | None = None, running: Running = running_benches) -> None:
    """Measures and reports."""
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="counted runs of each arm")
    parser.add_argument("--write", action="store_true", help="replace the README's table")
    parser.add_argument("--only", choices=FUNCTIONS, help="measure this function alone")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="another commit's, too")
    add_interpreter(parser)
    given = parser.parse_args(argv)
    if given.write and (given.only or given.against):
        parser.error("--write is for the whole table")
    with running(given.python) as benches:
        chat = benches.ours("chat")
        arms = [benches.bare()]
        arms += [benches.ours(given.only)] if given.only else _all(benches, chat)
        if given.against:
            arms += benches.ours_at(given.against, [given.only] if given.only else FUNCTIONS)
        benches.cache_and_replay(chat)
        runs = measure(benches, arms, given.rounds)
        rows = [_row(arm, arms, runs, benches) for arm in arms]
        note = f"medians of {given.rounds} rounds, arms in turn; {benches.note()}"
    report("Cold start", rows, given.json, note)
    if given.write:
        minor = benches.python.target.python_version
        write_block(f"cold_start on Python {minor}", COMMAND, rows, note)


def _all(benches: Benches, chat: Arm) -> list[Arm]:
    """Every arm of the whole table but the bare handler."""
    others = [benches.web(chat), benches.tuned(chat)]
    others += [benches.langchain(chat), benches.langchain(chat, "ordinary")]
    cached = Arm("chat, cached", "built", "chat, cached", chat.runnable, chat.environ)
    ours = [
        benches.ours(name, packaging)
        for name in FUNCTIONS
        for packaging in PACKAGINGS
        if (name, packaging) != ("chat", "built")
    ]
    return [*others, chat, cached, *ours]


def measure(benches: Benches, arms: Sequence[Arm], rounds: int) -> dict[int, list[Measured]]:
    """The counted runs of each arm, by its place. Raises RuntimeError for a wrong response."""
    runs: dict[int, list[Measured]] = {place: [] for place in range(len(arms))}
    for number in range(rounds + 1):
        for place, arm in enumerate(arms):
            if not number and arm.packaging == "ordinary":
                continue  # it asks what the others asked
            benches.upstreams.calls()
            measured = benches.run(arm, [EVENTS.get(arm.name, CHAT)])
            if number:
                check_replayed(arm.name, benches.upstreams.calls())
                runs[place].append(measured)
    return runs


def _row(
    arm: Arm, arms: Sequence[Arm], runs: Mapping[int, list[Measured]], benches: Benches
) -> Row:
    own = runs[arms.index(arm)]
    answers = arm.checked in CHATS
    given = benches.functions.get(arm.name.partition(",")[0])

    def ratio(name: str) -> float | str:
        """The median of every round's ratio to an arm as it is built; "" if there is none."""
        for place, other in enumerate(arms):
            if (other.name, other.packaging) == (name, "built"):
                pairs = zip(own, runs[place], strict=True)
                return round(_median([one.cold_ms / base.cold_ms for one, base in pairs]), 2)
        return ""

    return {
        "function": arm.name,
        "packaging": arm.packaging,
        "start ms": _median([one.start_ms for one in own]),
        "init ms": _median([one.init_ms for one in own]),
        "first ms": _median([one.first_ms for one in own]),
        "cold ms": _median([one.cold_ms for one in own]),
        "x bare": ratio("bare"),
        "x built": ratio(arm.name),
        "x tuned": ratio("tuned FastAPI + SDK") if answers else "",
        "modules": own[0].modules,
        "package MB": arm.runnable.size_mb,
        "peak RSS MB": _median([one.peak_rss_mb for one in own]),
        "memory MB": given.memory_mb if given else "",
    }


def _median(values: Sequence[float]) -> float:
    return round(statistics.median(values), 3)


if __name__ == "__main__":
    main()
