"""Writes data as texts that are understood alone: each record names its fields, and what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from nexus.ingestion.parsing import web
from nexus.ingestion.parsing.cleaning import HEADING_CHARS, clean, squeeze
from nexus.ingestion.parsing.records import headed_lines
from nexus.ingestion.parsing.sections import Sections
from nexus.ingestion.parsing.table_lines import CellText, moved
from nexus.ingestion.parsing.tables import render
from nexus.models import LocatedText, ReadingWarning

# A longer value is a text of its own, under the record's name.
_LONG = 300
_DEEPEST = 40
_MOST_NUMBERS = 20
_NAMES = (
    "name", "title", "nama", "judul", "label", "full_name", "fullname", "subject", "id", "code",
    "kode", "key", "nim", "nip", "sku", "slug",
)  # fmt: skip
_TAGS = re.compile(r"</?(?:p|br|div|li|ul|ol|h[1-6]|strong|em|a|table|span)\b[^<>]{0,500}>", re.I)
_ENCODED = re.compile(r"(?:data:[^,]{1,100},)?[A-Za-z0-9+/=_-]{200,}\Z")
_NUMBER = re.compile(r"-?[0-9.eE+-]{1,40}\Z")


class _Columns:
    """The columns of a list's records, and of those within them, each kind a table of its own."""

    def __init__(self) -> None:
        self._kinds: list[str] = []
        self._columns: list[dict[str, int]] = []

    def level(self, kind: str) -> tuple[int, bool]:
        """The number of a kind of records, from 0, and whether it is the first of them."""
        if kind in self._kinds:
            return self._kinds.index(kind), False
        self._kinds.append(kind)
        self._columns.append({})
        return len(self._kinds) - 1, True

    def places(self, level: int, names: Iterable[str]) -> list[int]:
        """The columns of these names, new ones after those that there are."""
        columns = self._columns[level]
        return [columns.setdefault(name, len(columns)) for name in names]


class RecordTexts:
    """Collects the texts of a value that JSON or XML holds."""

    def __init__(self) -> None:
        self._sections = Sections()
        self._encoded = self._numbers = 0

    def finish(self) -> tuple[LocatedText, ...]:
        """All texts in order."""
        return self._sections.finish()

    def warnings(self) -> tuple[ReadingWarning, ...]:
        """What was left out of the texts, as it says nothing to a reader."""
        left = ((self._encoded, "encoded values"), (self._numbers, "long lists of numbers"))
        advice = "Upload what they hold as files of its own, if it is to be found."
        return tuple(ReadingWarning(f"left out: {n} {what}", "", advice) for n, what in left if n)

    def take(self, value: Any, depth: int = 1) -> None:
        """Adds a value, under the headings of the values around it."""
        if isinstance(value, Mapping):
            self._mapping(value, depth)
        elif isinstance(value, list):
            self._list(value, depth)
        elif text := self._scalar(value):
            self._long("", text)

    def _mapping(self, value: Mapping[str, Any], depth: int) -> None:
        fields = {name: one for name, one in value.items() if one not in (None, "", [], {})}
        if len(fields) == 1 and depth == 1:
            (inner,) = fields.values()
            if isinstance(inner, Mapping | list):  # the element around everything
                return self.take(inner, depth)
        if _are_alike(list(fields.values())) and len(fields) > 1:
            columns = _Columns()
            for name, one in fields.items():
                self._record(one, {"": squeeze(name)}, None, columns)
            return None
        plain = {name: one for name, one in fields.items() if _is_simple(one)}
        self._fields(plain)
        for name, one in fields.items():
            if name in plain:
                continue
            self._sections.heading(min(depth, _DEEPEST), _spoken(name) or "data")
            self.take(one, min(depth + 1, _DEEPEST))
        return None

    def _list(self, values: Sequence[Any], depth: int) -> None:
        if values and all(isinstance(one, list) and _is_row(one) for one in values):
            rows = [[squeeze(self._scalar(cell)) for cell in row] for row in values]
            if not self._are_numbers([cell for row in rows[:_MOST_NUMBERS] for cell in row]):
                for line in render(rows):
                    self._sections.text(line)
            return
        scalars = [self._scalar(one) for one in values if not isinstance(one, Mapping | list)]
        if not self._are_numbers(scalars):
            self._sections.text("\n".join(f"- {squeeze(one)}" for one in scalars if one))
        columns = _Columns()
        for number, one in enumerate(values, start=1):
            if isinstance(one, Mapping):
                self._record(one, {}, number, columns)
            elif isinstance(one, list):
                self._list(one, depth)

    def _record(
        self,
        record: Mapping[str, Any],
        above: Mapping[str, str],
        row: int | None,
        columns: _Columns,
        within: str = "",
    ) -> None:
        """A record on one line, its long texts after it, and the records in it on their own.

        `columns` are those of the records before it, to which its own are added; `within` is the
        field whose records it is one of, of another record.
        """
        flat: dict[str, str] = dict(above)
        long: list[tuple[str, str]] = []
        inner: list[tuple[str, list[Any]]] = []
        for path, value in self._leaves(record, ""):
            if isinstance(value, list):
                inner.append((path, value))
            elif len(value) > _LONG or "\n" in value:
                long.append((path, value))
            elif isinstance(value, CellText) or (value := _plain(value)):
                flat[path] = value
        level, begins = columns.level(within)
        places = columns.places(level, flat)
        for line in headed_lines(list(flat), list(flat.values())):
            self._sections.text(moved(line, places, begins=begins, level=level), row)
            begins = False
        known = _identity(flat)
        said = "; ".join(headed_lines(list(known), list(known.values())))
        for path, value in long:
            self._long(f"{said}; {path}" if said else path, value, row)
        for path, values in inner:
            for one in values:
                deeper = {f"{path} {name}".strip(): value for name, value in one.items()}
                self._record(deeper, known, row, columns, path)

    def _leaves(self, value: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
        """The fields of a record, those of records within it by both names; lists of records."""
        for name, one in value.items():
            here = f"{path} {_spoken(name)}".strip()
            if isinstance(one, Mapping):
                if here.count(" ") < 4 * _DEEPEST:
                    yield from self._leaves(one, here)
            elif isinstance(one, list):
                records = [item for item in one if isinstance(item, Mapping)]
                if records:
                    yield here, records
                rest = [self._scalar(item) for item in _flat(one)]
                if not self._are_numbers(rest) and any(rest):
                    yield here, ", ".join(item for item in rest if item)
            elif text := self._scalar(one):
                yield here, text

    def _fields(self, fields: Mapping[str, Any]) -> None:
        """The plain fields of what is no record of a list: a line each."""
        lines = []
        for name, value in fields.items():
            if isinstance(value, list):
                text = ", ".join(filter(None, map(self._scalar, value)))
            else:
                text = self._scalar(value)
            if len(text) > _LONG or "\n" in text:
                self._long(_spoken(name), text)
            elif text := _plain(text):
                lines += headed_lines([_spoken(name)], [text])
        self._sections.text("\n".join(lines))

    def _long(self, name: str, text: str, row: int | None = None) -> None:
        """A long value: its paragraphs, of which the first names it."""
        if _is_page(text):
            pieces = _page(text)
        else:
            pieces = [clean(one) for one in re.split(r"\n[ \t]*\n", text)]
        for place, piece in enumerate(one for one in pieces if one):
            self._sections.text(f"{name}: {piece}" if name and not place else piece, row)

    def _scalar(self, value: Any) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if value is None or isinstance(value, Mapping | list):
            return ""
        if isinstance(value, int | float):
            return CellText(str(value), is_number=True)
        text = str(value).strip()
        if len(text) >= 200 and _ENCODED.match(text):
            self._encoded += 1
            return ""
        return text

    def _are_numbers(self, values: Sequence[str]) -> bool:
        """Whether these are the points of a line or the like, which nobody asks for."""
        if len(values) < _MOST_NUMBERS or not all(_NUMBER.match(one) for one in values):
            return False
        self._numbers += 1
        return True


def _is_page(text: str) -> bool:
    """Whether a value is a piece of HTML."""
    return len(_TAGS.findall(text[:20_000])) > 1


def _page(text: str) -> list[str]:
    return [one.text for one in web.read(text.encode(errors="replace")).texts]


def _plain(text: str) -> str:
    """A short value on one line, without marks of HTML."""
    return squeeze(" ".join(_page(text)) if "<" in text and _is_page(text) else text)


def _flat(values: Sequence[Any]) -> Iterator[Any]:
    for one in values:
        if isinstance(one, list):
            yield from (item for item in one if not isinstance(item, Mapping | list))
        elif not isinstance(one, Mapping):
            yield one


def _is_simple(value: Any) -> bool:
    if isinstance(value, list):
        return all(not isinstance(one, Mapping | list) for one in value) and len(value) <= 20
    return not isinstance(value, Mapping)


def _is_row(value: Sequence[Any]) -> bool:
    return bool(value) and all(not isinstance(cell, Mapping | list) for cell in value)


def _are_alike(values: Sequence[Any]) -> bool:
    """Whether these are records of one kind, which a mapping holds by their names."""
    if not values or not all(isinstance(one, Mapping) and one for one in values):
        return False
    first = set(values[0])
    return all(len(first & set(one)) * 2 >= len(first | set(one)) for one in values[1:])


def _identity(flat: Mapping[str, str]) -> dict[str, str]:
    """What names a record: its name, title or number, else its first field."""
    known: dict[str, str] = {name: value for name, value in flat.items() if not name}
    for wanted in _NAMES:
        for name, value in flat.items():
            if name.lower().replace(" ", "_") == wanted:
                return {**known, name: value[:HEADING_CHARS]}
    first = next(iter(flat.items()), None)
    return {**known, first[0]: first[1][:HEADING_CHARS]} if first else known


def _spoken(name: str) -> str:
    return squeeze(clean(name))[:HEADING_CHARS]
