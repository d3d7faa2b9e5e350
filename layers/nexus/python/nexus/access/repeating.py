"""Makes what a request asks for once, however often the request comes."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from nexus.errors import UpstreamError
from nexus.models import Principal
from nexus.ports import RequestClaims
from nexus.taken_requests import digest, taken

T = TypeVar("T")

# How long a repetition gets what the request got. What it made is found again where it stands: no
# key is kept beside.
KEPT_S = 3600


@dataclass(frozen=True, slots=True)
class Request:
    """A request by its name, "" if it has none, and whether it was answered before."""

    name: str = ""
    repeated: bool = False


NEW = Request()


class Repeatable:
    """Requests that may come again under an Idempotency-Key."""

    def __init__(self, claims: RequestClaims, sleep: Callable[[float], None] = time.sleep) -> None:
        self._claims = claims
        self._sleep = sleep

    def once(
        self, caller: Principal, key: str | None, asked: object, make: Callable[[Request], T]
    ) -> T:
        """What `make` makes or, where the request was answered before, finds again.

        `asked` is all that was asked for, as JSON can write it. Raises what `taken` and `make` do.
        """
        if key is None:
            return make(NEW)
        place = digest("access", caller.tenant, caller.client, key)
        body, owner = digest(asked), uuid.uuid4().hex
        name = digest(place, body)[:32]
        if taken(self._claims, place, body, owner, self._sleep) is not None:
            return make(Request(name, repeated=True))
        try:
            made = make(Request(name))
        except Exception:
            with suppress(UpstreamError):  # it is free when its time is over
                self._claims.release(place, owner)
            raise
        with suppress(UpstreamError):  # a repetition then finds what was made, or that it is there
            self._claims.finish(place, body, owner, b"made", KEPT_S, ())
        return made
