"""The routes of /v1/people: who of a tenant may sign in, and in which groups."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from functions.access.dependencies import Claimed, Services, audited
from functions.access.responses import PeopleListResponse, PersonEntry
from functions.access.schemas import Email, NewPerson, PersonChange
from nexus.access.repeating import Request as Asked
from nexus.http.callers import Administrator
from nexus.models import Person

router = APIRouter(tags=["access"])
Address = Annotated[Email, Path(description="The person's e-mail address.")]


@router.get("/v1/people", summary="List people")
def listing(request: Request, principal: Administrator, services: Services) -> PeopleListResponse:
    """The tenant's people with their groups.

    Where people are entered at the organisation's own provider, `managed` is false and nobody is
    listed.
    """
    audited(request, "people.list")
    found = services.people.list_people(principal.tenant)
    return PeopleListResponse(
        people=list(map(PersonEntry.of, found)), managed=services.people.managed
    )


@router.post("/v1/people", summary="Add a person", status_code=201)
def add(
    body: NewPerson, request: Request, principal: Administrator, services: Services, key: Claimed
) -> PersonEntry:
    """Somebody who may sign in from now on, and is sent an invitation with a temporary password.

    A 409 says that somebody has the address already, or that people are another provider's.
    """
    audited(request, "person.add")

    def make(asked: Asked) -> Person:
        services.people.check_managed()
        groups = services.groups.chosen_for_person(body.groups)
        return services.people.add(principal.tenant, body.email, groups, asked)

    asked = ["people", body.model_dump(mode="json")]
    person = services.repeatable.once(principal, key, asked, make)
    audited(request, "person.add", person.username, groups=person.groups)
    return PersonEntry.of(person)


@router.patch("/v1/people/{email}", summary="Change a person")
def change(
    email: Address,
    body: PersonChange,
    request: Request,
    principal: Administrator,
    services: Services,
) -> PersonEntry:
    """Changes groups, or whether somebody may sign in.

    Who lost a right has to sign in anew, within a minute; a group that is added holds from the next
    sign-in or renewal on.
    """
    audited(request, "person.change", fields=sorted(body.model_fields_set))
    services.people.check_managed()
    groups = None if body.groups is None else services.groups.chosen_for_person(body.groups)
    person = services.people.change(principal.tenant, email, groups, body.enabled, spares_last=True)
    audited(request, "person.change", person.username, groups=person.groups)
    return PersonEntry.of(person)


@router.delete("/v1/people/{email}", summary="Remove a person", status_code=204)
def remove(email: Address, request: Request, principal: Administrator, services: Services) -> None:
    """Removes somebody, who is out within a minute, whatever token it holds."""
    audited(request, "person.remove")
    person = services.people.remove(principal.tenant, email, spares_last=True)
    audited(request, "person.remove", person.username)
