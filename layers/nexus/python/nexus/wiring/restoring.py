"""What a function works with, made anew when Lambda restores it from a SnapStart snapshot.

A snapshot is taken when a version is published, once it has initialised; every copy that Lambda
starts from it, up to months later, begins with what it held then. Its connections are dead, whether
their other ends say so or not; its credentials and secrets may have expired, its caches are of
another day, its monotonic clocks may or may not have gone on, and all copies draw the same
"random" numbers (https://docs.aws.amazon.com/lambda/latest/dg/snapstart-best-practices.html). So
nothing that was made before is kept: what is added to a function's services is covered as well.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import TypeVar

# Lambda's Python runtime has it:
# https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html
from snapshot_restore_py import register_after_restore

from nexus.wiring.aws_clients import forget_clients

T = TypeVar("T")


def _nothing(made: object) -> None:
    del made


def renewed(make: Callable[[], T], prepare: Callable[[T], None] = _nothing) -> Callable[[], T]:
    """Gives what `make` made, which is made anew after each restore.

    `prepare` gets it ready ahead of the first call: its connections are opened. While the function
    initialises that is waited for, so that no call is under way when the snapshot is taken. After a
    restore it goes on beside the first call: who asks waits for nothing that the answer does not
    need, and Lambda gives up a restore whose hooks take 10 s.
    """
    held = [make()]
    prepare(held[0])

    def make_anew() -> None:
        # The operating system's numbers, which `uuid4` and `secrets` draw, differ between copies;
        # those of `random`, which pauses between tries are drawn from, would not.
        random.seed()
        forget_clients()
        held[0] = make()
        threading.Thread(target=prepare, args=(held[0],), daemon=True).start()

    register_after_restore(make_anew)
    return lambda: held[0]
