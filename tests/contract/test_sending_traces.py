"""Spans reach a collector over a real socket, or wait for it a moment; whoever asks never does."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from cli.local.layout import PROJECT
from nexus.adapters.otlp.exporter import exporter
from nexus.adapters.otlp.sending import BATCH, LOST_S, MOST, PAUSES_S, Sending
from nexus.adapters.otlp.tracer import OtelTracer
from nexus.tracing import FLUSH_S, step, trace_to, tracing
from tests.collector import Collector, running_collector
from tests.fakes import FakeClock
from tests.hostile_server import Manner, hostile_server

# Of a busy machine; what a collector can make anybody wait is FLUSH_S.
SLACK_S = 0.7


@pytest.fixture
def collector() -> Iterator[Collector]:
    with running_collector() as running:
        yield running


@pytest.fixture
def clock() -> Iterator[FakeClock]:
    yield FakeClock()
    trace_to(None)


def tracing_to(url: str, clock: FakeClock, headers: str = "") -> OtelTracer:
    tracer = OtelTracer(Sending(lambda: exporter(url, headers), clock), {}, "1")
    trace_to(tracer)
    return tracer


def request(number: int) -> None:
    with tracing(f"request {number}", "server"), step("inside"):
        pass


def flushed_s(tracer: OtelTracer, within_s: float = FLUSH_S) -> float:
    begun = time.perf_counter()
    tracer.flush(within_s)
    return time.perf_counter() - begun


def numbers(collector: Collector) -> list[int]:
    return [int(one.name.split()[1]) for one in collector.spans() if not one.parent_id]


@pytest.mark.parametrize("manner", ["silent", "drips", "drips headers"])
def test_a_collector_that_hangs_costs_one_wait_and_then_none_for_a_while(
    manner: Manner, clock: FakeClock
) -> None:
    with hostile_server(manner) as url:
        tracer = tracing_to(url, clock)
        request(1)
        assert FLUSH_S * 0.9 <= flushed_s(tracer) < FLUSH_S + SLACK_S
        for number in range(2, 12):
            request(number)
            assert flushed_s(tracer) < FLUSH_S / 2


def test_an_address_that_nobody_listens_at_costs_next_to_nothing(clock: FakeClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    tracer = tracing_to(f"http://127.0.0.1:{port}", clock)
    request(1)
    assert flushed_s(tracer) < FLUSH_S + SLACK_S


@pytest.mark.parametrize("status", [302, 429, 500, 503])
def test_what_a_collector_refused_comes_with_what_is_next_when_it_is_back(
    status: int, collector: Collector, clock: FakeClock
) -> None:
    tracer = tracing_to(collector.url, clock)
    collector.status = status
    request(1)
    tracer.flush(5)
    asked = len(collector.paths)
    assert asked
    request(2)
    tracer.flush(5)
    assert len(collector.paths) == asked  # it is left alone
    collector.status = 200
    clock.advance(PAUSES_S[0] + 1)
    request(3)
    tracer.flush(5)
    assert numbers(collector) == [1, 2, 3]


def test_what_is_refused_twice_is_lost_and_holds_nothing_up(
    collector: Collector, clock: FakeClock
) -> None:
    tracer = tracing_to(collector.url, clock)
    collector.status = 400
    for number in (1, 2):
        request(number)
        tracer.flush(5)
        clock.advance(PAUSES_S[1] + 1)
    collector.status = 200
    request(3)
    tracer.flush(5)
    assert numbers(collector) == [2, 3]


def test_a_key_that_was_refused_is_read_again(collector: Collector, clock: FakeClock) -> None:
    keys = iter(("api-key=old", "api-key=new"))
    sending = Sending(lambda: exporter(collector.url, next(keys)), clock)
    tracer = OtelTracer(sending, {}, "1")
    trace_to(tracer)
    collector.status = 401
    request(1)
    tracer.flush(5)
    collector.status = 200
    clock.advance(PAUSES_S[0] + 1)
    tracer.flush(5)
    assert [headers["api-key"] for headers in collector.headers] == ["old", "new"]
    assert numbers(collector) == [1]


def test_the_environment_s_proxy_is_asked_for_a_collector_elsewhere(
    collector: Collector, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, collector.url)
    tracer = tracing_to("http://collector.example", clock)
    request(1)
    tracer.flush(5)
    assert numbers(collector) == [1]
    assert collector.paths == ["http://collector.example/v1/traces"]


def test_a_collector_is_believed_whose_certificate_the_environment_has_trusted(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    certificate, key = tmp_path / "collector.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext"]
    command += ["subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with running_collector(context=context) as collector:
        url = collector.url.replace("http://127.0.0.1", "https://localhost")
        tracer = tracing_to(url, clock)
        request(1)
        tracer.flush(5)
        assert not collector.requests
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        clock.advance(PAUSES_S[1])
        request(2)
        tracer.flush(5)
        assert numbers(collector) == [1, 2]


def test_many_spans_are_sent_before_the_invocation_ends(
    collector: Collector, clock: FakeClock
) -> None:
    tracer = tracing_to(collector.url, clock)
    with tracing("long", "consumer"):
        for _ in range(BATCH):
            with step("inside"):
                pass
        assert _soon(lambda: len(collector.spans()) >= BATCH)
    tracer.flush(5)
    assert len(collector.spans()) == BATCH + 1


def test_without_a_collector_memory_stays_bounded_and_the_newest_are_kept(
    collector: Collector, clock: FakeClock
) -> None:
    tracer = tracing_to(collector.url, clock)
    collector.status = 503
    request(0)
    tracer.flush(5)
    for number in range(1, MOST):  # two spans each
        request(number)
    collector.status = 200
    clock.advance(PAUSES_S[0] + 1)
    tracer.flush(30)
    found = numbers(collector)
    assert found[0] == 0
    assert found[1:] == list(range(MOST // 2, MOST))


class Stuck(SpanExporter):
    """Never comes back from its first call."""

    def __init__(self, first: list[int]) -> None:
        self._first = first

    def export(self, spans: object) -> SpanExportResult:
        if not self._first:
            self._first.append(1)
            time.sleep(3600)  # in a daemon thread
        return SpanExportResult.SUCCESS


def test_an_export_that_never_ends_is_given_up_and_the_next_one_goes(clock: FakeClock) -> None:
    first: list[int] = []
    sending = Sending(lambda: Stuck(first), clock)
    tracer = OtelTracer(sending, {}, "1")
    trace_to(tracer)
    request(1)
    assert flushed_s(tracer, 0.05) >= 0.05
    clock.advance(LOST_S + PAUSES_S[1])
    request(2)
    assert flushed_s(tracer, 5) < 1


def test_the_collector_of_the_runbook_prints_each_trace_as_a_tree(clock: FakeClock) -> None:
    command = [sys.executable, "-m", "tests.collector", "0"]
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        try:
            tracer = tracing_to(running.stderr.readline().split()[-1], clock)
            request(7)
            tracer.flush(5)
            printed = [running.stdout.readline().split() for _ in range(3)]
        finally:
            running.kill()
    assert printed[0][0] == "trace"
    assert [line[3:] for line in printed[1:]] == [["request", "7"], ["inside"]]


def _soon(holds: Callable[[], bool]) -> bool:
    for _ in range(500):
        if holds():
            return True
        time.sleep(0.01)
    return False
