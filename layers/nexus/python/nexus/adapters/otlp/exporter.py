"""Opens the way to a collector: OTLP, as protobuf, in a POST to its `/v1/traces`."""

from __future__ import annotations

import logging
import os

import requests
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.util.re import parse_env_headers
from requests.utils import get_environ_proxies

# One try with all its steps, in seconds; the exporter itself tries again only within it.
TIMEOUT_S = 1.0
_OWN_CERTIFICATES = (
    "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_CERTIFICATE",
)


def exporter(base_url: str, headers: str) -> OTLPSpanExporter:
    """What sends spans to a collector.

    `headers` is as OTEL_EXPORTER_OTLP_HEADERS would be, "name=value,name=value", with values as in
    URLs.
    """
    # It logs lines of its own, with what the collector said; `Sending` writes one of ours.
    logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)
    endpoint = f"{base_url.rstrip('/')}/v1/traces"
    # The environment's proxies are looked up once: for each request, that costs a fifth of all.
    session = requests.Session()
    session.trust_env = False
    session.proxies = get_environ_proxies(endpoint)
    return OTLPSpanExporter(
        endpoint=endpoint,
        certificate_file=_certificates(),
        headers=parse_env_headers(headers, liberal=True),
        timeout=TIMEOUT_S,
        compression=Compression.Gzip,
        session=session,
    )


def _certificates() -> str | None:
    """Whose certificates the environment has trusted, as behind a proxy that reads TLS."""
    # The exporter's own variables go before those of `requests`, which our session does not read.
    if any(name in os.environ for name in _OWN_CERTIFICATES):
        return None
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or None
