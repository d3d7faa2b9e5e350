"""Connects to one Pinecone index, with tries and waits that a caller can bear."""

from __future__ import annotations

import ssl
from typing import Any

import httpx

# `pinecone.index.Index` offers no way to bound its retries: it sleeps up to 90 s per try when
# Pinecone says so, far longer than a caller waits. So its two parts are put together here.
from pinecone._internal.config import PineconeConfig, RetryConfig
from pinecone._internal.constants import DATA_PLANE_API_VERSION
from pinecone._internal.http_client import HTTPClient

from nexus.adapters.pinecone.errors import translated
from nexus.deadline import current
from nexus.errors import UpstreamRefused


def connect(
    host: str,
    api_key: str,
    *,
    timeout_s: float,
    retries: int,
    longest_wait_s: float,
    verify: bool | ssl.SSLContext,
) -> tuple[HTTPClient, str]:
    """The client of an index, and the index's address as the SDK writes it.

    The parameters are those of `PineconeIndex`. Raises UpstreamRefused without host or key.
    """
    if not host or not api_key:
        raise UpstreamRefused("index", "Pinecone's host and API key are not both set.")
    with translated():
        config = PineconeConfig(
            api_key=api_key,
            host=host,
            timeout=timeout_s,
            ssl_verify=verify,  # type: ignore[arg-type]  # httpx, below, takes either
            retry_config=RetryConfig(max_retries=retries, max_wait=longest_wait_s),
        )
        return _HeldClient(config, DATA_PLANE_API_VERSION), config.host


class _HeldClient(HTTPClient):
    """The SDK's client, whose tries each end by the request's deadline."""

    def post(
        self, path: str, timeout: float | httpx.Timeout | None = None, **kwargs: Any
    ) -> httpx.Response:
        if timeout is None:
            timeout = current().limit(self._config.timeout, "index")
        return super().post(path, timeout=timeout, **kwargs)
