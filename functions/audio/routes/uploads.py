"""POST /v1/audio/uploads: where to send a recording that is too large for a request."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Request

from functions.audio.dependencies import Services
from functions.audio.keeping import folder_of
from functions.audio.responses import UploadBody, UploadRequest
from nexus.errors import InvalidRequest
from nexus.http.callers import Caller

router = APIRouter(tags=["audio"])
URL_S = 900


@router.post("/v1/audio/uploads", summary="Upload a recording")
async def upload(
    body: UploadRequest, request: Request, principal: Caller, services: Services
) -> UploadBody:
    """A signed PUT, valid for 15 minutes: then send its id to POST /v1/audio as upload."""
    most = services.settings.audio_max_bytes
    if body.size > most:
        raise InvalidRequest(
            f"At most {most:,} bytes are taken: send the recording as mp3 or opus, or in parts.",
            "size",
        )
    name = f"u-{uuid.uuid4().hex}"
    url, headers = services.recordings.sign_upload(
        f"{folder_of(principal)}{name}", body.size, URL_S
    )
    request.scope["counts"] = {"uploads": 1}
    return UploadBody(id=name, url=url, headers=dict(headers), expires_in=URL_S)
