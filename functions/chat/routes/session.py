"""GET /v1/me and DELETE /v1/session: who calls, and the end of a person's sign-in."""

from __future__ import annotations

import time
from typing import Annotated, Literal

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field

from functions.chat.dependencies import Services
from nexus.errors import InvalidRequest, UpstreamError
from nexus.http.callers import SignedInCaller
from nexus.observability import logger
from nexus.services import ChatServices

router = APIRouter(tags=["sign-in"])
_DAY_S = 86_400
NO_SIGN_IN = (
    "An API key is no sign-in, and this ends none: whoever made the key revokes it with "
    "`nexus keys revoke`."
)


class MeResponse(BaseModel):
    """Who calls, as the key or the token says."""

    kind: Literal["person", "key"]
    name: str = Field(description="What the person, or the key, is called.")
    tenant: str
    role: Literal["user", "admin"]
    groups: list[str] = Field(description="Groups whose documents are seen; * is every group.")


class SessionEnd(BaseModel):
    """What ends with the sign-in."""

    model_config = ConfigDict(extra="forbid")

    refresh_token: str | None = Field(
        default=None,
        min_length=1,
        max_length=8_000,
        description="The provider's refresh token, which it is asked to take back.",
    )


class SessionEnded(BaseModel):
    """What has ended."""

    ended: Literal[True] = True
    refresh_token: Literal["revoked", "not sent", "not revoked"] = Field(
        description="Whether the provider took the refresh token back; if it did not, it has to be "
        "ended there.",
    )


@router.get("/v1/me", summary="Who am I")
async def me(found: SignedInCaller) -> MeResponse:
    """The caller's tenant, role, groups and name."""
    principal = found.principal
    return MeResponse(
        kind="person" if found.sign_in else "key",
        name=found.name,
        tenant=principal.tenant,
        role=principal.role,
        groups=list(principal.groups),
    )


@router.delete("/v1/session", summary="Sign out")
async def end(
    found: SignedInCaller, services: Services, body: Annotated[SessionEnd | None, Body()] = None
) -> SessionEnded:
    """Ends the sign-in: all tokens that it led to are refused, everywhere within a minute.

    The provider is asked to take the refresh token back, if one is sent.
    """
    if not found.sign_in:
        raise InvalidRequest(NO_SIGN_IN)
    days = services.settings.oidc_session_days + 1
    services.ended_sign_ins.end(found.sign_in, int(time.time()) + days * _DAY_S)
    token = body.refresh_token if body else None
    return SessionEnded(refresh_token=_revoked(token, services) if token else "not sent")


def _revoked(token: str, services: ChatServices) -> Literal["revoked", "not revoked"]:
    if services.refresh_tokens is None:
        return "not revoked"
    try:
        services.refresh_tokens.revoke(token)
    except UpstreamError as err:
        # The sign-in has ended here all the same, and stays so.
        logger.warning("refresh_token_not_revoked", extra={"error": type(err).__name__})
        return "not revoked"
    return "revoked"
