"""People's tokens, as their provider stands for them, and the sign-ins that were ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class TokenVerifier(Protocol):
    """Knows whether a token is one of the provider's, for this service, and valid now."""

    def claims(self, token: str) -> Mapping[str, object]:
        """What a token says. Raises NotSignedIn if it is not to be believed."""
        ...


class EndedSignIns(Protocol):
    """The sign-ins that ended before their tokens did, by the digests of their names."""

    def end(self, sign_in: str, forget_at: int) -> None:
        """Notes that a sign-in has ended; that is forgotten after a Unix time in seconds."""
        ...

    def has_ended(self, sign_in: str) -> bool:
        """Whether a sign-in was ended; what was just ended is known at once."""
        ...

    def end_all(self, person: str, before: int, forget_at: int) -> None:
        """Notes that all of a person's tokens that were made before a Unix time have ended."""
        ...

    def ended_before(self, person: str) -> int:
        """The Unix time before which a person's tokens have ended; 0 if none has so."""
        ...


class RefreshTokens(Protocol):
    """The long-lived tokens that the provider renews sign-ins for."""

    def revoke(self, token: str) -> None:
        """Has the provider take a token back; one that it does not know is taken back already."""
        ...
