"""Keeps a batch's messages hidden while a worker is at them, and hardly longer than it lives.

The queue hides what it gives out for several times the function's timeout, as AWS demands (Lambda
Developer Guide, "Creating and configuring an Amazon SQS event source mapping"). A worker that is
killed would leave its messages hidden for all that time. So a worker shortens it when it begins,
and puts it off again and again until it ends.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType

from nexus.errors import UpstreamError
from nexus.observability import logger
from nexus.ports import WorkQueue

# How long messages stay hidden after the last sign of life, and how often there is one: two may
# fail or be late, and a killed worker's messages are received within a minute.
HELD_S = 45
BEAT_S = 15.0
# Longer than a call to the queue with its tries; who waits in vain leaves the thread to its end.
JOINED_S = 10.0


class Holding:
    """The messages of one batch, hidden for `held_s` seconds again every `beat_s` seconds.

    A queue that fails costs nothing but the speed with which messages come again.
    """

    def __init__(
        self,
        queue: WorkQueue,
        receipts: Sequence[str],
        held_s: int = HELD_S,
        beat_s: float = BEAT_S,
    ) -> None:
        self._queue = queue
        self._held = list(receipts)
        self._held_s = held_s
        self._beat_s = beat_s
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="holding", daemon=True)

    def __enter__(self) -> Holding:
        self._hold()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A thread that is left would go on in the next invocation, when Lambda thaws the process.
        self._ended.set()
        self._thread.join(JOINED_S)

    def let_go(self, receipt: str, seconds: int) -> None:
        """Lets a message that failed come again after so many seconds, whatever the others do."""
        # Under the lock, so that no sign of life on its way hides the message anew.
        with self._lock:
            self._held = [held for held in self._held if held != receipt]
            with suppress(UpstreamError):  # it then comes again when its time is over
                self._queue.delay(receipt, seconds)

    def _beat(self) -> None:
        while not self._ended.wait(self._beat_s):
            self._hold()

    def _hold(self) -> None:
        with self._lock:
            try:
                self._queue.hold(self._held, self._held_s)
            except UpstreamError as error:
                logger.warning("messages_not_held", extra={"error": type(error).__name__})
