"""A failed message waits longer each time, and as long as the upstream asked."""

from __future__ import annotations

from functions.ingest.retrying import delay_s
from nexus.errors import UpstreamUnavailable


def test_delays_grow_and_are_bounded() -> None:
    assert [delay_s(attempt, ValueError()) for attempt in range(1, 5)] == [15, 60, 240, 960]
    busy = UpstreamUnavailable("models", "Busy.", retry_after_s=99_999)
    assert delay_s(1, busy) == 3_600


def test_the_last_attempt_goes_to_the_dead_letter_queue_at_once() -> None:
    assert delay_s(5, ValueError()) == 0


def test_an_upstreams_own_wish_is_obeyed() -> None:
    assert delay_s(1, UpstreamUnavailable("models", "Busy.", retry_after_s=90)) == 90
    assert delay_s(3, UpstreamUnavailable("models", "Busy.", retry_after_s=1)) == 240
