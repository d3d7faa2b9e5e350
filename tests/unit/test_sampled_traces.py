"""A share of the requests is traced; the SDK is not loaded before the first of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.adapters.otlp.sampling import SampledTracer
from nexus.tracing import Attributes, Kind, is_traced, trace_to, tracing

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-"


class Told:
    """A span that is told to nobody."""

    trace_id = "0" * 32

    def __getattr__(self, name: str) -> Any:
        return lambda *_: self


class Counting:
    """Counts what it is asked to trace, and from where it was made."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, Attributes, str]] = []
        self.flushed = 0

    def begin(self, name: str, kind: Kind, attributes: Attributes, traceparent: str) -> Any:
        self.begun.append((name, attributes, traceparent))
        return Told()

    def flush(self, within_s: float) -> None:
        self.flushed += 1


def requests(share: float, draws: list[float], headers: list[str]) -> list[Counting]:
    """What was made for these requests, in order: one tracer, or none."""
    made: list[Counting] = []
    drawn: Iterator[float] = iter(draws)

    def make() -> Counting:
        made.append(Counting())
        return made[-1]

    tracer = SampledTracer(make, share, lambda: next(drawn))
    trace_to(tracer)
    try:
        for number, header in enumerate(headers):
            with tracing(str(number), "server", {"a": 1}, header):
                pass
            tracer.flush(0)
    finally:
        trace_to(None)
    return made


def test_a_share_is_taken_and_one_tracer_made_for_all_of_it() -> None:
    [made] = requests(0.5, [0.7, 0.49, 0.5, 0.1], [""] * 4)
    assert [name for name, _, _ in made.begun] == ["1", "3"]
    assert made.flushed == 3  # from when it was made


def test_none_is_made_while_none_is_taken() -> None:
    assert requests(0.1, [0.1, 0.5, 0.9], [""] * 3) == []


def test_a_caller_says_whether_its_own_trace_is_taken() -> None:
    [made] = requests(0.0, [0.0], [f"{TRACE}00", f"{TRACE}01", "nonsense"])
    assert [(name, header) for name, _, header in made.begun] == [("1", f"{TRACE}01")]
    assert requests(1.0, [], [f"{TRACE}00"]) == []


def test_only_the_first_request_of_a_process_is_told_as_its_cold_start() -> None:
    [made] = requests(0.5, [0.9, 0.1], ["", ""])
    assert made.begun[0][1]["faas.coldstart"] is False
    [made] = requests(0.5, [0.1, 0.1], ["", ""])
    assert [told["faas.coldstart"] for _, told, _ in made.begun] == [True, False]


@given(st.text(max_size=80))
def test_whatever_a_caller_writes_no_request_fails_by_it(header: str) -> None:
    tracer = SampledTracer(Counting, 0.0)
    trace_to(tracer)
    try:
        with tracing("x", "server", {}, header):
            assert not is_traced() or header.startswith("0")
    finally:
        trace_to(None)


@pytest.mark.parametrize(("share", "loaded"), [("0", False), ("1", True)])
def test_the_sdk_is_loaded_with_the_first_request_that_is_taken(share: str, loaded: bool) -> None:
    code = (
        "import os, sys\n"
        "from nexus.settings import Settings\n"
        "from nexus.tracing import tracing\n"
        "from nexus.wiring.tracing import begin_tracing\n"
        "begin_tracing(Settings.from_environ(os.environ), None)\n"
        "assert 'opentelemetry.sdk.trace' not in sys.modules\n"
        "with tracing('x', 'server'): pass\n"
        "print('opentelemetry.sdk.trace' in sys.modules)\n"
    )
    environ = {
        "NEXUS_VECTOR_INDEX": "sqlite",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
        "OTEL_TRACES_SAMPLER_ARG": share,
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == str(loaded), done.stderr
