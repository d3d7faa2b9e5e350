"""Takes a request's Idempotency-Key, or finds what was answered under it before.

As draft-ietf-httpapi-idempotency-key-header has it (sections 2.6 and 2.7): a request that is still
at work is a conflict, and another body under the same key is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from nexus.deadline import current
from nexus.errors import InProgress, InvalidRequest
from nexus.model_settings import LONGEST_REQUEST_S
from nexus.ports import RequestClaims

# The field that is named when a key cannot be used.
FIELD = "Idempotency-Key"
# How long a key stays taken by who never says that it is done: no request lives longer.
CLAIMED_S = round(LONGEST_REQUEST_S) + 10
# How long a second request waits for the first one's answer, how often it looks, and when it may
# come again.
WAIT_S = 5.0
LOOK_S = 0.25
RETRY_AFTER_S = 3.0


def taken(
    claims: RequestClaims, place: str, body: str, owner: str, sleep: Callable[[float], None]
) -> bytes | None:
    """The answer that stands at the place; None once it is the owner's.

    Raises InvalidRequest for another body, InProgress when another owner is not done after 5 s.
    """
    waited = 0.0
    while True:
        found = claims.claim(place, body, owner, CLAIMED_S)
        if found is None:
            return None
        if found.body != body:
            raise InvalidRequest(
                "The Idempotency-Key was sent with another request before: take a new key for "
                "a new request.",
                FIELD,
            )
        if found.answer is not None:
            return found.answer
        if waited >= WAIT_S or not current().fits(LOOK_S + 1):
            raise InProgress(
                "A request with this Idempotency-Key is still being answered: send it again in "
                f"{RETRY_AFTER_S:.0f} seconds.",
                RETRY_AFTER_S,
            )
        sleep(LOOK_S)
        waited += LOOK_S


def digest(*parts: object) -> str:
    """A name of 64 hex digits for these parts."""
    # JSON, so that no two lists of parts can be written alike.
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
