"""What is traced: what belongs to which step, in all threads, and nothing where nobody traces."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import wait
from dataclasses import dataclass, field
from typing import Any

import pytest

from nexus.bounded import CarryingExecutor, bounded
from nexus.errors import DeadlineExceeded, UpstreamUnavailable
from nexus.http.request_trace import RequestTrace
from nexus.tracing import (
    FLUSH_S,
    Attributes,
    Kind,
    Step,
    flushed,
    invoked,
    is_traced,
    note,
    step,
    trace_to,
    traced,
    tracing,
)
from tests.functions.ingest_services import Context


@dataclass
class Kept:
    """A span that stays."""

    name: str
    around: Kept | None
    told: dict[str, Any]
    failure: str = ""
    ended: bool = False
    steps: list[Kept] = field(default_factory=list)
    trace_id: str = "1" * 32

    def child(self, name: str, kind: Kind, attributes: Attributes) -> Kept:
        made = Kept(name, self, dict(attributes))
        self.steps.append(made)
        return made

    def note(self, attributes: Attributes) -> None:
        self.told |= attributes

    def rename(self, name: str) -> None:
        self.name = name

    def fail(self, failure: str) -> None:
        self.failure = failure

    def end(self) -> None:
        self.ended = True


class Keeping:
    """A tracer that keeps what it is told."""

    def __init__(self) -> None:
        self.roots: list[Kept] = []
        self.waited: list[float] = []

    def begin(self, name: str, kind: Kind, attributes: Attributes, traceparent: str) -> Kept | None:
        self.roots.append(Kept(name, None, dict(attributes)))
        return self.roots[-1]

    def flush(self, within_s: float) -> None:
        self.waited.append(within_s)


@pytest.fixture
def tracer() -> Iterator[Keeping]:
    kept = Keeping()
    trace_to(kept)
    yield kept
    trace_to(None)


@pytest.fixture
def executor() -> Iterator[CarryingExecutor]:
    pool = CarryingExecutor()
    yield pool
    pool.shutdown()


class Service:
    """Something that is called."""

    def call(self, failure: Exception | None = None) -> str:
        note({"nexus.step": "inside"})
        if failure:
            raise failure
        return "answer"

    def hang(self, until: threading.Event) -> None:
        until.wait(5)


STEPS = {name: Step(f"service {name}", "client", {"x": 1}) for name in ("call", "hang")}


def test_steps_side_by_side_belong_to_what_began_them(
    tracer: Keeping, executor: CarryingExecutor
) -> None:
    service = traced(bounded(Service(), "service", 5, executor), STEPS)
    with tracing("request", "server"), step("outer"):
        wait([executor.submit(service.call) for _ in range(8)])
    [root] = tracer.roots
    [outer] = root.steps
    assert [one.name for one in outer.steps] == ["service call"] * 8
    assert all(one.told == {"x": 1, "nexus.step": "inside"} for one in outer.steps)
    assert root.ended
    assert all(one.ended for one in outer.steps)


def test_a_call_that_is_given_up_ends_then_and_not_when_it_comes_back(
    tracer: Keeping, executor: CarryingExecutor
) -> None:
    released = threading.Event()
    service = traced(bounded(Service(), "service", 0.05, executor), STEPS)
    with tracing("request", "server"), pytest.raises(DeadlineExceeded):
        service.hang(released)
    released.set()
    [call] = tracer.roots[0].steps
    assert call.ended
    assert call.failure == "DeadlineExceeded"


def test_a_failure_is_told_by_its_type_and_goes_on(tracer: Keeping) -> None:
    service = traced(Service(), STEPS)
    with tracing("request", "server"), pytest.raises(UpstreamUnavailable):
        service.call(UpstreamUnavailable("service", "what it said"))
    [call] = tracer.roots[0].steps
    assert call.failure == "UpstreamUnavailable"
    assert "what it said" not in str(call)


def test_outside_a_request_nothing_is_told(tracer: Keeping) -> None:
    assert traced(Service(), STEPS).call() == "answer"
    with step("alone"):
        assert not is_traced()
    assert tracer.roots == []


def test_where_nobody_traces_a_thing_is_itself() -> None:
    thing = Service()
    assert traced(thing, STEPS) is thing
    with tracing("request", "server") as span, step("inside"):
        assert span is None
        assert not is_traced()


def test_an_invocation_is_told_and_sent_before_it_ends(tracer: Keeping) -> None:
    @invoked("reindex", "server", {"faas.trigger": "timer"})
    def handler(event: object, context: object) -> bool:
        assert tracer.waited == []
        return is_traced()

    assert handler({}, Context())
    [root] = tracer.roots
    assert root.told == {"faas.trigger": "timer", "faas.invocation_id": Context.aws_request_id}
    assert tracer.waited == [FLUSH_S]


def test_a_handler_that_fails_sends_what_it_did(tracer: Keeping) -> None:
    @invoked("reindex", "server", {})
    def handler(event: object, context: object) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        handler({}, Context())
    assert tracer.roots[0].failure == "KeyError"
    assert len(tracer.waited) == 1


@pytest.mark.parametrize(("left_ms", "waits_s"), [(60_000, FLUSH_S), (600, 0.1), (100, 0.0)])
def test_sending_never_waits_into_the_end_of_lambda_s_time(
    tracer: Keeping, left_ms: int, waits_s: float
) -> None:
    flushed(lambda *_: None)({}, Context(left_ms))
    assert tracer.waited == [pytest.approx(waits_s)]


def test_a_request_that_fails_inside_is_told_as_failed(tracer: Keeping) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 503})

    async def send(message: Any) -> None:
        pass

    scope = {"type": "http", "path": "/v1/chat", "method": "POST", "scheme": "https", "headers": []}
    asyncio.run(RequestTrace(app)(scope, send, send))  # type: ignore[arg-type]
    [root] = tracer.roots
    assert root.failure == "503"
    assert root.told["http.response.status_code"] == 503
    assert "http.route" not in root.told


def test_nothing_is_gathered_of_a_request_that_is_not_taken() -> None:
    given: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        given.append(send)

    async def send(message: Any) -> None:
        pass

    class TakingNone(Keeping):
        def begin(self, *_: Any) -> None:
            pass

    scope = {"type": "http", "path": "/v1/chat", "method": "POST", "headers": []}
    trace_to(TakingNone())
    try:
        asyncio.run(RequestTrace(app)(scope, send, send))  # type: ignore[arg-type]
    finally:
        trace_to(None)
    assert given == [send]
