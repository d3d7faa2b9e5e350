"""What a web page says of itself and links to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nexus.adapters.crawling.addresses import normalised

# What is read of a page, and how many links of it.
_MOST_LINKS = 5_000
_MOST_TITLE_CHARS = 500
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]{1,40})", re.I)


@dataclass(frozen=True, slots=True)
class Page:
    """A page's title, the address it says is its own ("" for none), and where it links to.

    `is_kept` is False where it wants no search to have it. Links that nobody should follow are left
    out.
    """

    title: str
    canonical: str
    links: tuple[str, ...]
    is_kept: bool


def read_page(content: bytes, headers: Mapping[str, str], address: str) -> Page:
    """What a page of HTML says; it is read as any browser would, however broken."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(_text(content, headers))
    base_tag = tree.css_first("base[href]")
    base = normalised((base_tag.attributes.get("href") or "") if base_tag else "", address)
    rules = _rules(headers)
    for tag in tree.css("meta[name][content]"):
        if (tag.attributes.get("name") or "").strip().lower() in ("robots", "nexus-connector"):
            rules |= _words(tag.attributes.get("content") or "")
    links: dict[str, None] = {}
    if not rules & {"nofollow", "none"}:
        for tag in tree.css("a[href], area[href]"):
            if "nofollow" in (tag.attributes.get("rel") or "").lower().split():
                continue
            link = normalised(tag.attributes.get("href") or "", base or address)
            if link is not None:
                links[link] = None
            if len(links) >= _MOST_LINKS:
                break
    title = tree.css_first("title")
    return Page(
        title=" ".join(title.text().split())[:_MOST_TITLE_CHARS] if title else "",
        canonical=_canonical(tree, address),
        links=tuple(links),
        is_kept=not rules & {"noindex", "none"},
    )


def is_kept(headers: Mapping[str, str]) -> bool:
    """Whether a file's own headers let a search have it (X-Robots-Tag)."""
    return not _rules(headers) & {"noindex", "none"}


def _canonical(tree: object, address: str) -> str:
    for tag in tree.css("link[rel][href]"):  # type: ignore[attr-defined]
        if "canonical" in (tag.attributes.get("rel") or "").lower().split():
            return normalised(tag.attributes.get("href") or "", address) or ""
    return ""


def _rules(headers: Mapping[str, str]) -> set[str]:
    # "googlebot: noindex" is for another; a rule without a name is for everybody.
    said = headers.get("x-robots-tag", "")
    return _words(said) if ":" not in said.partition(",")[0] else set()


def _words(text: str) -> set[str]:
    return {word.strip().lower() for word in text[:500].split(",")}


def _text(content: bytes, headers: Mapping[str, str]) -> str:
    """The page's text; its links and title are ASCII mostly, so a wrong guess loses little."""
    named = _CHARSET.search(headers.get("content-type", "")) or _CHARSET.search(
        content[:2048].decode("latin-1")
    )
    try:
        return content.decode(named[1] if named else "utf-8", errors="replace")
    except LookupError:
        return content.decode("utf-8", errors="replace")
