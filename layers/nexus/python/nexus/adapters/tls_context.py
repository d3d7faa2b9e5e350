"""The one TLS context that our HTTP clients share, because loading certificates takes a while."""

from __future__ import annotations

import ssl
from functools import lru_cache

import httpx2


@lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """The context of this process, made at the first call; safe to use from several threads."""
    return httpx2.create_ssl_context()
