"""Serves the chat function over a socket, for clients that speak HTTP themselves."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import uvicorn

from tests.functions.gateway import ChatBehindGateway
from tests.functions.gateway import chat_app as create_app


class Served(Protocol):
    """What has a chat function's services."""

    @property
    def services(self) -> ChatBehindGateway: ...


@contextmanager
def served(world: Served) -> Iterator[str]:
    """The URL of a server of this world, on a port of its own."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(world.services), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
