"""Ends the emulator within a second of being asked to, with its state saved.

By itself its server waits for every open connection and every running function, which may wait for
something that was ended at the same time. It runs within the emulator.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Callable

from cli.local.access.bodies import Application, Receive, Scope, Send
from cli.local.access.emulator import respond

_LAST_REQUESTS_S = 0.5
_ENDING = b'{"message": "The local AWS is ending: start it again with `nexus up`."}'


class EndingSoon:
    """An ASGI application that, on SIGTERM, saves what it holds and ends its process."""

    def __init__(self, app: Application, save: Callable[[], None]) -> None:
        self._app = app
        self._save = save
        self._requests = 0
        self._ending = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            # The server has set its own handler before it calls this, and ours takes its place.
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._end)
            await self._app(scope, receive, send)
        elif self._ending:
            # What is written from here on might not be saved, so nobody may believe that it is.
            await respond(send, 503, {"content-type": "application/json"}, _ENDING)
        else:
            self._requests += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._requests -= 1

    def _end(self) -> None:
        self._ending = True
        threading.Thread(target=self._save_and_exit, name="ending").start()

    def _save_and_exit(self) -> None:
        deadline = time.monotonic() + _LAST_REQUESTS_S
        while self._requests and time.monotonic() < deadline:
            time.sleep(0.01)
        self._save()
        logging.shutdown()
        os._exit(0)
