"""What a server says of each of the page's files: its type, and how long a browser keeps it."""

from __future__ import annotations

from pathlib import PurePosixPath

# The build names these by their content, so that one of a name never changes.
LASTING_FOLDER = "assets"
LASTING = "public, max-age=31536000, immutable"
# Asked for each time, and answered with 304 while it is the same.
CHECKED = "no-cache"
# By the registry of https://www.iana.org/assignments/media-types/; the machine's own table, which
# `mimetypes` reads, would make it another server on each.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".icc": "application/vnd.iccprofile",
    ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


def content_type(path: str) -> str:
    """The media type of a file, by how its name ends."""
    return _TYPES.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")


def cache_control(path: str) -> str:
    """How long a browser keeps a file, by its path without a leading slash."""
    return LASTING if path.startswith(f"{LASTING_FOLDER}/") else CHECKED
