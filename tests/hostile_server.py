"""A server on a real socket that takes calls and never answers one: it is silent, drips or resets.

with hostile_server("drips") as url: ...
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

Manner = Literal["silent", "drips", "drips headers", "resets"]

PAUSE_S = 0.02
BEGUN = {
    "drips": b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n",
    "drips headers": b"HTTP/1.1 200 OK\r\nx-long: ",
}


@contextmanager
def hostile_server(manner: Manner) -> Iterator[str]:
    """Runs a server until the block ends; every connection is then closed."""
    closing = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65_536)
            if manner == "resets":
                # Closed without lingering, the connection ends in a reset.
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return
            connection.sendall(BEGUN.get(manner, b""))
            while not closing.wait(PAUSE_S):
                if manner != "silent":
                    connection.sendall(b" ")

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        closing.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
