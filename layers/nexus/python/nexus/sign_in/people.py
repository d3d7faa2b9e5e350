"""Who a person's token stands for, remembered for as long as a key is."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping

from nexus.errors import NotSignedIn
from nexus.ports import EndedSignIns, TokenVerifier
from nexus.sign_in.claims import ClaimNames, caller_of, person_of
from nexus.sign_in.context import Caller

# As long as a key is (nexus/clients.py), unless the settings say otherwise.
REMEMBERED_S = 60.0
REMEMBERED_TOKENS = 1_000
ENDED = "This sign-in was ended: sign in again."


class People:
    """Turns people's tokens into callers."""

    def __init__(
        self,
        tokens: TokenVerifier,
        ended: EndedSignIns,
        names: ClaimNames,
        now: Callable[[], float] = time.time,
        remembered_s: float = REMEMBERED_S,
    ) -> None:
        self._tokens = tokens
        self._ended = ended
        self._names = names
        self._now = now
        self._remembered_s = remembered_s
        self._known: dict[bytes, tuple[float, Caller]] = {}

    def caller(self, token: str) -> Caller:
        """The person of a token. Raises NotSignedIn if it is not to be believed."""
        digest = hashlib.sha256(token.encode()).digest()
        now = self._now()
        until, caller = self._known.pop(digest, (0.0, None))
        if caller is None or until <= now:
            claims = self._tokens.claims(token)
            caller = caller_of(claims, self._names)
            if self._ended.has_ended(caller.sign_in) or self._was_ended(claims):
                raise NotSignedIn(ENDED)
            until = min(now + self._remembered_s, float(str(claims["exp"])))
        if len(self._known) >= REMEMBERED_TOKENS:
            self._known.clear()
        self._known[digest] = (until, caller)
        return caller

    def _was_ended(self, claims: Mapping[str, object]) -> bool:
        """Whether the person was removed, or lost rights, after the token was made."""
        before = self._ended.ended_before(person_of(str(claims["sub"])))
        return before > 0 and float(str(claims.get("iat", 0))) < before
