"""A failed message waits longer each time, and as long as the upstream asked."""

from __future__ import annotations

from functions.ingest.retrying import delay_s
from nexus.errors import UpstreamUnavailable


def test_delays_grow_and_are_bounded() -> None:
    delays = [delay_s(attempt, ValueError()) for attempt in range(1, 9)]
    assert delays[:4] == [15, 60, 240, 960]
    assert max(delays) == 3_600


def test_an_upstreams_own_wish_is_obeyed() -> None:
    assert delay_s(1, UpstreamUnavailable("models", "Busy.", retry_after_s=90)) == 90
    assert delay_s(3, UpstreamUnavailable("models", "Busy.", retry_after_s=1)) == 240
