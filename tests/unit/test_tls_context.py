"""The certificates are loaded once, however many clients are made at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from nexus.adapters import tls_context
from nexus.adapters.tls_context import tls_context as context_of

THREADS = 6


def test_clients_that_are_made_side_by_side_share_one_context() -> None:
    tls_context._made.cache_clear()
    together = Barrier(THREADS)

    def made(_: int) -> int:
        together.wait()
        return id(context_of())

    with ThreadPoolExecutor(THREADS) as threads:
        assert len(set(threads.map(made, range(THREADS)))) == 1
