"""Opens the way to a collector: OTLP, as protobuf, in a POST to its `/v1/traces`.

The SDK's own exporter has `requests` prepare each post anew: the address, the headers, the proxy,
the certificates. Here it does so once, and each post goes through the connections that it found.
"""

from __future__ import annotations

import gzip
import os
import time
from collections.abc import Mapping, Sequence

import requests
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.util.re import parse_env_headers
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as TookTooLong
from urllib3.util import Timeout

from nexus import __version__
from nexus.adapters.otlp.encoding import Ended, encoded

# One try with all its steps, in seconds.
TIMEOUT_S = 1.0
# Spans repeat each other: more effort finds a twentieth more, and takes twice as long.
_LEVEL = 1


class Exporter:
    """Sends spans to one collector, over connections that are kept."""

    def __init__(self, endpoint: str, headers: Mapping[str, str]) -> None:
        session = requests.Session()
        session.trust_env = False
        request = session.prepare_request(requests.Request("POST", endpoint, headers=headers))
        adapter, proxies = HTTPAdapter(), get_environ_proxies(endpoint)
        self._pool = adapter.get_connection_with_tls_context(
            request, verify=_trusted(), proxies=proxies, cert=_own_certificate()
        )
        # Behind a proxy that reads what passes, the whole address.
        self._target = adapter.request_url(request, proxies)
        # Without the length of the body that was not there yet.
        del request.headers["content-length"]
        self._headers = {name: str(value) for name, value in request.headers.items()}

    def export(self, spans: Sequence[Ended]) -> SpanExportResult:
        """Whether the collector has taken the spans."""
        body = gzip.compress(encoded(spans), _LEVEL)
        ends = time.monotonic() + TIMEOUT_S
        for may_be_stale in (True, False):
            try:
                response = self._pool.urlopen(
                    "POST",
                    self._target,
                    body,
                    self._headers,
                    retries=False,
                    redirect=False,
                    assert_same_host=False,  # a proxy is asked for another
                    timeout=Timeout(total=max(0.001, ends - time.monotonic())),
                )
            except TookTooLong:
                break
            except HTTPError:
                # A connection that was kept may have been gone: one more try, over a new one.
                if may_be_stale and time.monotonic() < ends:
                    continue
                break
            if response.status < 300:  # a redirection, which is not followed, has taken nothing
                return SpanExportResult.SUCCESS
            break
        return SpanExportResult.FAILURE


def exporter(base_url: str, headers: str) -> Exporter:
    """What sends spans to a collector.

    `headers` is as OTEL_EXPORTER_OTLP_HEADERS would be, "name=value,name=value", with values as in
    URLs.
    """
    named = _of_environment("HEADERS")
    sent = {
        "content-type": "application/x-protobuf",
        "content-encoding": "gzip",
        "user-agent": f"nexus/{__version__}",
        **parse_env_headers(named or "", liberal=True),
        **parse_env_headers(headers, liberal=True),
    }
    return Exporter(f"{base_url.rstrip('/')}/v1/traces", sent)


def _of_environment(name: str) -> str | None:
    """What OpenTelemetry's own variable of traces, or of all that is sent, says."""
    return os.environ.get(f"OTEL_EXPORTER_OTLP_TRACES_{name}") or os.environ.get(
        f"OTEL_EXPORTER_OTLP_{name}"
    )


def _trusted() -> bool | str:
    """Whose certificates are believed, as behind a proxy that reads TLS; True for the usual."""
    of_all = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    return _of_environment("CERTIFICATE") or of_all or True


def _own_certificate() -> str | tuple[str, str] | None:
    """What tells the collector who sends, where it asks for that."""
    certificate, key = _of_environment("CLIENT_CERTIFICATE"), _of_environment("CLIENT_KEY")
    return (certificate, key) if certificate and key else certificate
