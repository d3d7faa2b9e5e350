"""Signs tools' calls by what their secrets hold."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable

from nexus.agents.configuration import Auth
from nexus.errors import ConfigurationError, UpstreamUnavailable
from nexus.ports import Secrets
from nexus.ports.tool_chats import WebClient, WebRequest

SERVICE = "tools"
# A token is asked for anew so long before it ends; one that does not say when it ends lasts as long
# as the other time (RFC 6749, 5.1).
EARLY_S, UNSAID_S = 60, 300
_LONGEST_TOKEN = 16_000


class Credentials:
    """The headers that a tool's calls carry; tokens are kept until shortly before they end."""

    def __init__(
        self, secrets: Secrets, web: WebClient, now: Callable[[], float] = time.time
    ) -> None:
        self._secrets = secrets
        self._web = web
        self._now = now
        self._tokens: dict[Auth, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def headers(self, auth: Auth | None) -> dict[str, str]:
        """The headers of one call.

        Raises ConfigurationError for a secret that does not hold what it should, and what asking
        for a token raises.
        """
        if auth is None:
            return {}
        if auth.kind == "oauth2":
            return {"authorization": f"Bearer {self._token(auth)}"}
        key = self._secrets.get(auth.secret)
        if not key.isascii() or any(not one.isprintable() for one in key):
            raise ConfigurationError(
                f"The secret {auth.secret} must hold one line of plain text, a tool's key."
            )
        if auth.kind == "bearer":
            return {"authorization": f"Bearer {key}"}
        return {auth.header.lower(): key}

    def forget(self, auth: Auth | None) -> bool:
        """Forgets a token that was refused; whether there was one to forget."""
        return auth is not None and self._tokens.pop(auth, None) is not None

    def _token(self, auth: Auth) -> str:
        with self._lock:
            token, ends = self._tokens.get(auth, ("", 0.0))
            if token and self._now() < ends:
                return token
            token, lasts_s = self._asked(auth)
            self._tokens[auth] = token, self._now() + max(0.0, lasts_s - EARLY_S)
            return token

    def _asked(self, auth: Auth) -> tuple[str, float]:
        """A new token by the client credentials grant (RFC 6749, 4.4), and how long it lasts."""
        try:
            held = json.loads(self._secrets.get(auth.secret))
            client, secret = str(held["client_id"]), str(held["client_secret"])
        except (ValueError, KeyError, TypeError) as err:
            raise ConfigurationError(
                f"The secret {auth.secret} must be JSON with client_id and client_secret."
            ) from err
        form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
        if auth.scope:
            form["scope"] = auth.scope
        request = WebRequest("POST", auth.token_url or "", form=form, max_bytes=_LONGEST_TOKEN)
        response = self._web.send(request)
        try:
            given = json.loads(response.body) if response.status == 200 else {}
            token = given["access_token"]
            lasts_s = float(given.get("expires_in", UNSAID_S))
        except (ValueError, KeyError, TypeError) as err:
            raise UpstreamUnavailable(
                SERVICE, f"No token was given for the tool (HTTP {response.status})."
            ) from err
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise UpstreamUnavailable(SERVICE, "What was given for the tool is no token.")
        return token, lasts_s
