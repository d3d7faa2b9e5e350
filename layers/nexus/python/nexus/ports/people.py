"""Where a stage's people are entered."""

from __future__ import annotations

from typing import Protocol

from nexus.models import Person


class UserPool(Protocol):
    """The stage's own user pool.

    Users are named by their `username`; to find, make or invite one, by the e-mail address.
    """

    def find(self, email: str) -> Person | None:
        """Who has an e-mail address, with its groups; None if nobody has."""
        ...

    def people(self) -> list[Person]:
        """Everybody, without groups."""
        ...

    def groups(self) -> list[str]:
        """The pool's groups, in no order."""
        ...

    def members(self, group: str) -> list[str]:
        """Who is in a group; nobody, if there is no such group."""
        ...

    def make(self, email: str) -> None:
        """Makes somebody of no tenant, who is not told of it yet. Raises Conflict if there is."""
        ...

    def invite(self, email: str) -> None:
        """Sends who has never signed in a temporary password, anew if it was sent before."""
        ...

    def lend(self, username: str, password: str) -> None:
        """Gives somebody a password that is to be changed when it is used."""
        ...

    def enter(self, username: str, tenant: str) -> None:
        """Makes somebody a tenant's."""
        ...

    def join(self, username: str, group: str) -> None:
        """Puts somebody into a group, who may be in it."""
        ...

    def leave(self, username: str, group: str) -> None:
        """Takes somebody out of a group, who need not be in it."""
        ...

    def enable(self, username: str, enabled: bool) -> None:
        """Lets somebody sign in, or not any more."""
        ...

    def sign_out(self, username: str) -> None:
        """Ends what lets somebody's sign-ins be renewed; who is gone is ignored."""
        ...

    def remove(self, username: str) -> None:
        """Removes somebody; who is gone is ignored."""
        ...
