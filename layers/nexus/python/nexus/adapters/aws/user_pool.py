"""A stage's people in its Cognito user pool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC
from typing import Any

from nexus.adapters.aws.errors import translate
from nexus.errors import Conflict
from nexus.models import Person

SERVICE = "sign-in"
_NEVER_SIGNED_IN = "FORCE_CHANGE_PASSWORD"


class CognitoPool:
    """A UserPool in which people are named by their e-mail addresses.

    Cognito gives each a `Username` of its own (the subject of its tokens), by which all calls name
    it but those that look an address up, make it or invite it. `tenant` is the attribute that names
    tenants.
    """

    def __init__(self, client: Any, pool_id: str, tenant: str) -> None:
        self._client = client
        self._pool = {"UserPoolId": pool_id}
        self._tenant = tenant

    def find(self, email: str) -> Person | None:
        """Who has an address; Cognito looks it up as it is written."""
        with translate(SERVICE):
            try:
                found = self._client.admin_get_user(**self._pool, Username=email)
            except self._client.exceptions.UserNotFoundException:
                return None
            username = found["Username"]
            named = self._pages("admin_list_groups_for_user", "Groups", Username=username)
            groups = tuple(sorted(str(one["GroupName"]) for one in named))
            return self._person({**found, "Attributes": found["UserAttributes"]}, groups)

    def people(self) -> list[Person]:
        """Everybody, 60 a call."""
        return [self._person(one, ()) for one in self._pages("list_users", "Users")]

    def groups(self) -> list[str]:
        """The pool's groups, without those in which Cognito puts all of another provider's people.

        https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-user-groups.html
        """
        of_providers = f"{self._pool['UserPoolId']}_"
        names = (str(one["GroupName"]) for one in self._pages("list_groups", "Groups"))
        return [name for name in names if not name.startswith(of_providers)]

    def members(self, group: str) -> list[str]:
        """Who is in a group, 60 a call."""
        pages = self._client.get_paginator("list_users_in_group")
        with translate(SERVICE):
            try:
                found = list(pages.paginate(**self._pool, GroupName=group))
            except self._client.exceptions.ResourceNotFoundException:
                return []
        return [str(one["Username"]) for page in found for one in page["Users"]]

    def make(self, email: str) -> None:
        """Makes somebody whose address counts as proven: an administrator vouches for it."""
        attributes = {"email": email, "email_verified": "true"}
        with translate(SERVICE):
            try:
                self._client.admin_create_user(
                    **self._pool,
                    Username=email,
                    UserAttributes=_written(attributes),
                    MessageAction="SUPPRESS",
                )
            except self._client.exceptions.UsernameExistsException as err:
                raise Conflict(f"{email} was added by somebody else meanwhile.") from err

    def invite(self, email: str) -> None:
        """Has Cognito write the invitation with a temporary password, which it makes."""
        with translate(SERVICE):
            self._client.admin_create_user(
                **self._pool,
                Username=email,  # as it was made: by another name it would be made anew
                MessageAction="RESEND",
                DesiredDeliveryMediums=["EMAIL"],
            )

    def lend(self, username: str, password: str) -> None:
        """Sets a temporary password."""
        self._call("admin_set_user_password", username, Password=password, Permanent=False)

    def enter(self, username: str, tenant: str) -> None:
        """Writes the attribute that names the tenant."""
        said = _written({self._tenant: tenant})
        self._call("admin_update_user_attributes", username, UserAttributes=said)

    def join(self, username: str, group: str) -> None:
        """Puts somebody into a group; Cognito takes it again."""
        self._call("admin_add_user_to_group", username, GroupName=group)

    def leave(self, username: str, group: str) -> None:
        """Takes somebody out of a group."""
        self._call("admin_remove_user_from_group", username, GroupName=group)

    def enable(self, username: str, enabled: bool) -> None:
        """Lets somebody sign in, or not."""
        self._call("admin_enable_user" if enabled else "admin_disable_user", username)

    def sign_out(self, username: str) -> None:
        """Revokes somebody's refresh tokens; an ID token is told ended elsewhere."""
        with suppress(Conflict):
            self._call("admin_user_global_sign_out", username)

    def remove(self, username: str) -> None:
        """Deletes somebody."""
        with suppress(Conflict):
            self._call("admin_delete_user", username)

    def _call(self, operation: str, username: str, **given: Any) -> None:
        gone = self._client.exceptions.UserNotFoundException
        with translate(SERVICE):
            try:
                getattr(self._client, operation)(**self._pool, Username=username, **given)
            except gone as err:
                raise Conflict("That person was removed meanwhile.") from err

    def _pages(self, operation: str, named: str, **given: Any) -> Iterator[Mapping[str, Any]]:
        pages = self._client.get_paginator(operation).paginate(**self._pool, **given)
        with translate(SERVICE):
            for page in pages:
                yield from page[named]

    def _person(self, user: Mapping[str, Any], groups: tuple[str, ...]) -> Person:
        said = {one["Name"]: one.get("Value", "") for one in user["Attributes"]}
        made = user["UserCreateDate"].astimezone(UTC)
        return Person(
            username=str(user["Username"]),
            email=str(said.get("email", "")),
            tenant=str(said.get(self._tenant, "")),
            enabled=bool(user["Enabled"]),
            created_at=f"{made:%Y-%m-%dT%H:%M:%SZ}",
            waiting=user["UserStatus"] == _NEVER_SIGNED_IN,
            groups=groups,
            subject=str(said.get("sub", user["Username"])),
        )


def _written(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]
