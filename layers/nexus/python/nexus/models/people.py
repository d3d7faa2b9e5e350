"""Who signs in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the stage's user pool.

    `username` is the pool's own name, which stays, and `subject` what tokens name it by; `tenant`
    is "" of who belongs to nobody yet, and `waiting` tells that it has never signed in. `groups`
    are those of the pool, in its order.
    """

    username: str
    email: str
    tenant: str
    enabled: bool
    created_at: str
    waiting: bool = False
    groups: tuple[str, ...] = ()
    subject: str = ""
