"""Runs a handler under AWS's runtime interface client, with clocks that jump when it is restored.

    python -m tests.restores.runtime functions.chat.handler.handler

`RESTORED_LATER_S` is how much later than the snapshot the restore is by the clock on the wall;
`MONOTONIC_TOO` says that the monotonic clocks have moved on as well. Neither AWS's guide nor
Firecracker's promises either.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TypeVar

_N = TypeVar("_N", int, float)
_later_s = 0.0


def _moving(clock: Callable[[], _N], per_second: int = 1) -> Callable[[], _N]:
    def now() -> _N:
        moved = clock() + _later_s * per_second
        return type(clock())(moved)

    return now


def main() -> None:
    """Replaces the clocks before anything takes hold of them, and then runs as Lambda does."""
    for name in ("monotonic", "perf_counter"):
        setattr(time, name, _moving(getattr(time, name)))
    import time_machine
    from awslambdaric.__main__ import main as serve
    from snapshot_restore_py import register_after_restore

    later_s = float(os.environ["RESTORED_LATER_S"])

    def move_on() -> None:
        global _later_s  # noqa: PLW0603 - the clocks are the process's own
        if os.environ["MONOTONIC_TOO"] == "1":
            _later_s = later_s
        time_machine.travel(time.time() + later_s, tick=True).start()

    if later_s:
        # Registered first, it runs first.
        register_after_restore(move_on)
    serve(["runtime", sys.argv[1]])


if __name__ == "__main__":
    main()
