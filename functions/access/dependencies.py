"""What routes take as arguments: the services, the Idempotency-Key, and the line of the log."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import StringConstraints

from nexus.services import AccessServices


async def services(request: Request) -> AccessServices:
    """The services that the composition root made."""
    made: AccessServices = request.app.state.services
    return made


Services = Annotated[AccessServices, Depends(services)]
# A structured field's string, or its content as many clients send it, without blanks and quotes.
IdempotencyKey = Annotated[str, StringConstraints(pattern=r'^("[!#-~]{1,255}"|[!#-~]{1,255})$')]


async def claimed(
    key: Annotated[
        IdempotencyKey | None,
        Header(
            alias="Idempotency-Key",
            description="The caller's own name for this request, such as a UUID. For an hour, the "
            "same request with the same name makes nothing again and gets what it made, the key "
            "too; another request with it is a 422.",
        ),
    ] = None,
) -> str | None:
    """The request's Idempotency-Key, without quotes."""
    return key.strip('"') if key is not None else None


Claimed = Annotated[str | None, Depends(claimed)]


def audited(request: Request, action: str, subject: str = "", **more: object) -> None:
    """Has the request's log line tell what was asked for, of whom: whether it was done or not.

    `subject` is a client's name or the pool's own name of a person. A key never stands here, nor
    an e-mail address.
    """
    said = {"action": action, **({"subject": subject} if subject else {}), **more}
    request.scope["counts"] = {**request.scope.get("counts", {}), **said}
