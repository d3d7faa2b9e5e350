"""Parses XML that came from outside: no entities, nothing fetched, bounded in depth."""

from __future__ import annotations

from typing import Any


def parse_xml(content: bytes, *, forgiving: bool = False) -> Any:
    """The root element. Entities that the file defines stay unresolved and say nothing.

    libxml2 itself refuses a depth beyond 256 and a text beyond 10 MB. `forgiving` reads on after
    an error. Raises lxml's XMLSyntaxError, or ValueError for a file without an element.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=forgiving,
    )
    root = etree.fromstring(content, parser)
    if root is None:
        raise ValueError("the file holds no element")
    return root


def local_name(element: Any) -> str:
    """An element's name without its namespace; "" for what is no element (an entity)."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
