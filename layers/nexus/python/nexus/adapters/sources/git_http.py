"""dulwich's Git client over the HTTP client that asks public addresses alone."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
from dulwich.client import AbstractHttpGitClient, HTTPUnauthorized
from dulwich.errors import GitProtocolError, NotGitRepository

from nexus.adapters.http_deadline import cap
from nexus.adapters.sources.calling import SERVICE
from nexus.deadline import current
from nexus.errors import UpstreamRefused

_MOST_REDIRECTS = 5
_TIMEOUT_S = 60.0


class GuardedGitClient(AbstractHttpGitClient):
    """Sends its password to the host that it is for alone, and reads so many bytes at most."""

    def __init__(
        self, base: str, client: httpx2.Client, password: tuple[str, str] | None, largest: int
    ) -> None:
        super().__init__(base, quiet=True)
        self._client = client
        self._host = httpx2.URL(base).host
        self._authorization = ""
        if password:
            pair = base64.b64encode(":".join(password).encode()).decode()
            self._authorization = f"Basic {pair}"
        self._largest = largest

    def _http_request(
        self,
        url: str,
        headers: dict[str, str] | None = None,
        data: bytes | Iterator[bytes] | None = None,
        raise_for_status: bool = True,
    ) -> tuple[Any, Callable[[int], bytes]]:
        asked = httpx2.URL(url)
        for _ in range(_MOST_REDIRECTS + 1):
            sent = {"user-agent": "git/2.40 nexus-connector", **(headers or {})}
            if self._authorization and asked.host == self._host:
                sent["authorization"] = self._authorization
            request = self._client.build_request(
                "GET" if data is None else "POST",
                asked,
                headers=sent,
                content=data,
                timeout=_TIMEOUT_S,
            )
            cap(request)
            response = self._client.send(request, stream=True)
            if not response.is_redirect or data is not None:
                break
            response.close()
            asked = asked.join(response.headers.get("location", ""))
        if raise_for_status and response.status_code != 200:
            response.close()
            if response.status_code == 404:
                raise NotGitRepository
            if response.status_code in (401, 403):
                raise HTTPUnauthorized(response.headers.get("www-authenticate"), url)
            raise GitProtocolError(f"the server answered {response.status_code}")
        reader = io.BufferedReader(_Body(response, self._largest))
        return _Reply(response, str(asked) if str(asked) != url else ""), reader.read


class _Reply:
    """What dulwich wants to know of an answer."""

    def __init__(self, response: httpx2.Response, redirect_location: str) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = response.headers
        self.content_type = response.headers.get("content-type")
        self.redirect_location = redirect_location

    def close(self) -> None:
        """Ends the answer."""
        self._response.close()


class _Body(io.RawIOBase):
    """An answer's bytes as a file, until there are too many of them or the deadline comes."""

    def __init__(self, response: httpx2.Response, largest: int) -> None:
        self._parts = response.iter_bytes()
        self._left = largest
        self._rest = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes; 0 at the end. Raises UpstreamRefused and ReadTimeout."""
        while not self._rest:
            if current().remaining() <= 0:
                raise httpx2.ReadTimeout("The repository took too long.")
            part = next(self._parts, None)
            if part is None:
                return 0
            self._left -= len(part)
            if self._left < 0:
                raise UpstreamRefused(SERVICE, "The repository is larger than 400 MB.")
            self._rest = part
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count
