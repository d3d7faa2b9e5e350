"""The link of a source: where a browser opens what an answer quotes."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from nexus.models import Passage


def link_of(passage: Passage) -> str:
    """The document's own web address, else this API's path to the version that was quoted.

    A tool's result has none: "".

    The page is told where the document is a PDF: of an own address behind "#page=", which browsers'
    viewers read (Adobe, "PDF Open Parameters"); the path hands it on as its parameter `page`.
    """
    if passage.kind == "tool":
        return ""
    page = passage.locator.page
    if passage.url:
        parts = urlsplit(passage.url)
        opens = page is not None and is_pdf(parts.path) and not parts.fragment
        return at_page(passage.url, page) if opens else passage.url
    asked = {"version": passage.version} if passage.version else {}
    if page is not None and is_pdf(passage.uri):
        asked["page"] = str(page)
    path = f"/v1/documents/{passage.document_id}/content"
    return f"{path}?{urlencode(asked)}" if asked else path


def at_page(url: str, page: int | None) -> str:
    """The address of a PDF, opened at a page; None is its beginning."""
    return url if page is None else f"{url}#page={page}"


def is_pdf(path: str) -> bool:
    """Whether a path names a PDF."""
    return path.lower().endswith(".pdf")
