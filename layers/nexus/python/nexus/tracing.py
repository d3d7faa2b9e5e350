"""Tells what each step of a request took to whoever traces; where nobody does, it costs nothing.

A step is told only inside a request or an invocation that is traced. Which one that is travels in
a context variable, as the deadline does, and `nexus.bounded.CarryingExecutor` takes it into
threads. What is told is names, counts and times (`nexus.span_names`), never text.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar, cast

from nexus.span_names import FAAS_INVOCATION

T = TypeVar("T")

Kind = Literal["server", "client", "consumer", "internal"]
Value = str | int | float | bool | Sequence[str]
Attributes = Mapping[str, Value]

# What an invocation waits at its end for its spans to be taken, in seconds; and what it leaves of
# Lambda's time in any case.
FLUSH_S = 0.3
_LEFT_S = 0.5

_NOTHING: Attributes = {}


class Span(Protocol):
    """One step, from when it is made until its `end`."""

    @property
    def trace_id(self) -> str:
        """32 hex digits that the spans of one request share."""
        ...

    def child(self, name: str, kind: Kind, attributes: Attributes) -> Span:
        """Begins a step that is part of this one."""
        ...

    def note(self, attributes: Attributes) -> None:
        """Says more of the step."""
        ...

    def rename(self, name: str) -> None:
        """Gives the step the name that is known only now."""
        ...

    def fail(self, failure: str) -> None:
        """Says that the step failed, by the name of the error's type or the status."""
        ...

    def end(self) -> None:
        """Ends the step."""
        ...


class Tracer(Protocol):
    """Where spans go."""

    def begin(self, name: str, kind: Kind, attributes: Attributes, traceparent: str) -> Span | None:
        """Begins a request or an invocation, as part of the trace that `traceparent` names.

        None if this one is not among those that are traced; what is no valid `traceparent` is
        taken for none.
        """
        ...

    def flush(self, within_s: float) -> None:
        """Sends what has ended, and waits no longer than that for it; never raises."""
        ...


@dataclass(slots=True)
class _Process:
    """What this process traces to, if it does."""

    tracer: Tracer | None = None


_process = _Process()
_CURRENT: ContextVar[Span | None] = ContextVar("span", default=None)


def trace_to(tracer: Tracer | None) -> None:
    """Has this process's requests traced from now on; by nobody if that is None."""
    _process.tracer = tracer


def is_on() -> bool:
    """Whether this process traces at all."""
    return _process.tracer is not None


def is_traced() -> bool:
    """Whether what is done now is traced."""
    return _CURRENT.get() is not None


def note(attributes: Attributes) -> None:
    """Says more of the step that is done now, if it is traced."""
    span = _CURRENT.get()
    if span is not None:
        span.note(attributes)


class step:  # noqa: N801 - read as a verb: `with step("parse"):`
    """Traces the block as a step of what is done now, and its failure as the step's."""

    __slots__ = ("_attributes", "_kind", "_name", "_span", "_token")

    # A class, as each call of each request goes through it: a generator's costs twice the time.
    def __init__(
        self, name: str, kind: Kind = "internal", attributes: Attributes = _NOTHING
    ) -> None:
        self._name = name
        self._kind = kind
        self._attributes = attributes
        self._span: Span | None = None
        self._token: Token[Span | None] | None = None

    def begin(self) -> None:
        """Begins the step, for who has no block; `end` is called in the same thread."""
        around = _CURRENT.get()
        if around is not None:
            self._span = around.child(self._name, self._kind, self._attributes)
            self._token = _CURRENT.set(self._span)

    def end(self, kind: type[BaseException] | None = None, *_: object) -> None:
        """Ends the step, with the type of the error that ended it."""
        if self._token is not None and self._span is not None:
            _CURRENT.reset(self._token)
            _end(self._span, kind)

    __enter__ = begin
    __exit__ = end


class tracing:  # noqa: N801 - read as a verb: `with tracing("POST", "server") as span:`
    """Traces the block as a request or an invocation, with its id in each log line.

    The span is None where it is not traced.
    """

    __slots__ = ("_attributes", "_kind", "_name", "_span", "_token", "_traceparent")

    def __init__(
        self, name: str, kind: Kind, attributes: Attributes = _NOTHING, traceparent: str = ""
    ) -> None:
        self._name = name
        self._kind = kind
        self._attributes = attributes
        self._traceparent = traceparent
        self._span: Span | None = None
        self._token: Token[Span | None] | None = None

    def __enter__(self) -> Span | None:
        tracer = _process.tracer
        if tracer is not None:
            described = (self._name, self._kind, self._attributes)
            self._span = tracer.begin(*described, self._traceparent)
        if self._span is not None:
            self._token = _CURRENT.set(self._span)
            from nexus.observability import logger  # no function needs it that tells nothing

            logger.append_keys(trace_id=self._span.trace_id)
        return self._span

    def __exit__(self, kind: type[BaseException] | None, *failure: object) -> None:
        if self._token is not None and self._span is not None:
            from nexus.observability import logger

            logger.remove_keys(["trace_id"])
            _CURRENT.reset(self._token)
            _end(self._span, kind)


def _end(span: Span, failure: type[BaseException] | None) -> None:
    if failure is not None:
        span.fail(failure.__name__)
    span.end()


@dataclass(frozen=True, slots=True)
class Step:
    """How the calls of a method are told."""

    name: str
    kind: Kind
    attributes: Attributes


class _Traced:
    """Tells each call of those methods that are described."""

    def __init__(self, thing: object, steps: Mapping[str, Step]) -> None:
        self._thing = thing
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        told = self._steps.get(name)
        # A request that is not traced has its methods as they are: it is nine of ten.
        if told is None or _CURRENT.get() is None:
            return getattr(self._thing, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            with step(told.name, told.kind, told.attributes):
                return getattr(self._thing, name)(*args, **kwargs)

        return call


def traced(thing: T, steps: Mapping[str, Step]) -> T:
    """Something that behaves as `thing`, whose methods of these names are told as steps.

    A method is to be taken from it where it is called, not kept from before the request. It is the
    thing itself where the process does not trace.
    """
    return cast(T, _Traced(thing, steps)) if is_on() else thing


def flushed(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a Lambda handler send the spans of its invocation before it ends.

    Lambda stops the process as soon as the answer is handed over, and starts it for the next
    request, if there is one: what was not sent by then may never be.
    """

    @functools.wraps(handler)
    def run(event: Any, context: Any) -> Any:
        try:
            return handler(event, context)
        finally:
            send_spans(context)

    return run


def send_spans(context: Any) -> None:
    """Sends the spans that have ended, within what an invocation with this context may wait."""
    tracer = _process.tracer
    if tracer is not None:
        tracer.flush(_spare_s(context))


def invoked(
    name: str, kind: Kind, attributes: Attributes
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes a Lambda handler trace each of its invocations, and send its spans before it ends."""

    def around(handler: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(handler)
        def run(event: Any, context: Any) -> Any:
            with tracing(name, kind, attributes):
                invocation = getattr(context, "aws_request_id", "")
                if invocation:
                    note({FAAS_INVOCATION: invocation})
                return handler(event, context)

        return flushed(run)

    return around


def _spare_s(context: Any) -> float:
    """What the invocation may wait, in seconds: never what Lambda would cut it off for."""
    remaining_ms = getattr(context, "get_remaining_time_in_millis", None)
    return min(FLUSH_S, max(0.0, remaining_ms() / 1000 - _LEFT_S)) if remaining_ms else FLUSH_S
