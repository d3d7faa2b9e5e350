"""What a question in the terminal may say besides its words, and the request's body of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

Key = Annotated[
    str | None,
    typer.Option("--key", envvar="NEXUS_API_KEY", help="API key; locally, the demo key."),
]
Conversation = Annotated[
    str | None, typer.Option("--conversation", help="Continue the conversation with this id.")
]
TopK = Annotated[int | None, typer.Option("--top-k", help="Passages to answer from.")]
Style = Annotated[
    Literal["concise", "detailed", "summary"] | None,
    typer.Option("--style", help="How long the answer is, or a summary of what is asked about."),
]
Departments = Annotated[
    list[str] | None,
    typer.Option("--department", help="Only documents of this department; may be repeated."),
]
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", help="Only documents with this tag; of several, with any of them."),
]
Since = Annotated[
    str | None, typer.Option("--from", help="Only documents dated on or after, as YYYY-MM-DD.")
]
Until = Annotated[
    str | None, typer.Option("--to", help="Only documents dated on or before, as YYYY-MM-DD.")
]
Documents = Annotated[
    list[str] | None,
    typer.Option("--document", help="Only the document with this id; may be repeated."),
]

Agent = Annotated[
    str | None,
    typer.Option("--agent", help="Who answers: an agent of the deployment, or auto to pick one."),
]


def request(
    *,
    agent: str | None = None,
    top_k: int | None,
    style: str | None,
    departments: list[str] | None,
    tags: list[str] | None,
    since: str | None,
    until: str | None,
    documents: list[str] | None,
) -> dict[str, Any]:
    """The body of a question without its words: only what was said."""
    filters = {
        "departments": departments,
        "tags": tags,
        "date_from": since,
        "date_to": until,
        "document_ids": documents,
    }
    said = {name: value for name, value in filters.items() if value}
    body: dict[str, Any] = {"agent": agent, "top_k": top_k, "style": style, "filters": said or None}
    return {name: value for name, value in body.items() if value is not None}
