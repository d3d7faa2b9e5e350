"""Who may use the local pool's pages and endpoints: browsers, as they do those of Cognito.

A browser comes to sign in and out by leaving a page for another, and the pool leads back only to
addresses that its client names. What a page reads itself, it may if the stage's `cors_origins` name
its origin, and no other page may.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from cli.local.access.origins import Headers, foreign_page, values

_POOL = r"/[a-z0-9-]{1,32}_[A-Za-z0-9]{1,64}/\.well-known/(jwks\.json|openid-configuration)"
_PAGES = ("/oauth2/authorize", "/login", "/logout")
_READ = re.compile(rf"/oauth2/(token|revoke|userInfo)|{_POOL}")
_METHODS = ("GET", "POST", "OPTIONS")


class SignInRules:
    """What browsers may ask of the pool; `origins` are those of the pages that sign people in."""

    def __init__(self, origins: Collection[str] = ()) -> None:
        self._origins = frozenset(origins)

    def concern(self, method: str, path: str) -> bool:
        """Whether a request is for the pool's pages or endpoints, which ask for no signature."""
        return method in _METHODS and (path in _PAGES or _READ.fullmatch(path) is not None)

    def refusal(self, method: str, path: str, headers: Headers) -> str | None:
        """Why a browser's request is refused; None if it is not. Call after `foreign_host`."""
        headers = list(headers)
        leaves_a_page = method == "GET" and path in _PAGES
        if leaves_a_page and values(headers, b"sec-fetch-mode") in ([], ["navigate"]):
            return None
        if path not in _PAGES and self._is_allowed(headers):
            return None
        return foreign_page(headers)

    def allowed(self, headers: Headers) -> dict[str, str]:
        """The headers that let a page read the answer; none if it may not."""
        headers = list(headers)
        if not self._is_allowed(headers):
            return {}
        return {
            "access-control-allow-origin": values(headers, b"origin")[0],
            "access-control-allow-headers": "authorization, content-type",
            "access-control-allow-methods": "GET, POST",
            "vary": "origin",
        }

    def page(self, headers: Headers) -> str | None:
        """The origin of the page that asks, if it is one of those; None for any other caller."""
        origins = values(headers, b"origin")
        return origins[0] if len(origins) == 1 and origins[0] in self._origins else None

    def _is_allowed(self, headers: Headers) -> bool:
        return self.page(headers) is not None
