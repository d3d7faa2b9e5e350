"""Who a token stands for, how long that is believed, and what the functions are told of it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from nexus.errors import NotSignedIn
from nexus.models import Filters, Principal
from nexus.sign_in.claims import caller_of, person_of, sign_in_of
from nexus.sign_in.context import Caller, read, written
from nexus.sign_in.people import REMEMBERED_S
from tests.fakes import FakeClock
from tests.people import NAMES, FakeEndedSignIns, Provider


def claims(**said: Any) -> dict[str, Any]:
    whole = {"iss": "i", "sub": "ana", "exp": 9e9, "tenant": "acme", "groups": ["finance"], **said}
    return {name: value for name, value in whole.items() if value is not None}


def test_a_token_s_claims_make_a_person() -> None:
    found = caller_of(claims(email="ana@acme.example"), NAMES)
    assert found.principal == Principal("acme", "person/ana", "user", "people", groups=("finance",))
    assert found.name == "ana@acme.example"
    assert caller_of(claims(), NAMES).name == "ana"


def test_claims_of_other_names_make_one_as_configured() -> None:
    names = replace(NAMES, tenant="acme", groups_claim="roles", role_claim="job", admins=("Boss",))
    found = caller_of(claims(tenant="rival", roles=["hr"], job="boss"), names).principal
    assert (found.tenant, found.groups, found.role) == ("acme", ("hr",), "admin")


@pytest.mark.parametrize("tenant", [None, "", "a/b", "..", 7, ["acme"], "x" * 1_000])
def test_without_a_tenant_nobody_is_anybody(tenant: object) -> None:
    with pytest.raises(NotSignedIn):
        caller_of(claims(tenant=tenant), NAMES)


def test_groups_are_texts_in_one_spelling_and_none_is_every_group() -> None:
    said = ["*", " Finance ", "Cafe\u0301", 7, None, ["hr"], "", *(f"g{n}" for n in range(300))]
    found = caller_of(claims(groups=said), NAMES).principal
    assert {"Finance", "Caf\u00e9", "g0"} <= set(found.groups)
    assert not {"*", "", "hr"} & set(found.groups)
    assert len(found.groups) < 200
    assert found.rights.groups == found.groups
    assert caller_of(claims(groups="finance"), NAMES).principal.groups == ("finance",)


def test_only_the_named_groups_make_administrators() -> None:
    assert caller_of(claims(groups=["Admins"]), NAMES).principal.role == "admin"
    assert caller_of(claims(groups=["admin", "admins2"]), NAMES).principal.role == "user"


def test_all_tokens_of_one_sign_in_share_its_name_and_no_others_do() -> None:
    one = sign_in_of(claims(origin_jti="o", jti="1", auth_time=1))
    assert one == sign_in_of(claims(origin_jti="o", jti="2", auth_time=2))
    others = [
        claims(origin_jti="p"),
        claims(sid="s"),
        claims(origin_jti="o", sub="budi"),
        claims(origin_jti="o", iss="j"),
        claims(auth_time=1),
        claims(auth_time=2),
        claims(jti="1"),
    ]
    assert len({one, *map(sign_in_of, others)}) == 1 + len(others)


def test_what_the_functions_are_told_is_the_caller_in_whole() -> None:
    filters = Filters(("Finance",), ("tag",), "2026-01-01", None, ("id",), None)
    principal = Principal("acme", "Büro", "admin", "admin", filters, 1_900_000_000, ("*",))
    caller = Caller(principal, 'A "name" \u2028', "s" * 64)
    told = written(caller)
    assert all(isinstance(text, str) and text.isascii() for text in told.values())
    assert read({**told, "principalId": "caller", "integrationLatency": 3}) == caller
    assert read({"principalId": "caller"}) is None


def test_an_ended_sign_in_is_refused_within_a_minute_and_others_go_on() -> None:
    clock, provider, ended = FakeClock(time.time()), Provider(), FakeEndedSignIns()
    people = provider.people(ended, clock)
    token, other = provider.token(), provider.token(sid="s-2")
    caller = people.caller(token)
    ended.end(caller.sign_in, 0)
    clock.advance(REMEMBERED_S - 1)
    people.caller(token)
    clock.advance(1)
    with pytest.raises(NotSignedIn):
        people.caller(token)
    with pytest.raises(NotSignedIn):  # another token of the same sign-in, as a renewal makes one
        people.caller(provider.token(jti="renewed"))
    people.caller(other)


def test_who_was_removed_is_refused_within_a_minute_until_it_signs_in_anew() -> None:
    clock, provider, ended = FakeClock(time.time()), Provider(), FakeEndedSignIns()
    people, now = provider.people(ended, clock), int(time.time())
    token = provider.token(iat=now - 10)
    people.caller(token)
    ended.end_all(person_of("ana"), now, now + 1)
    clock.advance(REMEMBERED_S)
    with pytest.raises(NotSignedIn):
        people.caller(token)
    with pytest.raises(NotSignedIn):  # whatever its sign-in
        people.caller(provider.token(iat=now - 1, sid="s-2"))
    people.caller(provider.token(iat=now, sid="s-3"))
    people.caller(provider.token(iat=now - 10, sub="budi", sid="s-4"))


def test_a_token_is_not_remembered_beyond_its_end() -> None:
    clock, provider = FakeClock(time.time()), Provider()
    people = provider.people(FakeEndedSignIns(), clock)
    token = provider.token(exp=int(time.time()) - 58)
    people.caller(token)
    with pytest.MonkeyPatch.context() as patch:
        asked: list[str] = []
        patch.setattr(people._tokens, "claims", asked.append)
        with pytest.raises(TypeError):
            people.caller(token)
    assert asked == [token]
