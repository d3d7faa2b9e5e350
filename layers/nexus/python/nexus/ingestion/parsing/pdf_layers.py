"""Reads from a PDF's bytes which of its layers are off when it is opened (PDF 32000-1, 8.11.4).

PDFium tells it only by painting pages. Only documents with text in layers are looked through, and
within bounds; what is not found there counts as shown.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice
from typing import Any

_PROPERTIES = re.compile(rb"/OCProperties\b")
_PACKED = re.compile(rb"/ObjStm\b")
_STREAM = re.compile(rb"[^>]{0,400}>>\s{0,9}stream\r?\n")
_OBJECT = re.compile(rb"\bobj\b")
_NUMBER = re.compile(rb"(?<!\d)(\d{1,10})\s{1,9}\d{1,5}\s{1,9}\Z")
_HEAD = re.compile(rb"[\d\s]{0,100000}")
# What shows through though it has a colour: hatches, what is printed over the rest, and colours of
# no ink (PDF 32000-1, 8.6.6.4).
_HATCHED = re.compile(
    rb"/PaintType\s{0,9}(?:2\b|\d{1,10}\s{1,9}\d)|/(?:OP|op)\s{0,9}true\b"
    rb"|/(?:Separation|DeviceN)[\s\[]{0,9}/None\b"
)
# What PDFium gives a white colour: shadings.
_SHADED = re.compile(rb"/PatternType\s{0,9}(?:2\b|\d{1,10}\s{1,9}\d)")
_TOKEN = re.compile(
    rb"\s{0,99}(?:(?P<open><<|\[)|(?P<close>>>|\])|/(?P<name>[^\s<>\[\](){}/%]{0,200})"
    rb"|(?P<reference>\d{1,10}\s{1,9}\d{1,5}\s{1,9}R\b)|\((?P<words>(?:[^()\\]|\\.){0,500})\)"
    rb"|<(?P<digits>[0-9A-Fa-f\s]{0,2000})>|(?P<other>[^\s<>\[\](){}/%]{1,50}))",
    re.S,
)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
# So many bytes of packed objects are unpacked, of so many streams, and so many tokens read.
_MOST_UNPACKED, _MOST_STREAMS, _MOST_TOKENS = 16_000_000, 2_000, 20_000
_MOST_OBJECTS, _LONGEST_NUMBER = 300_000, 30
_MOST_PROPERTIES, _MOST_LAYERS = 10, 1_000


class Layers:
    """What a document says of its layers; `read` gives its bytes, None if they are too many."""

    def __init__(self, read: Callable[[], bytes | None]) -> None:
        self._read = read

    def may_show_through(self, *, is_white: bool) -> bool:
        """Whether what has a colour may be hatched with it (PDF 32000-1, 8.7.3.3) or overprint.

        What has white may be a shading, which need not reach everywhere.
        """
        return self._is_hatched or (is_white and self._is_shaded)

    def off(self) -> set[bytes]:
        """The names, as they are written, of the layers that are surely off."""
        return self._off

    @cached_property
    def _content(self) -> bytes | None:
        return self._read()

    @cached_property
    def _is_hatched(self) -> bool:
        return self._content is None or self._says(_HATCHED)

    @cached_property
    def _is_shaded(self) -> bool:
        return self._content is None or self._objects.misses or self._says(_SHADED)

    def _says(self, what: re.Pattern[bytes]) -> bool:
        return any(what.search(text) is not None for text in self._objects.texts)

    @cached_property
    def _objects(self) -> _Objects:
        return _Objects(self._content or b"")

    @cached_property
    def _off(self) -> set[bytes]:
        if self._content is None:
            return set()
        objects = self._objects
        # Where a document was changed, older ones are there, too: what they agree on is sure.
        sets = [_names_off(one, objects) for one in islice(objects.properties(), _MOST_PROPERTIES)]
        return set.intersection(*sets) if sets else set()


def _names_off(properties: Any, objects: _Objects) -> set[bytes]:
    given = objects.dictionary(properties)
    told = objects.dictionary(given.get("D"))
    every = _references(objects.value(given.get("OCGs")))
    off = set(_references(objects.value(told.get("OFF"))))
    if told.get("BaseState") == "/OFF":
        off |= set(every) - set(_references(objects.value(told.get("ON"))))
    names: set[bytes] = set()
    shown: set[bytes] = set()
    for reference in [*every, *off]:
        layer = objects.dictionary(reference)
        is_off = reference in off and not _is_viewed(layer, objects)
        (names if is_off else shown).add(
            name if isinstance(name := layer.get("Name"), bytes) else b""
        )
    return names - shown - {b""}


def _is_viewed(layer: dict[str, Any], objects: _Objects) -> bool:
    """Whether a layer may be shown for another reason than its state."""
    view = objects.dictionary(objects.dictionary(layer.get("Usage")).get("View"))
    intents = objects.value(layer.get("Intent", "/View"))
    return view.get("ViewState") == "/ON" or "/View" not in (
        intents if isinstance(intents, list) else [intents]
    )


def _references(value: Any) -> list[tuple[int, ...]]:
    values = value if isinstance(value, list) else []
    return [one for one in values[:_MOST_LAYERS] if isinstance(one, tuple)]


class _Objects:
    """The objects of a PDF by their numbers, found by looking for them."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._tokens = _MOST_TOKENS

    @property
    def texts(self) -> tuple[bytes, ...]:
        """The document's bytes, and what could be unpacked of them."""
        return (self._content, *self._unpacked[0])

    @property
    def misses(self) -> bool:
        """Whether objects are packed that could not be unpacked."""
        return self._unpacked[1]

    def properties(self) -> Iterator[Any]:
        """What the document says of layers, once for each time that it was saved."""
        for text in self.texts:
            for match in _PROPERTIES.finditer(text):
                yield self._parsed(text, match.end())

    def value(self, one: Any) -> Any:
        """What a reference leads to; anything else as it is."""
        if not isinstance(one, tuple):
            return one
        at, packed = self._starts.get(one[0]), self._packed.get(one[0])
        if at is not None and packed is not None:
            return None  # which of them was saved last is not known
        if at is not None:
            return self._parsed(self._content, at)
        return None if packed is None else self._parsed(*packed)

    def dictionary(self, one: Any) -> dict[str, Any]:
        """What a reference leads to, or is there itself, if it is a dictionary."""
        value = self.value(one)
        return value if isinstance(value, dict) else {}

    @cached_property
    def _starts(self) -> dict[int, int]:
        """Where each object begins that is not packed, as it was saved last."""
        starts: dict[int, int] = {}
        for match in islice(_OBJECT.finditer(self._content), _MOST_OBJECTS):
            at = match.start()
            before = self._content[max(at - _LONGEST_NUMBER, 0) : at]
            if (number := _NUMBER.search(before)) is not None:
                starts[int(number[1])] = match.end()
        return starts

    @cached_property
    def _unpacked(self) -> tuple[list[bytes], bool]:
        left, found, content = _MOST_UNPACKED, list[bytes](), memoryview(self._content)
        met = 0
        for match in islice(_PACKED.finditer(self._content), _MOST_STREAMS):
            met += 1
            if (begin := _STREAM.match(self._content, match.end())) is None:
                continue
            try:
                text = zlib.decompressobj().decompress(content[begin.end() :], left)
            except zlib.error:
                continue
            left -= len(text)
            found.append(text)
            if left <= 0:
                break
        return found, left <= 0 or met == _MOST_STREAMS or len(found) < met

    @cached_property
    def _packed(self) -> dict[int, tuple[bytes, int]]:
        """The places of packed objects, each stream of which begins with numbers and places."""
        places: dict[int, tuple[bytes, int]] = {}
        for text in self._unpacked[0]:
            head = _HEAD.match(text)
            numbers = [int(one[:10]) for one in head[0].split()] if head else []
            first = head.end() if head else 0
            for number, place in zip(numbers[::2], numbers[1::2], strict=False):
                places[number] = text, first + place
        return places

    def _parsed(self, text: bytes, at: int) -> Any:
        """The value that stands there; None if it is damaged."""
        stack: list[list[Any]] = [[]]
        while self._tokens > 0 and (token := _TOKEN.match(text, at)) is not None:
            self._tokens -= 1
            at = token.end()
            if token["open"]:
                stack.append([])
            elif token["close"]:
                if len(stack) == 1:
                    return None
                values = stack.pop()
                is_list = token["close"] == b"]"
                stack[-1].append(values if is_list else _paired(values))
            else:
                stack[-1].append(_plain(token))
            if len(stack) == 1:
                return stack[0][0]
        return None


def _paired(values: list[Any]) -> dict[str, Any]:
    return {
        key[1:]: value
        for key, value in zip(values[::2], values[1::2], strict=False)
        if isinstance(key, str) and key.startswith("/")
    }


def _plain(token: re.Match[bytes]) -> Any:
    if token["name"] is not None:
        return "/" + token["name"].decode("latin-1")
    if token["reference"]:
        return tuple(int(one) for one in token["reference"].split()[:2])
    if token["words"] is not None:
        return _ESCAPED.sub(_unescaped, token["words"])
    if token["digits"] is not None:
        digits = b"".join(token["digits"].split())
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    return token["other"].decode("latin-1")


def _unescaped(mark: re.Match[bytes]) -> bytes:
    if mark[1][:1] in b"01234567":
        return bytes([int(mark[1], 8) & 0xFF])
    return _CONTROLS.get(mark[1], mark[1])
