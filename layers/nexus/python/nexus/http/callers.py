"""Who calls: the dependencies that turn a request's API key into its principal."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader

from nexus.clients import Authenticator
from nexus.errors import NotAllowed
from nexus.models import Filters, Principal

# In the reference, where it lets a person enter a key; a missing one is answered here.
API_KEY = APIKeyHeader(name="x-api-key", scheme_name="API key", auto_error=False)


async def caller(request: Request, key: Annotated[str | None, Security(API_KEY)]) -> Principal:
    """The principal of the request's API key. Raises NotAllowed."""
    if not key:
        raise NotAllowed("The x-api-key header is missing: send your API key in it.")
    authenticator: Authenticator = request.app.state.services.authenticator
    principal = authenticator.principal(key)
    request.scope["tenant"] = principal.tenant
    request.scope["client_name"] = principal.client
    return principal


Caller = Annotated[Principal, Depends(caller)]


async def administrator(principal: Caller) -> Principal:
    """The principal, if it may manage all documents of its tenant. Raises NotAllowed."""
    if principal.role != "admin":
        raise NotAllowed("The key's role is user: this needs a key of role admin.")
    if principal.filters != Filters():
        raise NotAllowed("The key sees a part of the documents only: this needs one that sees all.")
    return principal


Administrator = Annotated[Principal, Depends(administrator)]
