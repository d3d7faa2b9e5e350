"""GET /docs and /redoc: the API's reference, served whole from here so that no CDN is trusted."""

from __future__ import annotations

import gzip
from importlib.resources import files
from pathlib import Path
from typing import Literal

from fastapi import APIRouter
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.responses import HTMLResponse, Response

router = APIRouter(include_in_schema=False)

# The pages' scripts, as the package fastapi-offline carries them. Links are relative, because the
# gateway puts its stage's name before every path.
ASSETS = Path(str(files("fastapi_offline"))) / "static"
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; worker-src blob:; frame-ancestors 'none'"
)
# A picture would have to pass the gateway as binary, which the API does not otherwise need.
NO_ICON = "data:,"
Asset = Literal["swagger-ui-bundle.js", "swagger-ui.css", "redoc.standalone.js"]
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}


@router.get("/docs")
async def swagger() -> HTMLResponse:
    """The reference in which requests can be tried."""
    page = get_swagger_ui_html(
        openapi_url="openapi.json",
        title="Nexus API",
        swagger_js_url="docs/swagger-ui-bundle.js",
        swagger_css_url="docs/swagger-ui.css",
        swagger_favicon_url=NO_ICON,
    )
    page.headers["Content-Security-Policy"] = PAGE_POLICY
    return page


@router.get("/redoc")
async def redoc() -> HTMLResponse:
    """The reference to read."""
    page = get_redoc_html(
        openapi_url="openapi.json",
        title="Nexus API",
        redoc_js_url="docs/redoc.standalone.js",
        redoc_favicon_url=NO_ICON,
        with_google_fonts=False,
    )
    page.headers["Content-Security-Policy"] = PAGE_POLICY
    return page


@router.get("/docs/{asset}")
async def asset(asset: Asset) -> Response:
    """A script or style of the reference pages, which are packaged compressed."""
    whole, packed = ASSETS / asset, ASSETS / f"{asset}.gz"
    content = whole.read_bytes() if whole.exists() else gzip.decompress(packed.read_bytes())
    return Response(
        content,
        media_type=MEDIA_TYPES[Path(asset).suffix],
        headers={"Cache-Control": "public, max-age=86400"},
    )
