"""What a request's Cache-Control header asks of the answer cache."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_DIRECTIVE = re.compile(rf'({_NAME})(?:\s*=\s*("(?:[^"\\]|\\.)*"|{_NAME}))?')


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """Whether a request may be answered from the cache, and its answer kept in it."""

    read: bool = True
    write: bool = True


def cache_policy(header: str | None) -> CachePolicy:
    """What the request's Cache-Control asks for (RFC 9111, 5.2.1); several lines joined by commas.

    `no-store` neither reads nor writes; `no-cache` and `max-age=0` write but do not read. Other
    directives, which a cache is free to ignore, change nothing.
    """
    directives = _directives(header or "")
    if "no-store" in directives:
        return CachePolicy(read=False, write=False)
    return CachePolicy(read="no-cache" not in directives and directives.get("max-age") != "0")


def _directives(header: str) -> dict[str, str]:
    """Every directive's value by its name in lower case; what stands in quotes is no directive."""
    return {name.lower(): value.strip('"') for name, value in _DIRECTIVE.findall(header)}
