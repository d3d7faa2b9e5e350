"""Asks a function's version whether it is ready, as API Gateway would, and again if it is not."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# A dependency that fails for a moment is no reason to refuse a release. The versions believe what
# their dependencies said for five seconds.
TRIES, PAUSE_S = 3, 6.0
# A version that hangs is ended at its own limit, 29 s; what is left is for telling.
ONE_TRY_MS = 60_000

# Starts a version with an event; returns what it returned, and the kind of error it ended in.
Invoke = Callable[[str, bytes], tuple[bytes, str]]

QUESTION: Mapping[str, Any] = {
    "resource": "/ready",
    "path": "/ready",
    "httpMethod": "GET",
    "headers": {"accept": "application/json"},
    "multiValueHeaders": {"accept": ["application/json"]},
    "queryStringParameters": None,
    "multiValueQueryStringParameters": None,
    "pathParameters": None,
    "stageVariables": None,
    "requestContext": {"resourcePath": "/ready", "path": "/ready", "httpMethod": "GET"},
    "body": None,
    "isBase64Encoded": False,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a version is ready, and if not, what it last said: a status or a kind of error."""

    version: str
    ready: bool
    said: str


def ask(
    invoke: Invoke,
    versions: Sequence[str],
    left_ms: Callable[[], int],
    pause: Callable[[float], None],
) -> list[Verdict]:
    """Asks the versions in turn, up to the first that is not ready; never raises.

    `left_ms` is what is left of this invocation: a version that there is no time to ask is not
    ready.
    """
    verdicts: list[Verdict] = []
    for version in versions:
        verdicts.append(_asked(invoke, version, left_ms, pause))
        if not verdicts[-1].ready:
            break
    return verdicts


def _asked(
    invoke: Invoke, version: str, left_ms: Callable[[], int], pause: Callable[[float], None]
) -> Verdict:
    said = "not asked"
    for attempt in range(TRIES):
        if left_ms() < ONE_TRY_MS:
            break
        if attempt:
            pause(PAUSE_S)
        said = _answer(invoke, version)
        if said == "200":
            return Verdict(version, True, said)
    return Verdict(version, False, said)


def _answer(invoke: Invoke, version: str) -> str:
    try:
        payload, error = invoke(version, json.dumps(QUESTION).encode())
        # A function that streams sends the status, eight zeros, and the body behind them.
        told = payload.partition(b"\0" * 8)[0]
        return error or str(json.loads(told)["statusCode"])
    except Exception as err:  # noqa: BLE001  (whatever it is, the version did not say it is ready)
        return type(err).__name__
