"""Makes, changes and removes a tenant's people in the stage's own user pool.

Somebody is made of no tenant, put into the groups, invited, and made the tenant's last: until then
no token of its names an organisation. Whoever is killed between leaves somebody whom nobody lists;
adding the same address again completes it.
"""

from __future__ import annotations

import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace

from nexus.access.administrators import Administrators
from nexus.access.repeating import NEW, Request
from nexus.access.turns import Turns
from nexus.errors import Conflict, NotFound
from nexus.models import Person
from nexus.object_keys import tenant_prefix
from nexus.ports import EndedSignIns, UserPool
from nexus.sign_in.claims import person_of

# Cognito's ID tokens last for a day at most.
_LONGEST_TOKEN_S = 2 * 86_400
_ELSEWHERE = (
    "People of this stage are entered at the organisation's own provider, or nowhere: change them "
    "there."
)


class PeopleOfTenant:
    """The people of each tenant; `everybody` is the tenant of the whole pool, or "".

    Without a pool there is nobody, and every change is a Conflict. Every change may raise
    InProgress, while another of the same tenant is at work, and UpstreamError.
    """

    def __init__(
        self,
        pool: UserPool | None,
        turns: Turns,
        administrators: Administrators,
        ended: EndedSignIns,
        everybody: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        self._pool = pool
        self._turns = turns
        self._administrators = administrators
        self._ended = ended
        self._everybody = everybody
        self._now = now

    @property
    def managed(self) -> bool:
        """Whether people are the stage's own, and can be changed here."""
        return self._pool is not None

    def check_managed(self) -> None:
        """Raises Conflict where people cannot be changed here."""
        self._managed()

    def list_people(self, tenant: str) -> list[Person]:
        """A tenant's people with their groups, by e-mail address."""
        if self._pool is None:
            return []
        groups: dict[str, list[str]] = defaultdict(list)
        for group in sorted(self._pool.groups()):
            for username in self._pool.members(group):
                groups[username].append(group)
        found = [
            replace(one, groups=tuple(groups[one.username]))
            for one in self._pool.people()
            if self._is_of(one, tenant)
        ]
        return sorted(found, key=lambda one: (one.email, one.username))

    def add(self, tenant: str, email: str, groups: Iterable[str], request: Request = NEW) -> Person:
        """Makes somebody, who is sent an invitation. Raises Conflict for an address that is taken.

        `groups` are the pool's own. An address has one spelling, in lower case.
        """
        tenant_prefix(tenant)
        pool, email = self._managed(), email.lower()
        if self._everybody not in ("", tenant):
            raise Conflict("Everybody who signs in here belongs to another tenant: make keys.")
        # Two tenants that add one address at once would share who comes of it.
        with self._turns.of(tenant), self._turns.of(email):
            found = pool.find(email)
            if request.repeated and found is not None and self._is_of(found, tenant):
                return found
            if found is None:
                pool.make(email)
                found = pool.find(email)
            elif found.tenant or not found.waiting:
                raise Conflict(
                    f"{email} cannot be added: somebody of this service has that address."
                )
            if found is None:
                raise Conflict(f"{email} was removed meanwhile: add it again.")
            self._regroup(found, groups)
            pool.invite(email)
            pool.enter(found.username, tenant)
            return self._found(tenant, email)

    def change(
        self,
        tenant: str,
        email: str,
        groups: Iterable[str] | None = None,
        enabled: bool | None = None,
        *,
        spares_last: bool = False,
    ) -> Person:
        """Gives somebody exactly these groups, and lets it sign in or not; None leaves it as it is.

        Who gets fewer rights has to sign in anew, within a minute. Raises NotFound, and Conflict
        for the last administrator, if it is spared and would be none.
        """
        pool = self._managed()
        with self._turns.of(tenant):
            person = self._found(tenant, email)
            wanted = person.groups if groups is None else tuple(groups)
            on = person.enabled if enabled is None else enabled
            if spares_last and not (on and self._administrators.are_made_by(wanted)):
                self._spare(tenant, person)
            if enabled is not None and enabled != person.enabled:
                pool.enable(person.username, enabled)
            self._regroup(person, wanted)
            if not on or not set(person.groups) <= set(wanted):
                self._end(person)
            return self._found(tenant, email)

    def remove(self, tenant: str, email: str, *, spares_last: bool = False) -> Person:
        """Removes somebody, and returns who it was. Raises NotFound, and Conflict as `change`."""
        pool = self._managed()
        with self._turns.of(tenant):
            person = self._found(tenant, email)
            if spares_last:
                self._spare(tenant, person)
            self._end(person)
            pool.remove(person.username)
            return person

    def lend_password(self, tenant: str, email: str) -> str:
        """Gives somebody another password, to be changed at the next sign-in, and returns it."""
        pool = self._managed()
        with self._turns.of(tenant):
            password = f"{secrets.token_urlsafe(12)}-A1a"  # one of each kind that the pool asks for
            pool.lend(self._found(tenant, email).username, password)
            return password

    def _managed(self) -> UserPool:
        if self._pool is None:
            raise Conflict(_ELSEWHERE)
        return self._pool

    def _is_of(self, person: Person, tenant: str) -> bool:
        """Whose a person is, as its token would say (nexus/sign_in/claims.py)."""
        return tenant == (self._everybody or person.tenant)

    def _found(self, tenant: str, email: str) -> Person:
        pool = self._managed()
        # An operator may have entered it in capitals.
        found = pool.find(email) or pool.find(email.lower())
        if found is None or not self._is_of(found, tenant):
            raise NotFound("This tenant has no person with that e-mail address.")
        return found

    def _end(self, person: Person) -> None:
        """Ends all that somebody has signed in to: tokens first, then what renews them."""
        # Of the second in which it is ended none is believed, either.
        before = int(self._now()) + 1
        self._ended.end_all(person_of(person.subject), before, before + _LONGEST_TOKEN_S)
        self._managed().sign_out(person.username)

    def _regroup(self, person: Person, groups: Iterable[str]) -> None:
        pool, wanted = self._managed(), set(groups)
        # Rights go before others come.
        for group in sorted(set(person.groups) - wanted):
            pool.leave(person.username, group)
        for group in sorted(wanted - set(person.groups)):
            pool.join(person.username, group)

    def _spare(self, tenant: str, person: Person) -> None:
        if person.enabled and self._administrators.are_made_by(person.groups):
            self._administrators.spare(tenant, username=person.username)
