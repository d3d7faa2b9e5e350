"""Has an app know its first routes at once, and all others from the first request for one of them.

A route takes 5 to 15 ms to build, by its models and its module. A new function is asked one thing,
and who waits for its start pays for no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from threading import Lock

from fastapi import APIRouter, FastAPI
from starlette.types import Receive, Scope, Send


def routers(names: Iterable[str]) -> list[APIRouter]:
    """The routers of the modules of these names in `functions.chat.routes`."""
    return [import_module(f"functions.chat.routes.{name}").router for name in names]


class Later:
    """What a router asks where no route fits: it adds those of `names`, once, and looks again.

    https://www.starlette.io/routing/ ("Not found")
    """

    def __init__(self, app: FastAPI, names: Iterable[str]) -> None:
        self._app = app
        self._names = list(names)
        self._not_found = app.router.default
        self._lock = Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.add()
        await self._app.router(scope, receive, send)

    def add(self) -> None:
        """Adds the routes, if they are not there yet."""
        with self._lock:
            for router in routers(self._names):
                self._app.include_router(router)
            self._names.clear()
            self._app.router.default = self._not_found
