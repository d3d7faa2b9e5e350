"""Steps that nobody tells: what `tests.bench.observing` puts in place of `nexus.tracing`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Kind = Span = Value = Attributes = Any


class step:  # noqa: N801 - as the one that it stands in for
    """Nothing around a block."""

    __slots__ = ()

    def __init__(self, *about: object) -> None: ...

    def __enter__(self) -> None: ...

    def __exit__(self, *failure: object) -> None: ...


tracing = Step = step


def trace_to(tracer: object) -> None:
    """Nothing."""


def is_on() -> bool:
    """Never."""
    return False


is_traced = is_on


def note(attributes: object) -> None:
    """Nothing."""


def traced(thing: Any, steps: Mapping[str, object]) -> Any:
    """The thing itself."""
    return thing


def flushed(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler itself."""
    return handler


def invoked(*about: object) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The handler itself."""
    return lambda handler: handler
