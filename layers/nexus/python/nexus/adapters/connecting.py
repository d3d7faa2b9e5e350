"""Opens connections in time: to find a name, and to shake hands, may take as long as it likes.

A socket's own time-out is for one step. A name server is asked without any, each address of a name
is tried for all of it, and a handshake may come byte by byte.
"""

from __future__ import annotations

import math
import socket
import ssl

from nexus.adapters.giving_up import in_time


class NotConnected(OSError):
    """No connection could be made: nothing was sent."""


class ConnectingTimedOut(TimeoutError):
    """No connection was made in time: nothing was sent."""


def connected(
    host: str,
    port: int,
    tls: ssl.SSLContext | None,
    *,
    step_s: float,
    whole_s: float = math.inf,
) -> socket.socket:
    """A new connection, with TLS if a context is given.

    No step of it takes more than `step_s` seconds, nor all of it more than `whole_s`, wherever it
    hangs. Raises NotConnected, ConnectingTimedOut and ssl.SSLError.
    """

    def connect() -> socket.socket:
        made = socket.create_connection((host, port), step_s)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return tls.wrap_socket(made, server_hostname=host) if tls else made

    try:
        if math.isinf(whole_s):
            return connect()
        return in_time(connect, whole_s, socket.socket.close)
    except TimeoutError as err:
        raise ConnectingTimedOut(*err.args) from err
    except ssl.SSLError:
        raise
    except OSError as err:
        raise NotConnected(*err.args) from err
