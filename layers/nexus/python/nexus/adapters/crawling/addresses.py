"""Addresses of a site's pages: one spelling for each, and no way into an endless number of them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

# What is longer is made by a script that adds to it: sitemaps allow 2,048 (sitemaps.org).
MOST_CHARS = 1_000
_MOST_PARTS = 20
_MOST_REPEATS = 2
_MOST_PARAMETERS = 6
# How many queries one path may have: lists that can be sorted and filtered have millions.
MOST_QUERIES = 20
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Of campaigns and sessions: they change what is counted, and not what is shown.
_NOISE = re.compile(
    r"(utm_\w+|gclid|fbclid|msclkid|mc_[ce]id|phpsessid|jsessionid|sid|session_?id|ref_src)", re.I
)
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.I)
_UNRESERVED = re.compile(r"%([0-9A-Fa-f]{2})")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,8})$")
_EXTENSIONS_OF_TYPES = {"text/html": "html", "application/xhtml+xml": "html"}


def normalised(address: str, base: str = "") -> str | None:
    """The one spelling of an address (RFC 3986, 6.2), without fragment; None if it is none to ask.

    The query's parameters are sorted, and those of campaigns and sessions left out.
    """
    try:
        parts = urlsplit(urljoin(base, address.strip()) if base else address.strip())
        host, port = (parts.hostname or "").encode("idna").decode().lower(), parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc:
        return None
    place = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        place += f":{port}"
    path = _SESSION.sub("", parts.path) or "/"
    path = quote(_UNRESERVED.sub(_plain, path), safe="/%:@!$&'()*+,;=-._~")
    try:
        query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return None
    kept = sorted(one for one in query if not _NOISE.fullmatch(one[0]))
    found = urlunsplit((parts.scheme, place, path, urlencode(kept), ""))
    return found if len(found) <= MOST_CHARS else None


def origin(address: str) -> tuple[str, int]:
    """The host and port of a normalised address; http and https of the default ports are one."""
    parts = urlsplit(address)
    return parts.hostname or "", parts.port if parts.port is not None else 443


@dataclass(slots=True)
class Bounds:
    """Which addresses of a site are asked for.

    Those on the start's host whose path begins with one of `include` and none of `exclude`, and
    that do not look as if a script made them without end.
    """

    start: str
    include: tuple[str, ...] = ("/",)
    exclude: tuple[str, ...] = ()
    queries: Counter[str] = field(default_factory=Counter)

    def is_inside(self, address: str) -> bool:
        """Whether a normalised address belongs to the source at all."""
        if origin(address) != origin(self.start):
            return False
        path = unquote(urlsplit(address).path)
        return path.startswith(self.include) and not (
            self.exclude and path.startswith(self.exclude)
        )

    def admits(self, address: str) -> bool:
        """Whether a page that is newly found may be asked for; counts its query."""
        parts = urlsplit(address)
        segments = [one for one in parts.path.split("/") if one]
        if len(segments) > _MOST_PARTS:
            return False
        if segments and max(Counter(segments).values()) > _MOST_REPEATS:
            return False
        if not parts.query:
            return True
        if parts.query.count("&") >= _MOST_PARAMETERS or self.queries[parts.path] >= MOST_QUERIES:
            return False
        self.queries[parts.path] += 1
        return True


def path_of(address: str, content_type: str) -> str:
    """Where a page lands: its host and path, with an extension by which its format is known."""
    parts = urlsplit(address)
    path = unquote(parts.path, errors="replace")
    kind = content_type.partition(";")[0].strip().lower()
    extension = _EXTENSIONS_OF_TYPES.get(kind, "")
    if path.endswith("/"):
        path += "index"
    if parts.query:
        stem, dot, ending = path.rpartition(".") if _EXTENSION.search(path) else (path, "", "")
        path = f"{stem}~{quote(unquote(parts.query), safe='=& ')}{dot}{ending}"
    if extension and not re.search(r"\.x?html?$", path, re.I):
        path += f".{extension}"
    return f"{parts.netloc.replace(':', '_')}{path}"


def _plain(escape: re.Match[str]) -> str:
    char = chr(int(escape[1], 16))
    return char if char in _PLAIN else f"%{escape[1].upper()}"
