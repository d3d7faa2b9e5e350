"""Lets the changes of a tenant's clients and people follow each other, one at a time."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from nexus.deadline import current
from nexus.errors import InProgress, UpstreamError
from nexus.ports import RequestClaims
from nexus.taken_requests import CLAIMED_S, LOOK_S, RETRY_AFTER_S, WAIT_S, digest


class Turns:
    """Gives each tenant's changes their turns.

    Two that ran at once could each find the other's key half made, or each remove an administrator
    as another was left. Who is killed at work keeps its turn for 40 s.
    """

    def __init__(self, claims: RequestClaims, sleep: Callable[[float], None] = time.sleep) -> None:
        self._claims = claims
        self._sleep = sleep

    @contextmanager
    def of(self, subject: str) -> Iterator[None]:
        """Does the block's work alone of all that are on a tenant, or on an e-mail address.

        Raises InProgress if another change is not done in 5 s.
        """
        place, owner = digest("access", subject), uuid.uuid4().hex
        waited = 0.0
        while self._claims.claim(place, "change", owner, CLAIMED_S) is not None:
            if waited >= WAIT_S or not current().fits(LOOK_S + 1):
                raise InProgress(
                    "Another change of this tenant's clients or people is at work: send this one "
                    f"again in {RETRY_AFTER_S:.0f} seconds.",
                    RETRY_AFTER_S,
                )
            self._sleep(LOOK_S)
            waited += LOOK_S
        try:
            yield
        finally:
            with suppress(UpstreamError):  # it ends by itself when its time is over
                self._claims.release(place, owner)
