"""Reads sitemaps (https://www.sitemaps.org/protocol.html): pages, and further sitemaps."""

from __future__ import annotations

import zlib

from nexus.ingestion.parsing.xml_trees import local_name, parse_xml

# The protocol's own limits.
MOST_BYTES = 50 * 1024 * 1024
MOST_ADDRESSES = 50_000
_GZIP = b"\x1f\x8b"


def read_sitemap(content: bytes) -> tuple[list[str], list[str]]:
    """The addresses of pages and of further sitemaps; both empty for what is no sitemap."""
    from lxml import etree

    if content.startswith(_GZIP):
        content = _unpacked(content)
    try:
        root = parse_xml(content)
    except (etree.XMLSyntaxError, ValueError):
        lines = content[:MOST_BYTES].decode("utf-8", errors="replace").splitlines()
        return [line.strip() for line in lines if line.strip().startswith("http")], []
    found = [
        (element.text or "").strip()
        for element in root.iter()
        if local_name(element) == "loc" and local_name(element.getparent()) in ("url", "sitemap")
    ][:MOST_ADDRESSES]
    return ([], found) if local_name(root) == "sitemapindex" else (found, [])


def _unpacked(content: bytes) -> bytes:
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        return unpacking.decompress(content, MOST_BYTES)
    except zlib.error:
        return b""
