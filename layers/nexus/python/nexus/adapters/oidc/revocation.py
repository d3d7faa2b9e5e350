"""Takes a refresh token back at its provider (RFC 7009)."""

from __future__ import annotations

import httpx2

from nexus.adapters.tls_context import tls_context
from nexus.errors import UpstreamRefused, UpstreamUnavailable

TIMEOUT_S = 3.0


class ProviderRefreshTokens:
    """RefreshTokens of a provider whose revocation endpoint and public client are known."""

    def __init__(self, url: str, client_id: str) -> None:
        self._url = url
        self._client_id = client_id

    def revoke(self, token: str) -> None:
        """Has the provider take a token back. Raises UpstreamError if it does not say so."""
        asked = {
            "token": token,
            "token_type_hint": "refresh_token",
            "client_id": self._client_id,
        }
        verify = not self._url.startswith("http://") and tls_context()
        try:
            with httpx2.Client(timeout=TIMEOUT_S, verify=verify) as client:
                answer = client.post(self._url, data=asked)
        except httpx2.HTTPError as err:
            raise UpstreamUnavailable("sign-in", "The provider did not answer.") from err
        if answer.status_code >= 500:
            raise UpstreamUnavailable("sign-in", "The provider failed to take a token back.")
        if answer.status_code != 200:
            raise UpstreamRefused("sign-in", "The provider refused to take a token back.")
