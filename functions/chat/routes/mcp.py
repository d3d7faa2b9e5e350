"""POST /mcp: the Model Context Protocol, one request and one answer at a time."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from functions.chat.dependencies import Services
from functions.chat.mcp.protocol import (
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    Call,
    McpError,
    answered,
    discovered,
    initialized,
    read,
    refused,
)
from functions.chat.mcp.tools import TOOLS
from nexus.errors import InvalidRequest, NexusError, NotFound
from nexus.http.callers import Caller
from nexus.http.problems import body_of
from nexus.models import Principal
from nexus.services import ChatServices

router = APIRouter(tags=["mcp"])


# JSON-RPC's own errors, in its own form.
_WRONG: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {"application/json": {"schema": {"type": "object"}}}}
    for status, text in (
        (400, "The message is not one that can be answered; `error` says why."),
        (404, "There is no such method."),
    )
}


@router.post("/mcp", summary="Tools for agents (MCP)", response_model=None, responses=_WRONG)
async def mcp(request: Request, principal: Caller, services: Services) -> Response:
    """Answers one JSON-RPC message of MCP 2026-07-28, or of 2025-11-25 and before, in JSON.

    The tools are search, ask, list_documents and fetch; they see what the key sees.
    """
    name: Any = None
    try:
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError) as err:
            raise McpError(PARSE_ERROR, "The body is not valid JSON.") from err
        name = body.get("id") if isinstance(body, dict) else None
        call = read(body, request.headers)
        if call.id is None:
            return Response(status_code=202)
        request.scope["counts"] = {"method": call.method[:40]}
        return JSONResponse(_answer(call, request, principal, services))
    except McpError as error:
        told = name if isinstance(name, (str, int)) and not isinstance(name, bool) else None
        return JSONResponse(refused(told, error), status_code=error.status)


def _answer(
    call: Call, request: Request, principal: Principal, services: ChatServices
) -> dict[str, Any]:
    match call.method:
        case "server/discover" if call.is_modern:
            return answered(call, discovered(), keeps=True)
        case "initialize" if not call.is_modern:
            return answered(call, initialized(call.params))
        case "ping" if not call.is_modern:
            return answered(call, {})
        case "tools/list":
            tools = [tool.described() for tool in TOOLS.values()]
            return answered(call, {"tools": tools}, keeps=True)
        case "tools/call":
            return answered(call, _called(call, request, principal, services))
    raise McpError(METHOD_NOT_FOUND, "There is no such method here: tools/list says what there is.")


def _called(
    call: Call, request: Request, principal: Principal, services: ChatServices
) -> dict[str, Any]:
    """What a tool gives, or, for its caller to read and do better, what went wrong."""
    tool = TOOLS.get(str(call.params.get("name")))
    if tool is None:
        raise McpError(INVALID_PARAMS, f"There is no such tool: there are {', '.join(TOOLS)}.")
    try:
        given = tool.arguments.model_validate(call.params.get("arguments") or {})
        text, data = tool.call(services, principal, given)
    except ValidationError as err:
        first = err.errors()[0]
        place = ".".join(map(str, first["loc"])) or "arguments"
        return _failed(f"{place}: {first['msg']}.")
    except (InvalidRequest, NotFound) as err:
        return _failed(str(err))
    except NexusError as err:
        return _failed(body_of(request, err).detail)
    return {"content": [{"type": "text", "text": text}], "structuredContent": data}


def _failed(why: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": why}], "isError": True}
