"""Asks questions over tables through reading, chunks, index and tool, and judges the figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from nexus.agents.table_tool import table_tool
from nexus.agents.tools import Asking, Given, Tool
from nexus.object_keys import object_key
from tests.assembled import readers
from tests.unit.test_retrieval import ALICE, CONFIG, Library

# No figure may be given: the query has to say why there is none.
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks of a document, the query that a model writes for it, and what is right.

    `told` are words that have to be said with the figure, such as which rows were left out.
    """

    asks: str
    query: Mapping[str, Any]
    right: Any
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A file and the questions asked of it."""

    name: str
    content: bytes
    questions: tuple[Question, ...]


def tool_over(documents: Iterable[Document]) -> Tool:
    """The tool over these documents, read and indexed as uploads are."""
    library = Library()
    for one in documents:
        library.documents.put("acme", one.name, one.content)
        library.indexer.reconcile(object_key("acme", one.name))
    made = readers(library.retriever, library.catalogue, CONFIG, library.index)
    return table_tool(made, ThreadPoolExecutor(2))


def judged(tool: Tool, document: str, question: Question) -> tuple[str, Given]:
    """ "right", "refused" (said, with why), "untold" (right, but not what was left out),
    "told" (another figure, with a note) or "wrong" (another figure in silence)."""
    given = tool.call({"document": document, **question.query}, Asking(ALICE))
    if not given.passages:
        is_found = not given.said.startswith("No document")
        return ("right" if question.right == REFUSED and is_found else "refused"), given
    lines = given.passages[0].text.split("\n")
    wanted = question.right if isinstance(question.right, list) else [question.right]
    got = [line.rpartition(": ")[2] for line in lines[: len(wanted)]]
    if question.right != REFUSED and all(map(_same, got, wanted)) and len(got) == len(wanted):
        missing = [one for one in question.told if one not in given.said]
        return ("untold" if missing else "right"), given
    return ("told" if given.said else "wrong"), given


def _same(got: str, wanted: Any) -> bool:
    try:
        return round(Decimal(got), 4) == round(Decimal(str(wanted)), 4)
    except InvalidOperation:
        return got.strip() == str(wanted)


def q(asks: str, query: Mapping[str, Any], right: Any, *told: str) -> Question:
    return Question(asks, query, right, told)


def of(
    function: str, column: str = "", *conditions: tuple[str, str, Any], **more: Any
) -> dict[str, Any]:
    """A query of one figure."""
    one = {"function": function, **({"column": column} if column else {})}
    found: dict[str, Any] = {"aggregate": [one], **more}
    if "table" in found:
        found["table"] = str(found["table"])
    if conditions:
        found["filter"] = [{"column": c, "operator": o, "value": v} for c, o, v in conditions]
    return found
