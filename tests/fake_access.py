"""API Gateway's keys and a user pool in memory, which can fail, hang or be left in the middle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from nexus.errors import Conflict
from nexus.models import Person
from nexus.ports import GatewayKey

T = TypeVar("T")


class Killed(BaseException):
    """The process ended here: nothing of it runs any more."""


@dataclass
class Life:
    """The calls that a process makes, of which it is killed in the one at `ends_at`, from 0.

    With `after` the call is still done. `calls` tells what was asked, in order.
    """

    ends_at: int | None = None
    after: bool = False
    calls: list[str] = field(default_factory=list)
    dead: bool = False

    def living(self, thing: T, *quiet: str) -> T:
        """The same thing as this process has it; calls of `quiet` do not count."""
        return cast(T, _Living(thing, self, quiet))

    def call(self, name: str, call: Callable[..., Any], *args: Any, **given: Any) -> Any:
        if self.dead:
            raise Killed
        self.calls.append(name)
        if self.ends_at == len(self.calls) - 1:
            self.dead = True
            if self.after:
                call(*args, **given)
            raise Killed
        return call(*args, **given)


class _Living:
    def __init__(self, thing: object, life: Life, quiet: tuple[str, ...]) -> None:
        self._thing = thing
        self._life = life
        self._quiet = quiet

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._thing, name)
        if not callable(found) or name in self._quiet:
            return found
        return lambda *args, **given: self._life.call(name, found, *args, **given)


class FakeManagedKeys:
    """ManagedKeys in dictionaries: `held` by id, `plans` by name."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[tuple[str, str], str, str]] = {}
        self.plans: dict[str, set[str]] = {"standard": set(), "admin": set()}
        self._made = 0

    def make(self, tenant: str, client: str, key: str, request: str = "") -> str:
        self._made += 1
        gateway_key_id = f"gw{self._made}"
        self.held[gateway_key_id] = ((tenant, client), key, request)
        return gateway_key_id

    def of_client(self, tenant: str, client: str) -> list[GatewayKey]:
        return [
            GatewayKey(gateway_key_id, request)
            for gateway_key_id, (whose, _, request) in self.held.items()
            if whose == (tenant, client)
        ]

    def value(self, gateway_key_id: str) -> str | None:
        found = self.held.get(gateway_key_id)
        return found[1] if found else None

    def adopt(self, gateway_key_id: str) -> None:
        del gateway_key_id

    def remove(self, gateway_key_id: str) -> None:
        self.held.pop(gateway_key_id, None)
        for ids in self.plans.values():
            ids.discard(gateway_key_id)

    def on_plan(self, plan: str) -> set[str]:
        return set(self.plans[plan])

    def put_on_plan(self, plan: str, gateway_key_id: str) -> bool:
        if gateway_key_id not in self.held:
            return False
        self.plans[plan].add(gateway_key_id)
        return True

    def take_off_plan(self, plan: str, gateway_key_id: str) -> None:
        self.plans[plan].discard(gateway_key_id)


class FakePool:
    """A UserPool in a dictionary by username; `invited` and `signed_out` tell of whom."""

    def __init__(self, *groups: str) -> None:
        self.users: dict[str, Person] = {}
        self.named = set(groups)
        self.invited: list[str] = []
        self.signed_out: list[str] = []
        self._made = 0

    def put(self, email: str, tenant: str, *groups: str, waiting: bool = False) -> Person:
        """Somebody whom an operator made."""
        self._made += 1
        username, created_at = f"u{self._made}", "2026-01-01T00:00:00Z"
        subject = f"subject-{self._made}"
        made = Person(username, email, tenant, True, created_at, waiting, groups, subject)
        self.users[made.username] = made
        return made

    def find(self, email: str) -> Person | None:
        found = [one for one in self.users.values() if one.email == email]
        return replace(found[0], groups=tuple(sorted(found[0].groups))) if found else None

    def people(self) -> list[Person]:
        return [replace(one, groups=()) for one in self.users.values()]

    def groups(self) -> list[str]:
        return list(self.named)

    def members(self, group: str) -> list[str]:
        return [name for name, one in self.users.items() if group in one.groups]

    def make(self, email: str) -> None:
        if self.find(email):
            raise Conflict(f"{email} was added by somebody else meanwhile.")
        self.put(email, "", waiting=True)

    def invite(self, email: str) -> None:
        assert self.find(email)
        self.invited.append(email)

    def lend(self, username: str, password: str) -> None:
        del password
        self._set(username, waiting=True)

    def enter(self, username: str, tenant: str) -> None:
        self._set(username, tenant=tenant)

    def join(self, username: str, group: str) -> None:
        self._set(username, groups=tuple({*self.users[username].groups, group}))

    def leave(self, username: str, group: str) -> None:
        self._set(username, groups=tuple({*self.users[username].groups} - {group}))

    def enable(self, username: str, enabled: bool) -> None:
        self._set(username, enabled=enabled)

    def sign_out(self, username: str) -> None:
        self.signed_out.append(username)

    def remove(self, username: str) -> None:
        self.users.pop(username, None)

    def _set(self, username: str, **said: Any) -> None:
        self.users[username] = replace(self.users[username], **said)
