"""The tool `query_table`: a figure computed from a document's table, cited with its rows."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from itertools import accumulate
from typing import Any

from nexus.agents.cell_values import word_of
from nexus.agents.configuration import TABLES
from nexus.agents.table_choice import chosen_table
from nexus.agents.table_query import FUNCTIONS, OPERATORS, Query, QueryFault, columns_told
from nexus.agents.table_rows import Table, tables_of
from nexus.agents.text_rows import tables_in_text
from nexus.agents.tools import Asking, Given, Tool
from nexus.documents.narrowing import sees
from nexus.documents.shelf import shelf
from nexus.generations.lifecycle import PerGeneration
from nexus.models import Chunk, DocumentRecord, Locator, Passage
from nexus.ports.tool_chats import ToolForm
from nexus.retrieval.naming import title_of
from nexus.retrieval.reader import Reader
from nexus.retrieval.rights import deciding, narrow

# Chunks that are read of one document; a larger one is not computed from a part of it.
MOST_CHUNKS, _BATCH = 5_000, 100
_MOST_TOLD, _LONGEST_TOLD, _MOST_WARNINGS = 40, 8_000, 3
# Of a figure's passage, so that it has its place beside others in what a model reads.
_LONGEST_PASSAGE = 12_000
_ID = re.compile(r"[0-9a-f]{24}")
_NAME = {"type": "string", "minLength": 1, "maxLength": 200}
_CONDITION = {
    "type": "object",
    "properties": {
        "column": _NAME,
        "operator": {"type": "string", "enum": list(OPERATORS)},
        "value": {"description": "A number, a text, or for `in` a list of them."},
    },
    "required": ["column", "operator", "value"],
    "additionalProperties": False,
}
_FIGURE = {
    "type": "object",
    "properties": {"function": {"type": "string", "enum": list(FUNCTIONS)}, "column": _NAME},
    "required": ["function"],
    "additionalProperties": False,
}
_ORDER = {
    "type": "object",
    "properties": {"column": _NAME, "descending": {"type": "boolean"}},
    "required": ["column"],
    "additionalProperties": False,
}
_FORM = ToolForm(
    TABLES,
    "Computes from a table of a document: filters its rows, groups them, counts, sums, and finds "
    "the least, the greatest and the mean, or lists rows in order. With nothing but the document's "
    "title it tells the tables, sheets and columns there are. Use it for every figure that no "
    "passage states.",
    {
        "type": "object",
        "properties": {
            "document": {**_NAME, "description": "Its title, file name or id."},
            "sheet": _NAME,
            "table": {
                **_NAME,
                "description": "Where a query fits several tables: the number of one, such as 2, "
                "or `all` to take the rows of all of them together.",
            },
            "filter": {"type": "array", "maxItems": 10, "items": _CONDITION},
            "group_by": {"type": "array", "maxItems": 3, "items": _NAME},
            "aggregate": {"type": "array", "maxItems": 6, "items": _FIGURE},
            "order_by": {"type": "array", "maxItems": 3, "items": _ORDER},
            "limit": {"type": "integer", "minimum": 1, "maximum": 100},
        },
        "required": ["document"],
        "additionalProperties": False,
    },
)
_TOO_LONG = "This document is too long to be computed from."
_CHANGING = "This document is being changed just now, so nothing is computed from it: ask again."
_MIXED = (
    "Some parts of this document were indexed by an earlier version, whose rows cannot be "
    "read as those of the others are, so nothing is computed from it: it has to be indexed anew."
)
_NO_TABLE = "No document of this name has a table: search for it first, and use its title."


def table_tool(readers: PerGeneration[Reader], executor: Executor) -> Tool:
    """The tool over the generation that answers."""

    def call(arguments: Mapping[str, Any], asking: Asking) -> Given:
        return readers.with_live(lambda reader: _given(reader, arguments, asking), executor)

    return Tool(_FORM, "Compute from a table", call, timeout_s=15.0)


def _given(reader: Reader, arguments: Mapping[str, Any], asking: Asking) -> Given:
    record = _document(reader, str(arguments["document"]), asking)
    if record is None:
        return Given(said=_NO_TABLE)
    manifest = reader.catalogue.manifest(asking.principal.tenant, record.document_id)
    ids = manifest.chunk_ids if manifest else ()
    if len(ids) > MOST_CHUNKS:
        return Given(said=_TOO_LONG, outcome="failed", detail="too long")
    chunks = _chunks(reader, asking.principal.tenant, ids)
    if chunks is None:
        return Given(said=_CHANGING, outcome="failed", detail="chunks are missing")
    if _is_mixed(chunks):
        return Given(said=_MIXED, outcome="failed", detail="parts of an earlier version")
    tables = _tables(chunks)
    if not tables:
        return Given(said=_NO_TABLE)
    return _from(record, tables, arguments)


def _from(record: DocumentRecord, tables: Sequence[Table], arguments: Mapping[str, Any]) -> Given:
    """What the query gives over the one table that it fits, or over those that are named."""
    sheet = arguments.get("sheet")
    chosen = [one for one in tables if sheet is None or word_of(one.sheet) == word_of(sheet)]
    if not chosen:
        return Given(said=f"There is no such sheet; there are: {_told(tables)}")
    if not any(arguments.get(part) for part in ("filter", "aggregate", "order_by", "limit")):
        return Given(said=_told(chosen))
    try:
        table = chosen_table(chosen, arguments)
        computed = Query(table, arguments).compute()
    except QueryFault as fault:
        return Given(said=str(fault), outcome="failed", detail="a query that does not fit")
    notes = list(computed.notes)
    if len(tables) > 1:
        notes.insert(0, f"Computed over {table.name}.")
    unread = [one.what + (f" ({one.where})" if one.where else "") for one in record.warnings]
    if unread:
        notes.append(f"Not read of this document: {'; '.join(unread[:_MOST_WARNINGS])}.")
    every = [*computed.figures, *(row.text for row in computed.rows)]
    lines = _fitting(every or ["count: 0 (no row matches)"])
    if left := len(every) - len(lines):
        notes.append(f"Too long to be shown: {left} of the lines.")
    return Given((_passage(record, table, lines, arguments),), " ".join(notes))


def _fitting(lines: Sequence[str]) -> list[str]:
    """The lines that a passage has room for."""
    kept: list[str] = []
    room = _LONGEST_PASSAGE
    for line in lines:
        if len(line) < room:
            kept.append(line)
            room -= len(line) + 1
    return kept


def _document(reader: Reader, named: str, asking: Asking) -> DocumentRecord | None:
    """The document of that id, title or file name that the caller may see, nearest first."""
    allowed = narrow(asking.principal.rights, asking.filters)
    if allowed is None:
        return None
    records: Sequence[DocumentRecord] = ()
    if _ID.fullmatch(named):
        exact = reader.catalogue.get(asking.principal.tenant, named)
        records = [exact] if exact is not None else []
    else:
        records, _ = shelf(reader.catalogue, asking.principal, named.strip(), 50, "")
    seen = [record for record in records if sees(allowed, record)]
    wanted = word_of(named)

    def distance(record: DocumentRecord) -> tuple[bool, bool, int]:
        is_titled = word_of(record.title) == wanted
        is_filed = word_of(record.path.rpartition("/")[2]) == wanted
        is_table = record.path.lower().endswith((".csv", ".tsv", ".xlsx", ".xls", ".ods"))
        return not (is_titled or is_filed), not is_table, len(record.path)

    return min(seen, key=distance, default=None)


def _chunks(reader: Reader, tenant: str, ids: Sequence[str]) -> list[Chunk] | None:
    """A document's chunks in reading order; None if the index does not hold all of them."""
    namespace = reader.generation.namespace(tenant)
    found: list[Chunk] = []
    for at in range(0, len(ids), _BATCH):
        batch = ids[at : at + _BATCH]
        held = reader.index.fetch(namespace, batch)
        if any(chunk_id not in held for chunk_id in batch):
            return None
        found += [held[chunk_id].chunk for chunk_id in batch]
    return found


def _is_mixed(chunks: Sequence[Chunk]) -> bool:
    """Whether rows of sheets and CSV files stand in chunks of this version and of one before it.

    So they do where a long document was being indexed, part by part, during an upgrade.
    """
    rows = [chunk for chunk in chunks if chunk.locator.row is not None]
    return any(chunk.table for chunk in rows) and not all(chunk.table for chunk in rows)


def _tables(chunks: Sequence[Chunk]) -> list[Table]:
    if any(chunk.table for chunk in chunks):
        return tables_of(chunks)
    rows = [chunk for chunk in chunks if chunk.locator.row is not None]
    return tables_in_text((chunk.locator.sheet or "", chunk.text) for chunk in rows)


def _told(tables: Sequence[Table]) -> str:
    told = [
        f"{table.name} has {len(table.rows)} rows; columns: {columns_told(table)}."
        for table in tables[:_MOST_TOLD]
    ]
    lengths = accumulate(map(len, told))
    told = [one for one, so_far in zip(told, lengths, strict=True) if so_far <= _LONGEST_TOLD]
    if len(tables) > len(told):
        told.append(f"There are {len(tables) - len(told)} tables more.")
    return " ".join(told)


def _passage(
    record: DocumentRecord, table: Table, lines: Sequence[str], asked: Mapping[str, Any]
) -> Passage:
    """The figures and their rows as a passage of the document."""
    text = "\n".join(lines)
    basis = json.dumps([record.document_id, table.sheet, asked, text], sort_keys=True, default=str)
    digest = hashlib.sha256(basis.encode()).hexdigest()[:24]
    return Passage(
        f"table-{digest}",
        record.document_id,
        title_of(record),
        record.uri,
        record.version,
        Locator(sheet=table.sheet or None),
        text,
        1.0,
        record.metadata.url or "",
        kind="table",
        said=deciding(record.metadata),
    )
