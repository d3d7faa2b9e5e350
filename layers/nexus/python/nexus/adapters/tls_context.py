"""The one TLS context that our HTTP clients share, because loading certificates takes a while."""

from __future__ import annotations

import ssl
from functools import lru_cache
from threading import Lock

import httpx2

_lock = Lock()


def tls_context() -> ssl.SSLContext:
    """The context of this process, made at the first call; safe to use from several threads.

    Clients are made side by side: without the lock, each would load the certificates, in 20 ms.
    """
    with _lock:
        return _made()


@lru_cache(maxsize=1)
def _made() -> ssl.SSLContext:
    return httpx2.create_ssl_context()
