"""Where no line can be written over, a long step still tells every few seconds what it is at."""

from __future__ import annotations

import pytest

from cli.step import EVERY_S, Step


def test_a_log_gets_a_line_every_few_seconds_and_one_at_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = iter([0.0, 1.0, EVERY_S, EVERY_S, EVERY_S + 1, 3 * EVERY_S, 3 * EVERY_S, 20.0])
    with Step("deploying", lambda: next(clock)) as step:
        for resource in ("a table", "a bucket", "a queue", "the API"):
            step.update(resource)
        step.done("deployed [to] 1")
    assert [line.strip() for line in capsys.readouterr().out.splitlines() if line.strip()] == [
        "deploying: a bucket",
        "deploying: the API",
        "✓ deployed [to] 1  20.0 s",
    ]
