"""The tools that agents get: each one's description, its arguments, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from functions.chat.openai.cited import footnotes
from functions.chat.schemas import ChatResponse, PassageBody, Text
from functions.chat.searching import searched
from nexus.answering.answer_text import Style
from nexus.answering.measuring import measure_answer
from nexus.answering.question import Question
from nexus.documents.shelf import shelf, text_of
from nexus.http.filtering import FilterFields, filters_of
from nexus.http.headers import ConversationId
from nexus.http.source_bodies import Locator
from nexus.models import Principal
from nexus.services import ChatServices


class SearchArguments(BaseModel):
    """What `search` takes."""

    model_config = ConfigDict(extra="forbid")

    query: Text = Field(description="What to look for, in any language.")
    top_k: int = Field(default=5, ge=1, le=20, description="How many passages to return.")
    filters: FilterFields | None = None


class AskArguments(BaseModel):
    """What `ask` takes."""

    model_config = ConfigDict(extra="forbid")

    question: Text = Field(description="The question, in any language.")
    conversation_id: ConversationId | None = Field(
        default=None, description="Continues a conversation: the id that an answer gave."
    )
    style: Style | None = None
    filters: FilterFields | None = None


class ListArguments(BaseModel):
    """What `list_documents` takes."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(default="", max_length=200, description="Stands in the title or the path.")
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str = Field(default="", max_length=200, description="Of the page before.")


class FetchArguments(BaseModel):
    """What `fetch` takes."""

    model_config = ConfigDict(extra="forbid")

    document_id: str = Field(max_length=64, description="As search and list_documents give it.")
    offset: int = Field(default=0, ge=0, le=10_000_000, description="The first passage to give.")


# What a tool gives: text for a model to read, and the same as data.
Given = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it is for, what it takes, and how it is done."""

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    call: Callable[[ChatServices, Principal, Any], Given]

    def described(self) -> dict[str, Any]:
        """As `tools/list` tells it; every tool only reads."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.arguments.model_json_schema(),
            "annotations": {"readOnlyHint": True, "openWorldHint": False},
        }


def _search(services: ChatServices, principal: Principal, given: SearchArguments) -> Given:
    filters = filters_of(given.filters)
    found = searched(services, principal, given.query, given.top_k, filters)
    passages = [PassageBody.of(passage).model_dump() for passage in found.passages]
    told = [
        f"{passage.title} ({passage.document_id}) {passage.locator.describe()}\n{passage.text}"
        for passage in found.passages
    ]
    return "\n\n".join(told) or "Nothing was found.", {"passages": passages}


def _ask(services: ChatServices, principal: Principal, given: AskArguments) -> Given:
    question = Question(
        message=given.question,
        conversation_id=given.conversation_id,
        top_k=services.settings.top_k,
        filters=filters_of(given.filters),
        style=given.style or "default",
    )
    answer = services.answerer.answer(principal, question)
    measure_answer(answer)
    return answer.text + footnotes(answer), ChatResponse.of(answer).model_dump()


def _list(services: ChatServices, principal: Principal, given: ListArguments) -> Given:
    records, cursor = services.readers.with_live(
        lambda reader: shelf(reader.catalogue, principal, given.text, given.limit, given.cursor),
        services.executor,
    )
    documents = [
        {
            "document_id": record.document_id,
            "title": record.title,
            "path": record.path,
            "pages": record.pages,
            "updated_at": record.updated_at,
        }
        for record in records
    ]
    told = [f"{one['title']} ({one['document_id']}, {one['path']})" for one in documents]
    return "\n".join(told) or "There are none.", {"documents": documents, "cursor": cursor}


def _fetch(services: ChatServices, principal: Principal, given: FetchArguments) -> Given:
    record, passages, following = services.readers.with_live(
        lambda reader: text_of(
            reader.catalogue,
            reader.index,
            reader.generation.namespace(principal.tenant),
            principal,
            given.document_id,
            given.offset,
        ),
        services.executor,
    )
    data = {
        "document_id": record.document_id,
        "title": record.title,
        "uri": record.uri,
        "passages": [
            {"text": text, "locator": Locator.of(locator).model_dump()}
            for text, locator in passages
        ],
        "next_offset": following,
    }
    return "\n\n".join(text for text, _ in passages), data


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "search",
            "Search documents",
            "Finds the passages of the organisation's documents that fit a query best.",
            SearchArguments,
            _search,
        ),
        Tool(
            "ask",
            "Ask the documents",
            "Answers a question from the organisation's documents, with sources and how sure the "
            "answer is; says so when the documents hold none.",
            AskArguments,
            _ask,
        ),
        Tool(
            "list_documents",
            "List documents",
            "Lists the documents that may be seen, page by page.",
            ListArguments,
            _list,
        ),
        Tool(
            "fetch",
            "Read a document",
            "Gives a document's text, passage by passage, from an offset on.",
            FetchArguments,
            _fetch,
        ),
    )
}
