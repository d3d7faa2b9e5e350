"""What the benches compare, ready to run: our functions as deployed, and others beside them."""

from __future__ import annotations

import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nexus.settings import Settings
from tests.bench.checking import HISTORY, check, check_complete
from tests.bench.deployed import Deployed, deployed, deployed_at
from tests.bench.packages import (
    LANGCHAIN,
    LANGCHAIN_HISTORY,
    Interpreter,
    Runnable,
    asked_of,
    function,
    installed,
    own_handler,
    runtime,
)
from tests.bench.processes import Measured, run
from tests.bench.seeding import CACHED, TENANT, asked
from tests.bench.upstreams import Upstreams, running_upstreams


@dataclass(frozen=True)
class Arm:
    """Something to measure: `checked` names what its responses have to be (`checking.check`)."""

    name: str
    packaging: str
    checked: str
    runnable: Runnable
    environ: dict[str, str]


class Benches:
    """What is measured against: the upstreams, the stage as synthesized, and one interpreter."""

    def __init__(
        self,
        python: Interpreter,
        upstreams: Upstreams,
        functions: Mapping[str, Deployed],
        scratch: Path,
    ) -> None:
        self.python = python
        self.upstreams = upstreams
        self.functions = functions
        self.ran = ""
        self.runtime = runtime(python)
        self._scratch = scratch
        self._made = 0
        self._cached = False

    def ours(self, name: str, packaging: str = "built") -> Arm:
        """One of our functions."""
        return self._deployed(self.functions[name], packaging, packaging)

    def ours_at(self, checkout: Path, names: Sequence[str]) -> list[Arm]:
        """Some of our functions of another commit, as it would deploy them."""
        version = self.python.target.python_version
        found = deployed_at(checkout.resolve(), version, self._folder())
        return [self._deployed(found[name], "built", checkout.name) for name in names]

    def bare(self) -> Arm:
        """A handler that returns a constant."""
        runnable = own_handler("bare_handler", self.python, self._folder())
        return Arm("bare", "built", "constant", runnable, {})

    def web(self, chat: Arm) -> Arm:
        """FastAPI and Mangum with a constant, from the chat function's packages."""
        packages = chat.runnable.paths[1:]
        runnable = own_handler("web_handler", self.python, self._folder(), packages)
        return Arm("FastAPI + Mangum", "built", "constant", runnable, {})

    def tuned(self, chat: Arm) -> Arm:
        """A chat function written by hand: our packages, and OpenAI's SDK from LangChain's."""
        packages = (*chat.runnable.paths[1:], installed([LANGCHAIN], self.python, compiled=True))
        runnable = own_handler("tuned_handler", self.python, self._folder(), packages)
        return Arm("tuned FastAPI + SDK", "built", "tuned", runnable, self._as_chat(chat))

    def langchain(self, chat: Arm, packaging: str = "untrimmed") -> Arm:
        """A chat function written with LangChain, from its packages; `ordinary` has no bytecode."""
        compiled = packaging != "ordinary"
        site = installed([LANGCHAIN], self.python, compiled=compiled)
        runnable = own_handler(
            "langchain_handler", self.python, self._folder(), [site], compiled=compiled
        )
        return Arm("LangChain", packaging, "LangChain", runnable, self._as_chat(chat))

    def langchain_history(self, chat: Arm) -> Arm:
        """The same turn with LangChain's own history in DynamoDB."""
        site = installed([LANGCHAIN_HISTORY], self.python, compiled=True)
        handlers = ("langchain_history_handler", self.python, self._folder(), [site])
        runnable = own_handler(*handlers, imports=["langchain_handler"])
        return Arm(HISTORY, "untrimmed", HISTORY, runnable, self._as_chat(chat))

    def run(
        self, arm: Arm, events: Sequence[dict[str, Any]], *, warmup: int = 0, checked: str = ""
    ) -> Measured:
        """Runs an arm in a new process. Raises RuntimeError for a response that is not right."""
        measured = run(arm.runnable, self.python, self.runtime, arm.environ, events, warmup=warmup)
        for response in measured.responses:
            check(checked or arm.checked, response)
        self.ran = measured.python
        return measured

    def cache_and_replay(self, chat: Arm) -> None:
        """Asks the question whose answer is to come from the cache; then replaying begins.

        Does nothing if it has been asked before: everything that is known stays known.
        """
        if self._cached:
            return
        self.upstreams.calls()
        self.run(chat, [asked(CACHED)])
        check_complete(self.upstreams.calls())
        self.run(chat, [asked(CACHED)], checked="chat, cached")
        self.upstreams.replay()
        self._cached = True

    def note(self) -> str:
        """Which interpreter ran, and which stage's configuration."""
        return f"Python {self.ran}; variables, memory and layers of the stage prod"

    def _deployed(self, given: Deployed, way: str, called: str) -> Arm:
        runnable = function(given, way, self.python, self._folder())
        environ = {**self.upstreams.aws, **given.environ(self.upstreams.own)}
        return Arm(given.name, called, given.name, runnable, environ)

    def _as_chat(self, chat: Arm) -> dict[str, str]:
        generation = Settings.from_environ(chat.environ).generation
        return {
            **chat.environ,
            "BENCH_NAMESPACE": generation.namespace(TENANT),
            "BENCH_GENERATION": generation.generation_id,
        }

    def _folder(self) -> Path:
        self._made += 1
        return self._scratch / str(self._made)


def add_interpreter(parser: ArgumentParser) -> None:
    """Adds the option that names the interpreter."""
    parser.add_argument(
        "--python",
        type=Path,
        default=Path(sys.executable),
        metavar="PATH",
        help="the interpreter that runs the functions; this one unless given",
    )


# What starts the benches for an interpreter; a test shares running ones between two commands.
Running = Callable[[Path], AbstractContextManager[Benches]]


@contextmanager
def running_benches(python: Path) -> Iterator[Benches]:
    """Everything made and running until the block ends."""
    found = asked_of(python)
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(1) as aside:
        functions = aside.submit(deployed, found.target.python_version, Path(scratch, "cdk"))
        with running_upstreams() as upstreams:
            yield Benches(found, upstreams, functions.result(), Path(scratch))
