"""Calls services for tools: at checked addresses alone, in time, and no more than is read."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult, urljoin

import httpx2

from nexus import __version__
from nexus.adapters.http_deadline import hooks
from nexus.adapters.openai.errors import retry_after_s
from nexus.adapters.tls_context import tls_context
from nexus.adapters.web_tools.addresses import SERVICE, Addresses
from nexus.errors import UpstreamRefused, UpstreamUnavailable
from nexus.ports.tool_chats import WebRequest, WebResponse

MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_CONNECT_S = 3.0
# What of an answer's headers is told.
_TOLD = ("content-type", "mcp-session-id")


class GuardedWebClient:
    """Implements `WebClient`; no proxy of the environment stands between."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        # No connection is kept: one to an address that two hosts share was checked for one of them.
        limits = httpx2.Limits(max_connections=100, max_keepalive_connections=0)
        self._http = httpx2.Client(
            transport=httpx2.HTTPTransport(verify=tls_context(), limits=limits, trust_env=False),
            headers={"user-agent": f"nexus/{__version__}", "accept-encoding": "identity"},
            follow_redirects=False,
            trust_env=False,
            event_hooks=hooks(),
        )

    def send(self, request: WebRequest) -> WebResponse:
        """The answer of one try.

        What redirects a call that reads is followed three times; the headers of the request, in
        which its key is, go to no other host.
        """
        url, headers = request.url, dict(request.headers)
        for _ in range(MOST_REDIRECTS + 1):
            parts, address = self._addresses.checked(url)
            response = self._sent(request, parts, address, headers)
            target = response.headers.get("location", "")
            if response.status not in _REDIRECTS or not target:
                return response
            if request.method not in ("GET", "HEAD"):
                raise UpstreamRefused(SERVICE, "The tool's service redirects what is no reading.")
            url = urljoin(url, target)
            if _origin(url) != _origin(request.url):
                headers = {}
        raise UpstreamRefused(SERVICE, "The tool's service redirects again and again.")

    def _sent(
        self,
        request: WebRequest,
        parts: SplitResult,
        address: str,
        headers: Mapping[str, str],
    ) -> WebResponse:
        host = parts.hostname or ""
        shown = f"[{address}]" if ":" in address else address
        port = f":{parts.port}" if parts.port else ""
        url = httpx2.URL(parts._replace(netloc=f"{shown}{port}", fragment="").geturl())
        timeout = httpx2.Timeout(request.timeout_s, connect=min(_CONNECT_S, request.timeout_s))
        try:
            made = self._http.build_request(
                request.method,
                url,
                headers={**headers, "host": parts.netloc},
                json=request.body,
                data=dict(request.form) if request.form is not None else None,
                timeout=timeout,
                # The certificate is the host's, not the address's.
                extensions={"sni_hostname": host},
            )
            response = self._http.send(made, stream=True)
            try:
                body, cut = _read(response, request.max_bytes)
            finally:
                response.close()
        except httpx2.TimeoutException as err:
            raise UpstreamUnavailable(
                SERVICE, "The tool's service did not answer in time."
            ) from err
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as err:
            raise UpstreamUnavailable(
                SERVICE, f"The connection to the tool's service failed ({type(err).__name__})."
            ) from err
        told = {name: response.headers[name] for name in _TOLD if name in response.headers}
        if response.status_code in _REDIRECTS and "location" in response.headers:
            told["location"] = response.headers["location"]
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        wait = retry_after_s(response.headers)
        return WebResponse(response.status_code, kind, body, told, wait, cut)


def _read(response: httpx2.Response, most: int) -> tuple[bytes, bool]:
    """The body as far as it may be read, and whether there is more."""
    parts: list[bytes] = []
    length = 0
    for part in response.iter_raw():
        parts.append(part)
        length += len(part)
        if length > most:
            return b"".join(parts)[:most], True
    return b"".join(parts), False


def _origin(url: str) -> tuple[str, str]:
    parts = httpx2.URL(url)
    return parts.scheme, f"{parts.host}:{parts.port}"
