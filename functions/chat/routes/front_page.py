"""GET /: what answers here, and where it is described, for whoever opens the bare URL."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from nexus import __version__
from nexus.http.accepting import preferred

router = APIRouter(include_in_schema=False)

_WHAT = "Nexus answers questions from an organisation's own documents, and shows its sources."
_HOW = "Send a question as JSON to POST /v1/chat, with your API key in the header x-api-key."
_PLACES = {
    "docs": "The API's reference, in which requests can be tried",
    "redoc": "The same to read",
    "openapi.json": "Its description for programs (OpenAPI)",
    "health": "Whether it works now",
}
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;"
    "color-scheme:light dark}"
)
# Nothing but this very style may take effect on the page (CSP 3, 2.3.1: hashes).
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
PAGE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


@router.get("/")
async def front_page(request: Request, accept: Annotated[str, Header()] = "*/*") -> Response:
    """A page for browsers, and the same as JSON for programs."""
    below = _below(request)
    forms = {"json": "application/json", "html": "text/html"}
    headers = {"Vary": "Accept"}
    if preferred(accept, forms) == "json":
        told = {"name": "Nexus", "version": __version__, "about": _WHAT, "ask": _HOW}
        places = {place: below + place for place in _PLACES}
        return JSONResponse({**told, "links": places}, headers=headers)
    links = "\n".join(
        f'<li><a href="{escape(below + place)}">{place}</a>: {said}</li>'
        for place, said in _PLACES.items()
    )
    page = f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Nexus</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head>
<body><h1>Nexus</h1>
<p>{_WHAT}</p>
<p>{_HOW}</p>
<ul>
{links}
</ul>
<p><small>Version {__version__}</small></p></body>
</html>
"""
    return HTMLResponse(page, headers={**headers, "Content-Security-Policy": PAGE_POLICY})


def _below(request: Request) -> str:
    """What stands before a path of this API in a link.

    The gateway's own URL names its stage, with or without a slash behind it, and a domain of one's
    own does not: a REST API's event tells its path as the caller wrote it.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    context = request.scope.get("aws.event", {}).get("requestContext", {})
    written = str(context.get("path") or "/")
    return "" if written.endswith("/") else f"{written.rpartition('/')[2]}/"
