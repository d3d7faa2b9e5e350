"""The rest of a request's time: how it is read, shared out and kept to."""

from __future__ import annotations

import math
from concurrent.futures import Future

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.deadline import Deadline, awaited, current, meeting, optional, within
from nexus.errors import DeadlineExceeded, InvalidRequest, UpstreamRefused, UpstreamUnavailable
from tests.fakes import FakeClock


def test_a_call_gets_the_smaller_of_its_own_limit_and_the_rest() -> None:
    clock = FakeClock()
    deadline = Deadline(27, clock)
    assert deadline.limit(8, "index") == 8
    clock.advance(25)
    assert deadline.limit(8, "index") == 2
    assert deadline.fits(2)
    assert not deadline.fits(2.1)
    clock.advance(3)
    assert deadline.remaining() == 0
    with pytest.raises(DeadlineExceeded) as late:
        deadline.limit(8, "index")
    assert late.value.service == "index"
    assert isinstance(late.value, UpstreamUnavailable)


def test_without_a_request_there_is_no_deadline() -> None:
    assert current().remaining() == math.inf
    assert current().limit(8, "index") == 8


@given(st.floats(0, 100), st.floats(0, 100))
def test_within_never_lengthens_a_deadline(outer: float, inner: float) -> None:
    clock = FakeClock(0)
    with meeting(Deadline(outer, clock)), within(inner):
        assert current().remaining() == min(outer, inner)


@pytest.mark.parametrize(
    "failure",
    [
        UpstreamUnavailable("models", "Busy."),
        UpstreamRefused("models", "Not you."),
        InvalidRequest("Ask in other words.", "message"),
        DeadlineExceeded("models", "Late."),
    ],
)
def test_an_optional_step_that_fails_is_nothing(failure: Exception) -> None:
    def step() -> str:
        raise failure

    assert optional("rerank", step) is None


def test_an_optional_step_is_not_begun_when_it_does_not_fit() -> None:
    def step() -> str:
        raise AssertionError("it was begun")

    with meeting(Deadline(12, FakeClock())):
        assert optional("rewrite", step, needs_s=13) is None
        assert optional("rewrite", lambda: "made", needs_s=12) == "made"


def test_an_optional_step_leaves_what_follows_its_time() -> None:
    clock = FakeClock()
    with meeting(Deadline(12, clock)):
        given_s = optional("rerank", lambda: current().remaining(), leaving_s=10)
        assert given_s == pytest.approx(4)  # a third, where that is more
    with meeting(Deadline(26, clock)):
        assert optional("rerank", lambda: current().remaining(), leaving_s=10) == pytest.approx(16)


def test_a_fault_of_our_own_is_not_taken_for_a_step_that_fails() -> None:
    with pytest.raises(ZeroDivisionError):
        optional("rerank", lambda: 1 // 0)


def test_what_is_there_is_taken_even_when_the_time_is_over() -> None:
    done: Future[str] = Future()
    done.set_result("here")
    with within(0):
        assert awaited(done, "index") == "here"
        with pytest.raises(DeadlineExceeded):
            awaited(Future[str](), "index")
