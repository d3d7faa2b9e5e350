"""Tells XML that holds records from XML that is text with marks, and gives the records as data."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from nexus.ingestion.parsing.cleaning import squeeze
from nexus.ingestion.parsing.xml_trees import local_name, parse_xml

# Of the elements that hold others, this share may stand within running text.
_MIXED_SHARE = 0.1
_DEFINITIONS = re.compile(rb"<!DOCTYPE[^<>\[]{0,1000}\[", re.I)
_DEFINITIONS_END = re.compile(rb"\]\s*+>")
_REFERENCE = re.compile(rb"&(?=[A-Za-z_:])(?!(?:amp|lt|gt|quot|apos);)")
_MOST_NAMES, _MOST_LOOKED_AT = 200, 8 * 1024 * 1024
# What an HTML parser knows itself.
_OF_PAGES = re.compile(
    r"a|abbr|address|area|article|aside|b|base|blockquote|body|br|button|caption|cite|code|col|"
    r"d[dlt]|del|details|dfn|div|em|figcaption|figure|footer|form|h[1-6r]|head|header|i|img|input|"
    r"ins|kbd|label|li|link|main|mark|math|meta|nav|[ou]l|option|p|pre|q|s|samp|script|section|"
    r"select|small|span|strong|style|su[bpm]\w*|svg|t[drh]|table|tbody|textarea|tfoot|thead|time|"
    r"title|tr|u|var",
    re.I,
)
_CDATA, _CDATA_END = b"<![CDATA[", b"]]>"
_TITLE = re.compile(rb"<(/?)title(?=[\s/>])([^<>]{0,1000})", re.I)


def data_of(content: bytes) -> Any:
    """The document as data: an element is its text, or its attributes and elements by name.

    Elements of one name are a list. None for XML that is text with marks, or is damaged. What the
    file defines is taken out before it is parsed: entities of its own stay as they are written.
    """
    try:
        root = parse_xml(_undefined(content) if b"<!ENTITY" in content else content)
    except Exception:  # noqa: BLE001 - whatever lxml says, a page's parser reads on
        return None
    if local_name(root) in ("html", "svg") or _is_text(root):
        return None
    return _value(root)


def _undefined(content: bytes) -> bytes:
    """The content without its document type, and with references to what that defined as text."""
    begin = _DEFINITIONS.search(content)
    end = begin and _DEFINITIONS_END.search(content, begin.end())
    if begin and end:
        content = content[: begin.start()] + content[end.end() :]
    return _REFERENCE.sub(b"&amp;", content)


def _is_text(root: Any) -> bool:
    """Whether elements stand within running text, as in books and articles."""
    holders = mixed = 0
    for element in root.iter():
        if not len(element):
            continue
        holders += 1
        # Text in one place beside an element can be a record's; running text goes on around it.
        mixed += sum(map(bool, _own_texts(element))) > 1
    return not holders or mixed > holders * _MIXED_SHARE


def _own_texts(element: Any) -> list[str]:
    """What an element says itself, before, between and after those that it holds."""
    return [(element.text or "").strip(), *((child.tail or "").strip() for child in element)]


def _value(element: Any) -> Any:
    """An element as data; the parser bounds the depth."""
    fields: dict[str, Any] = {}
    for name, value in element.attrib.items():
        if "}" not in name and value.strip():
            fields[name] = squeeze(value)
    for child in element:
        name = local_name(child)
        if not name:
            continue
        value = _value(child)
        if name not in fields:
            fields[name] = value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    text = " ".join(filter(None, _own_texts(element)))
    if not fields:
        return text
    if text:
        fields[""] = text
    return fields


def as_page(content: bytes) -> bytes:
    """XML that is text as a page's parser reads all of it: titles as headings, and no CDATA.

    Elements of a language of its own that stand within running text are parts of it.
    """
    content = _TITLE.sub(rb"<\1h2\2", _without_cdata(content))
    names = _within_text(content) if len(content) <= _MOST_LOOKED_AT else []
    if not names:
        return content
    within = re.compile(rb"<(/?)(?:" + b"|".join(map(re.escape, names)) + rb")(?=[\s/>])")
    return within.sub(rb"<\1span", content)


def _within_text(content: bytes) -> list[bytes]:
    """The names of elements that always stand in running text, and that no page knows."""
    try:
        root = parse_xml(content)
    except Exception:  # noqa: BLE001 - whatever lxml says, a page's parser reads on
        return []
    if local_name(root) == "html":
        return []
    within: dict[str, bool] = {}
    for element in root.iter():
        is_text = any(_own_texts(element)) and len(element) > 0
        for child in element:
            name = local_name(child)
            if name and not _OF_PAGES.fullmatch(name):
                within[name] = within.get(name, True) and is_text and not len(child)
    return [name.encode() for name, always in within.items() if always][:_MOST_NAMES]


def _without_cdata(content: bytes) -> bytes:
    """The content with each CDATA section as escaped text; one that does not end stays."""
    before, *sections = content.split(_CDATA)
    plain = [before]
    for section in sections:
        inside, end, after = section.partition(_CDATA_END)
        text = escape(inside.decode("latin-1")).encode("latin-1")
        plain.append(text + after if end else _CDATA + section)
    return b"".join(plain)
