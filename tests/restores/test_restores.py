"""The first answer after a restore comes in two seconds, whatever became of its connections."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from cli.local.layout import PROJECT
from tests.bench.seeding import CACHED, FACT, asked
from tests.restores.breaking_proxy import Way
from tests.restores.runtime_api import RuntimeApi
from tests.restores.upstreams import Upstreams, listing, running_upstreams

pytest.importorskip("awslambdaric", reason="AWS publishes it for Linux only")

LONGEST_S = 2.0
TRIES = 3
YOUNG_S, OLD_S = 1.0, 10 * 24 * 3600.0


@pytest.fixture(scope="module")
def upstreams() -> Iterator[Upstreams]:
    with running_upstreams() as running:
        yield running


@contextmanager
def snapshot(
    upstreams: Upstreams,
    later_s: float,
    *,
    monotonic_too: bool = False,
    function: str = "chat",
) -> Iterator[RuntimeApi]:
    """A function when its snapshot is taken, to be restored so many seconds later."""
    upstreams.later_s = 0.0
    api = RuntimeApi()
    environ = {
        **upstreams.environ,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(PROJECT / "layers/nexus/python"), str(PROJECT)]),
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
        "AWS_LAMBDA_FUNCTION_NAME": f"nexus-prod-{function}",
        "RESTORED_LATER_S": str(later_s),
        "MONOTONIC_TOO": "1" if monotonic_too else "0",
    }
    command = [
        sys.executable,
        "-m",
        "tests.restores.runtime",
        f"functions.{function}.handler.handler",
    ]
    process = subprocess.Popen(command, env=environ, cwd=PROJECT)
    try:
        api.wait_for_snapshot()
        yield api
    finally:
        process.kill()
        process.wait()
        api.close()


def tried(answer_in_s: Callable[[int], float]) -> list[float]:
    """The seconds of each try, until one is short enough, at most TRIES.

    A machine may stand still for longer than is allowed; who waits for an answer over a dead
    connection does so every time, and each try sees for itself that nothing was sent over one.
    """
    seconds: list[float] = []
    while len(seconds) < TRIES:
        seconds.append(answer_in_s(len(seconds)))
        if seconds[-1] <= LONGEST_S:
            break
    return seconds


@pytest.mark.parametrize("way", ["reset", "silent"])
@pytest.mark.parametrize(
    ("later_s", "monotonic_too"),
    [(YOUNG_S, True), (OLD_S, False), (OLD_S, True)],
    ids=["young", "old", "old by all clocks"],
)
def test_the_first_question_after_a_restore_is_answered_within_two_seconds(
    upstreams: Upstreams,
    way: Way,
    later_s: float,
    monotonic_too: bool,
    record_property: Callable[[str, object], None],
) -> None:
    def first_answer_s(which: int) -> float:
        with snapshot(upstreams, later_s, monotonic_too=monotonic_too) as api:
            # The function had connections to each of them, and then none of its own.
            assert all(proxy.break_all(way) for proxy in upstreams.proxies)
            upstreams.later_s = later_s
            # A conversation of its own, and a question that no cache has.
            question = CACHED.replace("?", f" {way} {later_s + which} {monotonic_too}?")
            response, seconds = api.restored_answer_to(
                asked(question, None), now_s=upstreams.now_s()
            )
            assert upstreams.lost() == 0
        body = json.loads(response["body"])
        assert response["statusCode"] == 200, body
        assert FACT in body["answer"]
        assert body["remembered"]
        assert body["confidence"]["level"] != "low"
        return seconds

    tries = tried(first_answer_s)
    record_property("seconds", tries)  # `--junitxml` writes it
    assert min(tries) <= LONGEST_S


@pytest.mark.parametrize("before", ["one", "unset"])
def test_a_secret_that_was_set_or_exchanged_since_the_snapshot_is_read_anew(
    upstreams: Upstreams, before: str
) -> None:
    upstreams.change_models_key(before)
    with snapshot(upstreams, YOUNG_S) as api:
        upstreams.change_models_key("another")
        asked_before = len(upstreams.models.requests)
        event = asked(CACHED.replace("?", f" after {before}?"), None)
        response, _ = api.restored_answer_to(event, now_s=upstreams.now_s())
    assert response["statusCode"] == 200
    keys = [call.headers["authorization"] for call in upstreams.models.requests[asked_before:]]
    assert set(keys) == {"Bearer another"}


def test_another_function_that_is_given_snap_start_survives_its_restore_too(
    upstreams: Upstreams,
) -> None:
    def first_listing_s(_which: int) -> float:
        with snapshot(upstreams, OLD_S, function="documents") as api:
            for proxy in upstreams.proxies:
                proxy.break_all("silent")
            upstreams.later_s = OLD_S
            response, seconds = api.restored_answer_to(listing(), now_s=upstreams.now_s())
            assert upstreams.lost() == 0
        assert response["statusCode"] == 200, response
        assert json.loads(response["body"])["documents"]
        return seconds

    assert min(tried(first_listing_s)) <= LONGEST_S
