"""Checks and mends XML while it is read, in memory that does not grow with it: no tree is built."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

# What is made of an element's attributes, by its name; None leaves the element out.
Change = Callable[[str, dict[str, str]], dict[str, str] | None]
_XML = "http://www.w3.org/XML/1998/namespace"
# A part that declares more is not what an office program writes.
_MOST_PREFIXES = 200
# No parser takes deeper ones, and expat keeps each that is open in memory.
_DEEPEST, _MOST_OPEN = 256, 20_000
# The numbers of libxml2's faults: an unknown letter, a half or unknown entity, a lone "&", a byte.
_OF_TEXT = {9, 23, 26, 68, 81}
# As much as is parsed at once: it may open as many elements as it has letters.
_SLICE = 64 * 1024
_IN_TEXT = {"\r": "&#13;"}
_IN_ATTRIBUTES = {'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
_Events = list[tuple[str, Any, Any, Any]]
# It expands no entities and fetches nothing; the limits of depth and length are libxml2's own.
_SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False}
# A name as parsers take it; what is damaged may be recovered with others, such as "w:".
_NAME = re.compile(r"(?:\{[^{}]*\})?[^\W\d][\w.-]*")
# Characters that XML 1.0 does not know.
_UNKNOWN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_well_formed(blocks: Iterable[bytes]) -> bool:
    """Whether the XML can be read to its end, or holds a DTD; then it is not looked at further.

    Books may hold one; office files that do were refused.
    """
    from lxml import etree

    has_doctype = False

    def doctype(*_: object) -> None:
        nonlocal has_doctype
        has_doctype = True
        raise _DoctypeError

    # With namespaces, as a prefix that is not declared fails other parsers.
    first = expat.ParserCreate(namespace_separator=" ")
    first.StartDoctypeDeclHandler = doctype
    # libxml2 knows limits that expat does not; without methods, its target costs nothing.
    second = etree.XMLParser(target=_Nothing(), **_SAFE)
    is_sound, depth = True, 0
    for block in blocks:  # to the end, as they tell whether they are whole
        if has_doctype or not is_sound:
            continue
        try:
            for part in _sliced(block):
                first.Parse(part)
                second.feed(part)
                # With a target it raises only at the end, and expat keeps what is open in memory.
                depth += _opened(part)
                if depth > _MOST_OPEN:
                    is_sound = False
                    break
        except _DoctypeError:
            pass
        except (expat.ExpatError, etree.XMLSyntaxError, ValueError):
            is_sound = False
    if has_doctype or not is_sound:
        return is_sound
    try:
        first.Parse(b"", True)
        second.close()
    except (expat.ExpatError, etree.XMLSyntaxError, ValueError):
        return False
    return True


def rewritten(
    blocks: Iterable[bytes], most: int, change: Change | None = None
) -> tuple[bytes, int]:
    """The XML as far as it can be read, and how many elements that took, `most` at most.

    With `change`, each element is as that makes it. b"" if there is no element within the first,
    there are too many, or no parser takes what can be read.
    """
    from lxml import etree

    target, writer = _Target(), _Writer(change, most)
    parser = etree.XMLParser(target=target, recover=True, **_SAFE)
    try:
        for block in blocks:
            for part in _sliced(block):
                parser.feed(part)
                writer.write(target.taken())
                if writer.count > most:
                    return b"", writer.count
        parser.close()
    except (etree.XMLSyntaxError, ValueError):
        pass  # what cannot be read any more ends the part
    writer.write(target.taken())
    found = writer.finish()
    is_read = writer.count > (not change) and is_well_formed((found,))
    return found if is_read else b"", writer.count


def breaks_only_in_text(blocks: Iterable[bytes]) -> bool:
    """Whether all faults are signs between or within values, such as "&": no element is lost."""
    from lxml import etree

    parser = etree.XMLParser(target=_Nothing(), recover=True, **_SAFE)
    try:
        for block in blocks:
            if b"\0" in block:  # what stood here is lost
                return False
            for part in _sliced(block):
                parser.feed(part)
        parser.close()
    except (etree.XMLSyntaxError, ValueError):
        return False
    # A lone "<" has the number of a lone "&".
    found = [
        one.type in _OF_TEXT and "StartTag" not in one.message for one in parser.feed_error_log
    ]
    return bool(found) and all(found)


def up_to_the_fault(blocks: Iterable[bytes], mark: re.Pattern[bytes] | None = None) -> bytes:
    """The XML up to the tag that the first fault is in; b"" if that cannot be told.

    With `mark`, up to the last place before the fault that matches. For what has too many elements
    to be written anew, one by one, and for what is counted.
    """
    parser, written = expat.ParserCreate(namespace_separator=" "), io.BytesIO()
    depth, cut = 0, -1

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise _TooDeepError

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        for block in blocks:
            written.write(block)
            parser.Parse(block)
        cut = written.getvalue().rfind(b"<")
    except expat.ExpatError:
        cut = written.getvalue().rfind(b"<", 0, max(parser.ErrorByteIndex, 0))
    except _TooDeepError:
        return b""
    kept = written.getvalue()[: max(cut, 0)]
    if mark and (places := [match.start() for match in mark.finditer(kept)]):
        kept = kept[: places[-1]]
    opened: list[str] = []
    again = expat.ParserCreate()
    again.StartElementHandler = lambda name, _: opened.append(name)
    again.EndElementHandler = lambda _: opened.pop()
    try:
        again.Parse(kept)
    except expat.ExpatError:
        return b""
    kept += "".join(f"</{name}>" for name in reversed(opened)).encode()
    return kept if is_well_formed((kept,)) else b""


def _opened(part: bytes) -> int:
    """How many more elements are open after a part than before, roughly: comments count as well."""
    closed = 2 * part.count(b"</") + part.count(b"/>") + part.count(b"<!") + part.count(b"<?")
    return part.count(b"<") - closed


def _sliced(block: bytes) -> Iterator[bytes]:
    return (block[at : at + _SLICE] for at in range(0, len(block), _SLICE))


class _DoctypeError(Exception):
    """A part holds a DTD."""


class _TooDeepError(Exception):
    """Elements are deeper than parsers take."""


class _Nothing:
    def close(self) -> None: ...


class _Target:
    """Collects what a parser tells of a block."""

    def __init__(self) -> None:
        self._events: _Events = []

    def start(self, tag: str, attributes: Any, namespaces: Any) -> None:
        self._events.append(("start", tag, dict(attributes), dict(namespaces)))

    def end(self, tag: str) -> None:
        self._events.append(("end", tag, None, None))

    def data(self, text: str) -> None:
        self._events.append(("data", text, None, None))

    def close(self) -> None: ...

    def taken(self) -> _Events:
        events, self._events = self._events, []
        return events


class _Writer:
    """Writes elements as they come, `count` of them, and closes at the end those that are open."""

    def __init__(self, change: Change | None, most: int) -> None:
        self._change, self._most = change, most
        self._written = io.BytesIO()
        self._said: list[str] = []
        self._open: list[tuple[str, _Prefixes]] = []
        self._left_out = self.count = 0
        self._is_over = False

    def write(self, events: _Events) -> None:
        for kind, said, attributes, namespaces in events:
            if self._is_over or self.count > self._most:
                break
            if kind == "start":
                self._start(said, attributes, namespaces)
            elif kind == "end":
                self._end()
            elif self._open and not self._left_out:
                self._said.append(escape(_UNKNOWN.sub("", said), _IN_TEXT))
        self._written.write("".join(self._said).encode())
        self._said.clear()

    def finish(self) -> bytes:
        """All that was written, and the ends of the elements that are open."""
        self._is_over, self._left_out = False, 0
        self.write([("end", "", None, None)] * len(self._open))
        return self._written.getvalue()

    def _start(self, tag: str, attributes: dict[str, str], namespaces: dict[str, str]) -> None:
        if self._left_out:
            self._left_out += 1
            return
        prefixes = self._open[-1][1] if self._open else _Prefixes({})
        if namespaces:
            prefixes = _Prefixes({**prefixes.declared, **namespaces})
        if not _NAME.fullmatch(tag) or len(prefixes.declared) > _MOST_PREFIXES:
            self._is_over = True  # here the damage begins
            return
        found = self._change(tag, attributes) if self._change else attributes
        if found is None:
            self._left_out = 1
            return
        name = prefixes.named(tag, is_attribute=False)
        said = [f"<{name}"]
        for prefix, uri in namespaces.items():
            said.append(f" xmlns{':' if prefix else ''}{prefix}={_quoted(uri)}")
        for key, value in found.items():
            if _NAME.fullmatch(key):
                said.append(f" {prefixes.named(key, is_attribute=True)}={_quoted(value)}")
        self._said += [*said, ">"]
        self._open.append((name, prefixes))
        # Where each element declares prefixes, it takes longer the more there are.
        self.count += 1 + (len(prefixes.declared) // 8 if namespaces else 0)

    def _end(self) -> None:
        if self._left_out:
            self._left_out -= 1
        elif self._open:
            self._said.append(f"</{self._open.pop()[0]}>")
            self._is_over = not self._open


class _Prefixes:
    """The prefixes that are declared at a place, "" for names without one."""

    def __init__(self, declared: dict[str, str]) -> None:
        self.declared = declared
        self._of = {uri: prefix for prefix, uri in declared.items()}
        self._of_attributes = {uri: prefix for prefix, uri in declared.items() if prefix}
        self._of_attributes[_XML] = self._of[_XML] = "xml"

    def named(self, name: str, *, is_attribute: bool) -> str:
        """The name as it is written here; one of a namespace that is not declared, without it."""
        if not name.startswith("{"):
            return name
        uri, _, local = name[1:].partition("}")
        prefix = (self._of_attributes if is_attribute else self._of).get(uri, "")
        return f"{prefix}:{local}" if prefix else local


def _quoted(value: str) -> str:
    return f'"{escape(_UNKNOWN.sub("", value), _IN_ATTRIBUTES)}"'
