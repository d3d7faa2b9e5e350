"""Who calls: the dependencies that give a route the caller whom the authorizer has named.

That is read from the gateway's event alone, into which nothing of the request's own gets: a header
or a body that names a principal is read by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer

from nexus.clients import REFUSED
from nexus.errors import NotAllowed
from nexus.models import Filters, Principal
from nexus.sign_in.context import Caller as SignedIn
from nexus.sign_in.context import read

# In the reference, where they let a person enter a key or a token; the gateway has them checked.
API_KEY = APIKeyHeader(name="x-api-key", scheme_name="API key", auto_error=False)
BEARER = HTTPBearer(
    scheme_name="Bearer", description="A person's token, or an API key.", auto_error=False
)


async def signed_in(
    request: Request,
    _key: Annotated[object, Security(API_KEY)],
    _token: Annotated[object, Security(BEARER)],
) -> SignedIn:
    """Who calls, as the authorizer says. Raises NotAllowed if it names nobody."""
    return _told(request)


def _told(request: Request) -> SignedIn:
    context = request.scope.get("aws.event", {}).get("requestContext", {})
    found = read(context.get("authorizer") or {})
    if found is None:
        raise NotAllowed(REFUSED)
    request.scope["tenant"] = found.principal.tenant
    request.scope["client_name"] = found.principal.client
    return found


def principal_of(authorizer: Mapping[str, Any]) -> Principal:
    """The principal that an event's authorizer context names. Raises NotAllowed if none."""
    found = read(authorizer)
    if found is None:
        raise NotAllowed(REFUSED)
    return found.principal


SignedInCaller = Annotated[SignedIn, Depends(signed_in)]


async def caller(
    request: Request,
    _key: Annotated[object, Security(API_KEY)],
    _token: Annotated[object, Security(BEARER)],
) -> Principal:
    """The caller's principal. Raises NotAllowed."""
    return _told(request).principal


Caller = Annotated[Principal, Depends(caller)]


async def administrator(principal: Caller) -> Principal:
    """The principal, if it may manage all documents of its tenant. Raises NotAllowed."""
    if principal.role != "admin":
        raise NotAllowed("The caller's role is user: this needs a key or a person of role admin.")
    if principal.filters != Filters():
        raise NotAllowed("The key sees a part of the documents only: this needs one that sees all.")
    return principal


Administrator = Annotated[Principal, Depends(administrator)]
