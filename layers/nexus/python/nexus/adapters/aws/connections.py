"""Posts to one address of AWS's over connections that are kept, with botocore's errors.

botocore's own session, over urllib3, takes three times as long for a call. It is used where a proxy
stands between.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPException
from types import SimpleNamespace
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)
from botocore.utils import get_environ_proxies

from nexus.adapters.connecting import ConnectingTimedOut, NotConnected
from nexus.adapters.http_answers import Reply
from nexus.adapters.kept_sockets import HeaderRefused, KeptSockets
from nexus.deadline import current

CONNECT_S = 2.0


class Connections(Protocol):
    """What sends bodies to one address. Raises botocore's errors.

    `ends_in_time` is whether a post ends by the deadline, wherever the other side hangs.
    """

    ends_in_time: bool

    def post(self, headers: Mapping[str, str], body: bytes, read_s: float, path: str = "") -> Reply:
        """The answer to a body; no wait for bytes of it takes more than `read_s` seconds.

        `path` is instead of the address's own.
        """
        ...


def connections_to(url: str, most: int) -> Connections:
    """The connections to an address, of which at most so many are kept open."""
    proxies = get_environ_proxies(url)
    return _Proxied(url, proxies, most) if proxies else _Direct(url, most)


class _Direct:
    ends_in_time = True

    def __init__(self, url: str, most: int) -> None:
        self._url = url
        parts = urlsplit(url)
        self._path = parts.path or "/"
        self._sockets = KeptSockets(parts, _context() if parts.scheme == "https" else None, most)

    def post(self, headers: Mapping[str, str], body: bytes, read_s: float, path: str = "") -> Reply:
        told = {"accept-encoding": "identity", **headers}
        try:
            return self._sockets.post(
                path or self._path,
                told,
                body,
                connect_s=CONNECT_S,
                step_s=read_s,
                whole_s=current().remaining(),
            )
        except HeaderRefused as err:
            raise HTTPClientError(error=err) from err
        except ConnectingTimedOut as err:
            raise ConnectTimeoutError(endpoint_url=self._url, error=err) from err
        except TimeoutError as err:
            raise ReadTimeoutError(endpoint_url=self._url, error=err) from err
        except ssl.SSLError as err:
            raise SSLError(endpoint_url=self._url, error=err) from err
        except NotConnected as err:
            raise EndpointConnectionError(endpoint_url=self._url, error=err) from err
        except (OSError, HTTPException) as err:
            raise ConnectionClosedError(endpoint_url=self._url, error=err) from err


class _Proxied:
    ends_in_time = False  # its time-outs are each for one step

    def __init__(self, url: str, proxies: Mapping[str, str], most: int) -> None:
        from botocore.httpsession import URLLib3Session

        # botocore's types are narrower than what its own clients give this class.
        session: Any = URLLib3Session
        self._url = url
        self._http = session(
            verify=_bundle() or True,
            proxies=proxies,
            timeout=(CONNECT_S, CONNECT_S),
            max_pool_connections=most,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )

    def post(self, headers: Mapping[str, str], body: bytes, read_s: float, path: str = "") -> Reply:
        request = SimpleNamespace(
            method="POST",
            url=urljoin(self._url, path) if path else self._url,
            headers=dict(headers),
            body=body,
            context={"read_timeout": read_s},
            stream_output=False,
        )
        response = self._http.send(request)
        named = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, named, response.content)


def _bundle() -> str | None:
    return os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE")


def _context() -> ssl.SSLContext:
    """What trusts the certificates that botocore would."""
    from botocore.httpsession import where

    bundle = _bundle() or where()
    is_folder = os.path.isdir(bundle)  # noqa: PTH112 - pathlib has nothing to add
    return ssl.create_default_context(
        cafile=None if is_folder else bundle, capath=bundle if is_folder else None
    )
