"""From what a token says to the person's tenant, groups, role and name, as the stage configures it.

A claim that is malformed gives nobody a right: a tenant that cannot be one is none, and a group
that is no text is left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nexus.errors import InvalidRequest, NotSignedIn
from nexus.models import EVERY_GROUP, Principal
from nexus.object_keys import compared, spelled, tenant_prefix
from nexus.sign_in.context import Caller

# The usage plan that all people share (cdk/usage_plans.py).
PLAN = "people"
_MOST_GROUPS = 200  # what Microsoft Entra puts into a token at most, as the largest provider does
_LONGEST_NAME = 200
_NO_TENANT = (
    "The token names no organisation of this service: ask your administrator to enter yours at "
    "the provider, then sign in again."
)


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """Which claims say what; `tenant` is everybody's tenant where it is not "".

    Who has one of `admins` in the claim `role` is an administrator; anybody else is a user.
    """

    tenant_claim: str
    tenant: str
    groups_claim: str
    role_claim: str
    admins: tuple[str, ...]
    name_claim: str


def caller_of(claims: Mapping[str, object], names: ClaimNames) -> Caller:
    """The person that a token's claims name. Raises NotSignedIn if they name no tenant."""
    subject = str(claims["sub"])
    tenant = names.tenant or claims.get(names.tenant_claim)
    try:
        tenant_prefix(tenant if isinstance(tenant, str) else "")
    except InvalidRequest as err:
        raise NotSignedIn(_NO_TENANT) from err
    admins = set(map(compared, names.admins))
    is_admin = not admins.isdisjoint(map(compared, _texts(claims.get(names.role_claim))))
    # The sign of every group is for keys that an operator makes, never for what a token claims.
    groups = {spelled(one) for one in _texts(claims.get(names.groups_claim))} - {"", EVERY_GROUP}
    principal = Principal(
        tenant=str(tenant),
        client=client_of(subject),
        role="admin" if is_admin else "user",
        plan=PLAN,
        groups=tuple(sorted(groups)),
    )
    name = claims.get(names.name_claim)
    shown = spelled(name)[:_LONGEST_NAME] if isinstance(name, str) else ""
    return Caller(principal, shown or subject, sign_in_of(claims))


def sign_in_of(claims: Mapping[str, object]) -> str:
    """The digest that names a token's sign-in: all tokens that one sign-in led to share it.

    That is Cognito's `origin_jti` or OpenID Connect's `sid`; else who signed in and when; and
    where a provider says none of these, the token itself.
    """
    by = ("origin_jti", "sid", "auth_time", "jti", "iat")
    name = next((one for one in by if claims.get(one)), "iat")
    named = json.dumps([str(claims.get(one)) for one in ("iss", "sub", name)] + [name])
    return hashlib.sha256(named.encode()).hexdigest()


def client_of(subject: str) -> str:
    """The name of who signed in, beside the names of keys."""
    return f"person/{subject}"


def person_of(subject: str) -> str:
    """The digest that names somebody, whatever sign-in a token is of."""
    return hashlib.sha256(json.dumps(["person", subject]).encode()).hexdigest()


def _texts(value: object) -> Iterator[str]:
    listed = value if isinstance(value, list) else [value]
    for one in listed[:_MOST_GROUPS]:
        if isinstance(one, str):
            yield one
