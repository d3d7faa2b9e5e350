"""A process that is killed at any step leaves nothing that works by halves, and the next completes.

Each change is made by a process that ends in its first call, its second, and so on, before or after
the call took effect, until one lives long enough. The next try comes when its turn is free again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from nexus.access.keys import plan_of
from nexus.access.repeating import Request
from nexus.models import Principal
from nexus.services import AccessServices
from nexus.taken_requests import CLAIMED_S
from tests.fake_access import Killed, Life
from tests.functions.access_services import ADMIN_KEY, USER_KEY, Bureau

CALLER = Principal("acme", "boss", "admin", "admin")
Change = Callable[[AccessServices], Any]


def created(services: AccessServices) -> str:
    def make(asked: Request) -> str:
        return services.keys.create("acme", "web", "user", request=asked)[0]

    return services.repeatable.once(CALLER, "k-1", ["web"], make)


def rotated(services: AccessServices) -> str:
    def make(asked: Request) -> str:
        return services.keys.rotate("acme", "guest", 7, request=asked)[0]

    return services.repeatable.once(CALLER, "k-2", ["guest"], make)


def revoked(services: AccessServices) -> int:
    return services.keys.revoke("acme", "guest", spares_last=True)


def promoted(services: AccessServices) -> None:
    def changed(who: Principal) -> Principal:
        return Principal(who.tenant, who.client, "admin", plan_of("admin"))

    services.keys.change("acme", "guest", changed, moves_always=True)


def added(services: AccessServices) -> None:
    services.people.add("acme", "Eve@example.org", ("hr", "finance"))


def regrouped(services: AccessServices) -> None:
    services.people.change("acme", "ana@example.org", ("hr",), False)


def removed(services: AccessServices) -> None:
    services.people.remove("acme", "ana@example.org")


def deaths(change: Change) -> list[tuple[int, bool]]:
    """Every call of a change, before and after it took effect."""
    life = Life()
    change(bureau().process(life))
    return [(step, after) for step in range(len(life.calls)) for after in (False, True)]


def bureau() -> Bureau:
    made = Bureau()
    assert made.pool is not None
    made.pool.put("ana@example.org", "acme", "finance")
    return made


def killed(made: Bureau, change: Change, step: int, after: bool) -> None:
    with pytest.raises(Killed):
        change(made.process(Life(step, after)))
    assert_nothing_by_halves(made)
    made.clock.advance(CLAIMED_S + 1)


def assert_nothing_by_halves(made: Bureau) -> None:
    """Whoever has no entry is let in nowhere, and who was let in before still is or is revoked."""
    entered = {entry.gateway_key_id for entry in made.clients.clients.values()}
    for gateway_key_id, (_, value, _) in made.gateway.held.items():
        if gateway_key_id not in entered:
            assert not made.works(value)
    assert made.works(ADMIN_KEY)


def assert_no_orphan(made: Bureau) -> None:
    entered = {entry.gateway_key_id for entry in made.clients.clients.values()}
    assert set(made.gateway.held) == entered
    on_plans = [one for ids in made.gateway.plans.values() for one in ids]
    assert sorted(on_plans) == sorted(entered)


@pytest.mark.parametrize(("step", "after"), deaths(created))
def test_a_key_that_was_half_made_is_cleaned_up_or_told_by_the_same_request(
    step: int, after: bool
) -> None:
    made = bureau()
    killed(made, created, step, after)
    key = created(made.process())
    assert made.works(key)
    assert_no_orphan(made)
    assert sum(one.principal.client == "web" for one in made.clients.clients.values()) == 1
    assert created(made.process()) == key


@pytest.mark.parametrize(("step", "after"), deaths(rotated))
def test_a_rotation_that_was_broken_off_is_completed_by_the_same_request(
    step: int, after: bool
) -> None:
    made = bureau()
    killed(made, rotated, step, after)
    assert made.works(USER_KEY)
    key = rotated(made.process())
    assert made.works(key)
    assert made.works(USER_KEY)
    assert_no_orphan(made)
    assert sum(one.principal.client == "guest" for one in made.clients.clients.values()) == 2


@pytest.mark.parametrize(("step", "after"), deaths(revoked))
def test_a_revocation_that_was_broken_off_is_completed(step: int, after: bool) -> None:
    made = bureau()
    killed(made, revoked, step, after)
    with suppress(Exception):  # it may be that nothing was left to do but to say so
        revoked(made.process())
    assert not made.works(USER_KEY)
    assert_no_orphan(made)


@pytest.mark.parametrize(("step", "after"), deaths(promoted))
def test_a_change_of_role_that_was_broken_off_is_completed(step: int, after: bool) -> None:
    made = bureau()
    killed(made, promoted, step, after)
    promoted(made.process())
    assert made.works(USER_KEY)
    assert_no_orphan(made)
    [guest] = [one for one in made.clients.clients.values() if one.principal.client == "guest"]
    assert guest.gateway_key_id in made.gateway.plans["admin"]
    assert guest.principal.role == "admin"


@pytest.mark.parametrize(("step", "after"), deaths(added))
def test_somebody_who_was_half_made_belongs_to_nobody_until_completed(
    step: int, after: bool
) -> None:
    made = bureau()
    assert made.pool is not None
    killed(made, added, step, after)
    found = made.pool.find("eve@example.org")
    if found is None or not found.tenant:
        people = made.process().people.list_people("acme")
        assert [one.email for one in people] == ["ana@example.org"]
        added(made.process())
    found = made.pool.find("eve@example.org")
    assert found is not None
    assert (found.tenant, found.groups) == ("acme", ("finance", "hr"))
    assert found.email in made.pool.invited


@pytest.mark.parametrize(("step", "after"), deaths(regrouped))
def test_a_change_of_groups_that_was_broken_off_gives_no_right_and_is_completed(
    step: int, after: bool
) -> None:
    made = bureau()
    assert made.pool is not None
    killed(made, regrouped, step, after)
    found = made.pool.find("ana@example.org")
    assert found is not None
    assert len(found.groups) <= 1
    regrouped(made.process())
    found = made.pool.find("ana@example.org")
    assert found is not None
    assert (found.groups, found.enabled) == (("hr",), False)
    assert found.username in made.pool.signed_out


@pytest.mark.parametrize(("step", "after"), deaths(removed))
def test_a_removal_that_was_broken_off_is_completed(step: int, after: bool) -> None:
    made = bureau()
    assert made.pool is not None
    killed(made, removed, step, after)
    with suppress(Exception):
        removed(made.process())
    assert made.pool.find("ana@example.org") is None
