"""The tool `search_documents`: what of the tenant's documents the caller may see, or less."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import Executor
from typing import Any

from nexus.agents.configuration import SEARCH, Documents
from nexus.agents.tools import Asking, Given, Tool
from nexus.generations.lifecycle import PerGeneration
from nexus.models import EVERY_GROUP, Filters, Principal
from nexus.object_keys import compared
from nexus.ports.tool_chats import ToolForm
from nexus.retrieval.reader import Reader
from nexus.retrieval.rights import narrow

_MOST = 10
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TEXT = {"type": "string", "minLength": 1, "maxLength": 200}
_TEXTS = {"type": "array", "maxItems": 20, "items": _TEXT}
_FORM = ToolForm(
    SEARCH,
    "Finds the passages of the organisation's documents that fit a question best. Each thing that "
    "is asked for is a search of its own. Filters narrow what is searched, and need not be given.",
    {
        "type": "object",
        "properties": {
            "query": {"type": "string", "minLength": 1, "maxLength": 1_000},
            "departments": _TEXTS,
            "tags": _TEXTS,
            "date_from": {"type": "string", "maxLength": 10, "description": "YYYY-MM-DD"},
            "date_to": {"type": "string", "maxLength": 10, "description": "YYYY-MM-DD"},
            "document_ids": _TEXTS,
            "top_k": {"type": "integer", "minimum": 1, "maximum": _MOST},
        },
        "required": ["query"],
        "additionalProperties": False,
    },
)
NOTHING = "Nothing was found for this: search in other words, or for a part of it."
NO_DATE = "A date must be written as YYYY-MM-DD."


def search_tool(readers: PerGeneration[Reader], executor: Executor) -> Tool:
    """The tool over the generation that answers."""

    def call(arguments: Mapping[str, Any], asking: Asking) -> Given:
        days = (arguments.get("date_from"), arguments.get("date_to"))
        if any(day and not _DATE.fullmatch(day) for day in days):
            return Given(said=NO_DATE, outcome="failed", detail="a date")
        wanted = Filters(
            departments=tuple(arguments.get("departments") or ()),
            tags=tuple(arguments.get("tags") or ()),
            date_from=days[0] or None,
            date_to=days[1] or None,
            document_ids=tuple(arguments.get("document_ids") or ()),
        )
        filters = narrow(asking.filters, wanted)
        if filters is None:
            return Given(said=NOTHING)
        top_k = int(arguments.get("top_k") or asking.top_k)
        found = readers.with_live(
            lambda reader: reader.retriever.retrieve(
                asking.principal, str(arguments["query"]), top_k, filters
            ),
            executor,
        )
        if not found.is_enough:
            return Given(said=NOTHING)
        return Given(found.passages, probability=found.probability)

    return Tool(_FORM, "Search documents", call, kind="search", timeout_s=12.0)


def narrowed(principal: Principal, documents: Documents) -> Principal | None:
    """The principal as far as an agent lets it see; None where that is nothing.

    What an agent is told to see can only take away from what its caller may see.
    """
    asked = Filters(
        departments=documents.departments,
        tags=documents.tags,
        document_ids=documents.document_ids,
    )
    filters = narrow(principal.filters, asked)
    if filters is None:
        return None
    groups = principal.groups
    if documents.groups:
        named = {compared(group) for group in documents.groups}
        every = EVERY_GROUP in groups
        own = documents.groups if every else groups
        groups = tuple(group for group in own if compared(group) in named)
    role = "user" if documents != Documents() else principal.role
    return Principal(
        principal.tenant,
        principal.client,
        role,
        principal.plan,
        filters,
        principal.expires_at,
        groups,
        principal.budget,
    )
