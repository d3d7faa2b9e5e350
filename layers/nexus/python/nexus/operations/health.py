"""Asks every dependency whether it answers, at the same time and not too often."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass

from nexus.errors import ConfigurationError, NexusError, UpstreamUnavailable
from nexus.metrics import record
from nexus.observability import logger

# How long a dependency may take, and how long its word is believed: /health needs no key, so it
# must not be a way to make the service hammer its dependencies.
PATIENCE_S = 4.0
BELIEVED_S = 5.0


@dataclass(frozen=True, slots=True)
class Check:
    """What one dependency said; `required` ones are needed to answer a question.

    `detail` is for the operator and can name resources; `kind` is the same for everyone to read.
    """

    name: str
    ok: bool
    latency_ms: float
    required: bool
    detail: str | None = None
    kind: str | None = None
    passing: bool = False  # whether its failure is one that passes by itself


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something to ask: `ping` returns when it answers and raises otherwise."""

    ping: Callable[[], None]
    required: bool = True


class Health:
    """The state of every dependency."""

    def __init__(
        self,
        dependencies: Mapping[str, Dependency],
        executor: Executor,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dependencies = dependencies
        self._executor = executor
        self._now = now
        self._last: tuple[float, list[Check]] | None = None

    def checks(self) -> list[Check]:
        """One check for each dependency, in their order; at most 5 seconds old."""
        now = self._now()
        if self._last and now - self._last[0] < BELIEVED_S:
            return self._last[1]
        running = {
            name: self._executor.submit(_check, name, dependency)
            for name, dependency in self._dependencies.items()
        }
        wait(running.values(), timeout=PATIENCE_S)
        checks = [
            _result(future, name, self._dependencies[name].required)
            for name, future in running.items()
        ]
        for check in checks:
            if not check.ok:
                record("upstream_errors", dependency=check.name)
                logger.warning(
                    "dependency_failing",
                    extra={"dependency": check.name, "kind": check.kind, "detail": check.detail},
                )
        self._last = (now, checks)
        return checks


def _check(name: str, dependency: Dependency) -> Check:
    started = time.perf_counter()
    failure = None
    try:
        dependency.ping()
    except NexusError as error:
        failure = error
    elapsed_ms = round((time.perf_counter() - started) * 1000, 1)
    if failure is None:
        return Check(name, True, elapsed_ms, dependency.required)
    passing = isinstance(failure, UpstreamUnavailable)
    return Check(
        name, False, elapsed_ms, dependency.required, str(failure), _kind(failure), passing
    )


def _result(future: Future[Check], name: str, required: bool) -> Check:
    if future.done() and future.exception() is None:
        return future.result()
    if future.done():
        detail = f"The check itself failed with {type(future.exception()).__name__}."
        return Check(name, False, 0.0, required, detail, "failed")
    late = f"no answer within {PATIENCE_S:.0f} seconds"
    return Check(name, False, PATIENCE_S * 1000, required, late, late, passing=True)


def _kind(failure: NexusError) -> str:
    if isinstance(failure, ConfigurationError):
        return "not configured"
    return "unreachable" if isinstance(failure, UpstreamUnavailable) else "refused"
