"""Asks a stage that was just deployed whether it can answer, and says what to do if it cannot."""

from __future__ import annotations

import time
from collections.abc import Callable

from cli import api
from cli.failure import Failure
from cli.findings import Finding

UNKNOWN = "Check the stage's settings and the service's status page."
_ENDPOINT = "Check the model's name, and the models endpoint's URL, its secret and its status page."
ADVICE = {
    "embeddings": f"{_ENDPOINT} It embeds every question.",
    "language_model": f"{_ENDPOINT} It writes the answers; POST /v1/search works without it.",
    "index": "Check the index's host, its secret and its status page.",
    "catalogue": "Check that the data stack is deployed whole.",
    "clients": "Check that the data stack is deployed whole.",
    "conversations": "Answers are given but not remembered: check the conversations table.",
}
_POLL_S = 3.0


def advice_of(check: str) -> str:
    """What to do about a dependency that fails."""
    return f"{ADVICE.get(check, UNKNOWN)} The chat function's log (dependency_failing) says more."


def smoke_test(
    url: str,
    progress: Callable[[str], None],
    *,
    wait_s: float,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Finding]:
    """What GET /ready tells of a deployment, asked again for up to `wait_s` until it is well.

    A new key is seen by a running function within a minute, and a new API within seconds.
    """
    deadline = time.monotonic() + wait_s
    while True:
        findings = _ask(url)
        failing = [finding for finding in findings if not finding.well]
        if not failing or time.monotonic() >= deadline:
            return findings
        progress(f"waiting for {', '.join(finding.subject for finding in failing)}")
        sleep(_POLL_S)


def _ask(url: str) -> list[Finding]:
    try:
        answer = api.call(url, "/ready")
    except Failure as failure:
        return [Finding("GET /ready", False, str(failure), "Read the log of the chat function.")]
    if "ready" not in answer:  # what the gateway says when the function does not start
        said = str(answer.get("detail") or answer.get("message") or answer)
        return [Finding("GET /ready", False, said, "Read the log of the chat function.")]
    if answer["ready"]:
        return [Finding("GET /ready", True, "questions can be answered")]
    return [Finding(name, False, "fails", advice_of(name)) for name in answer["failing"]]
