"""People who can sign in at the local stage, each of another group; made by `nexus up`."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from cli.connection import DEMO_TENANT, Connection
from cli.local.layout import Layout, read_json, write_json
from cli.local.page.telling import sign_in_hint

# Whose group is `admins` manages the documents (docs/sign-in.md).
GROUPS = {"ana@example.org": "finance", "budi@example.org": "hr", "citra@example.org": "admins"}


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in, and how."""

    email: str
    group: str
    password: str


def people(layout: Layout) -> list[Person]:
    """The people that `nexus up` made; none before it has."""
    known = read_json(layout.people_file)
    return [
        Person(email, group, str(known[email]["password"]))
        for email, group in GROUPS.items()
        if isinstance(known.get(email), dict) and "password" in known[email]
    ]


def make_people(connection: Connection, layout: Layout) -> list[Person]:
    """Makes whoever is missing in the stage's pool, and returns all; without a pool nobody.

    With them is written down what has the sign-in form filled in, in this run.
    """
    pool = connection.deployment.user_pool
    if not pool:
        return []
    cognito = connection.client("cognito-idp")
    listed = cognito.get_paginator("list_users").paginate(UserPoolId=pool)
    there = {
        attribute["Value"]
        for page in listed
        for user in page["Users"]
        for attribute in user["Attributes"]
        if attribute["Name"] == "email"
    }
    known = {one.email: one for one in people(layout)}
    made = {}
    for email, group in GROUPS.items():
        if email in there and email in known:
            made[email] = known[email]
            continue
        person = Person(email, group, f"{secrets.token_urlsafe(12)}-A1a")
        _make(cognito, pool, person, exists=email in there)
        made[email] = person
    told = {email: asdict(one) for email, one in made.items()}
    write_json(layout.people_file, {**told, "hint": sign_in_hint(layout)}, private=True)
    return list(made.values())


def _make(api: Any, pool: str, person: Person, *, exists: bool) -> None:
    named = {"UserPoolId": pool, "Username": person.email}
    if not exists:
        api.admin_create_user(
            **named,
            UserAttributes=[
                {"Name": "email", "Value": person.email},
                {"Name": "email_verified", "Value": "true"},
                {"Name": "custom:tenant", "Value": DEMO_TENANT},
            ],
            MessageAction="SUPPRESS",
        )
    api.admin_set_user_password(**named, Password=person.password, Permanent=True)
    api.admin_add_user_to_group(**named, GroupName=person.group)
