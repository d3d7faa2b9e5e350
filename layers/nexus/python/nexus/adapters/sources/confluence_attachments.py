"""The files that are attached to pages of Confluence: documents of their own, read as their page.

Listing: https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-attachment/. Content, by
a redirect, for which v2 has nothing that takes tokens of OAuth 2.0:
https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content---attachments/.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from nexus.adapters.sources.calling import LARGEST_DOCUMENT, SERVICE, Caller, Refusal
from nexus.adapters.sources.confluence_listing import A_PAGE, answers, results_of, shown_at
from nexus.adapters.sources.formats import is_document
from nexus.errors import DocumentTooLarge, UpstreamRefused
from nexus.models.sources import Fetched, Found


class Attachments:
    """Files with one of these extensions, attached to pages below one address."""

    def __init__(self, caller: Caller, base: str, extensions: tuple[str, ...]) -> None:
        self._caller = caller
        self._base = base
        self._extensions = extensions

    def of(self, page: Found, shown: str) -> list[Found]:
        """The current files of a page: beside what stands below it, for those who may read it.

        `shown` is what their links are below.
        """
        url = (
            f"{self._base}/api/v2/pages/{quote(page.id, safe='')}/attachments"
            f"?status=current&limit={A_PAGE}"
        )
        try:
            every = list(answers(self._caller, self._base, url))
        except Refusal as err:
            if err.status == 404:  # the page went meanwhile, and its files with it
                return []
            raise UpstreamRefused(
                SERVICE,
                f"Confluence answered {err.status} to the list of a page's files: give the "
                "source's account the scope read:attachment:confluence, or add the source anew "
                "with --option attachments=false.",
            ) from err
        return [
            self._found(one, page, shown)
            for answer in every
            for one in results_of(answer)
            if is_document(str(one.get("title", "")), self._extensions)
        ]

    def fetch(self, found: Found) -> Fetched | None:
        """A file's content; None if it is gone. Raises DocumentTooLarge."""
        note = json.loads(found.note)
        if note["size"] > LARGEST_DOCUMENT:
            raise DocumentTooLarge(f"It is larger than {LARGEST_DOCUMENT // 1024 // 1024} MB.")
        page, file = quote(note["page"], safe=""), quote(note["file"], safe="")
        got = self._caller.content(
            f"{self._base}/rest/api/content/{page}/child/attachment/{file}/download"
        )
        return None if got is None else Fetched(*got)

    def _found(self, one: dict[str, Any], page: Found, shown: str) -> Found:
        file, name = str(one["id"]), str(one["title"]).replace("/", "-").replace("\\", "-")
        version = one.get("version") or {}
        size = one.get("fileSize")
        note = {"page": page.id, "file": file, "size": size if isinstance(size, int) else 0}
        return Found(
            # A page's id is a number; that a file's is none is not left to the wiki.
            id=file if file.startswith("att") else f"att{file}",
            path=f"{page.path.removesuffix('.html')}/{name}",
            mark=f"{version.get('number', '')} {version.get('createdAt', '')}",
            title=name.rpartition(".")[0] or name,
            url=shown_at(shown, str(one.get("webuiLink") or ""))
            if one.get("webuiLink")
            else page.url,
            date=str(version.get("createdAt") or one.get("createdAt") or "")[:10],
            groups=page.groups,
            note=json.dumps(note),
        )
