"""A TCP proxy whose connections can die as they do when one end is restored from a snapshot."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from typing import Literal

Way = Literal["reset", "silent"]
_NOW = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST


class BreakingProxy:
    """Passes on what reaches `address` to another address, until its connections are broken.

    Those that are open then are dead from then on: what is sent over one is answered with RST
    ("reset", as a host does that knows no such connection) or with nothing ever ("silent", as a
    translator of addresses does that has forgotten it). Later connections are passed on as before.
    """

    def __init__(self, to_host: str, to_port: int) -> None:
        self._to = (to_host, to_port)
        self._broken: dict[socket.socket, Way] = {}
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._lost = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def break_all(self, way: Way) -> int:
        """Kills every connection that is open now; returns how many there were."""
        with self._lock:
            alive = [client for client in self._open if client not in self._broken]
            self._broken.update(dict.fromkeys(alive, way))
        return len(alive)

    def lost(self) -> int:
        """How many bytes came over broken connections since the last time."""
        lost, self._lost = self._lost, 0
        return lost

    def close(self) -> None:
        """Ends the proxy and its connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for client in self._open:
                with suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                upstream = socket.create_connection(self._to, timeout=10)
                upstream.settimeout(None)
                upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self._open.append(client)
                for work in (self._ask, self._answer):
                    threading.Thread(target=work, args=(client, upstream), daemon=True).start()

    def _ask(self, client: socket.socket, upstream: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65_536):
                way = self._broken.get(client)
                if way is None:
                    upstream.sendall(data)
                    continue
                self._lost += len(data)
                if way == "reset":
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOW)
                    break
        self._forget(client)
        client.close()
        with suppress(OSError):
            upstream.shutdown(socket.SHUT_RDWR)
        upstream.close()

    def _answer(self, client: socket.socket, upstream: socket.socket) -> None:
        with suppress(OSError):
            while data := upstream.recv(65_536):
                if client not in self._broken:
                    client.sendall(data)
        # Its server's end is not seen through a connection that is broken.
        if client not in self._broken:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def _forget(self, client: socket.socket) -> None:
        with self._lock:
            if client in self._open:
                self._open.remove(client)
