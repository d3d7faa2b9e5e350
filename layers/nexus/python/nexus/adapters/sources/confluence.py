"""A space of Confluence Cloud as a source: its current pages, as they stand there, and their files.

REST API v2: https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-space/,
.../api-group-page/ and .../api-group-space-permissions/. Who may read a page is told by v1 alone:
https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content-restrictions/.
"""

from __future__ import annotations

import functools
import html
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2

from nexus.adapters.sources.calling import SERVICE, Caller
from nexus.adapters.sources.confluence_attachments import Attachments
from nexus.adapters.sources.confluence_listing import A_PAGE, answers, results_of, shown_at
from nexus.adapters.sources.credentials import Basic, OAuth, fields_of
from nexus.adapters.sources.formats import extensions_of
from nexus.adapters.sources.options import Options
from nexus.errors import InvalidRequest, UpstreamRefused, UpstreamUnavailable
from nexus.models.sources import Brought, Fetched, Found, Listed, ListingEnd, SourceSpec

TOKENS = "https://auth.atlassian.com/oauth/token"
_MOST_DEPTH = 50
# As many pages are brought before the inventory may be written: each takes a call.
_A_PART = 25


class ConfluenceSource:
    """A Source over one space; with `own_rights` the space's and the pages' readers are told.

    A reader is a group's name, or "user:ACCOUNT". Where a page, its ancestors and the space each
    name their readers, those that all of them name may read it.
    """

    def __init__(
        self,
        caller: Caller,
        base: str,
        space: str,
        attachments: Attachments | None,
        *,
        own_rights: bool,
    ) -> None:
        self._caller = caller
        self._base = base
        self._space = space
        self._attachments = attachments
        self._own_rights = own_rights
        self._names: dict[str, str] = {}

    @classmethod
    def from_spec(
        cls,
        spec: SourceSpec,
        client: httpx2.Client,
        secret: Callable[[], str],
        sleep: Callable[[float], None] = time.sleep,
    ) -> ConfluenceSource:
        """The source that a spec describes. Raises InvalidRequest naming an option."""
        options = Options(spec.options)
        base, space = options.text("url").rstrip("/"), options.text("space")
        tokens = options.text("token_url", TOKENS)
        with_files = options.flag("attachments", default=True)
        extensions = extensions_of(options.texts("extensions"))
        options.finish()
        if urlsplit(base).scheme not in ("http", "https"):
            raise InvalidRequest("A wiki's address is one of https, and ends with /wiki.", "url")
        own = spec.own_rights or bool(spec.group_map)
        caller = Caller(client, _Lazy(client, secret, tokens), sleep)
        attachments = Attachments(caller, base, extensions) if with_files else None
        return cls(caller, base, space, attachments, own_rights=own)

    def listed(
        self,
        since: str,  # noqa: ARG002 - each listing is a whole one
        at: str,
        known: Mapping[str, Brought],  # noqa: ARG002 - each listing is a whole one
    ) -> Iterator[Listed]:
        """Every page of the space with its files; `at` are the pages that are done.

        The tree is read first, for a page's place and readers depend on those above it.
        """
        space = self._found_space()
        pages, shown = self._pages(str(space["id"]))
        readers = self._space_readers(str(space["id"])) if self._own_rights else None
        restricted: dict[str, frozenset[str] | None] = {}
        ordered = sorted(pages, key=lambda one: (len(one), one))
        done = set(json.loads(at or "[]"))
        left = [one for one in ordered if one not in done]
        refused: UpstreamRefused | None = None
        for start in range(0, len(left), _A_PART):
            part = left[start : start + _A_PART]
            found: list[Found] = []
            for one in part:
                page = self._found(pages[one], pages, shown, readers, restricted)
                found.append(page)
                if self._attachments is not None and refused is None:
                    try:
                        found += self._attachments.of(page, shown)
                    except UpstreamRefused as err:
                        refused = err
            done |= set(part)
            told = Listed(found=tuple(found))
            # Pages whose files are not told are not done.
            kept = functools.partial(json.dumps, sorted(done))
            yield told if refused else replace(told, at=kept)
        if refused:  # only now: pages, and who may read them, do not wait for their files' rights
            raise refused
        yield Listed(end=ListingEnd(whole=True))

    def fetch(self, found: Found) -> Fetched | None:
        """A page as HTML, or a file; None if it is gone, or the page no longer a current one."""
        if found.note:
            return self._attachments.fetch(found) if self._attachments is not None else None
        page = self._caller.maybe_json(
            f"{self._base}/api/v2/pages/{quote(found.id)}", **{"body-format": "export_view"}
        )
        if page is None or page.get("status") != "current":
            return None
        body = page.get("body")
        view = body.get("export_view") if isinstance(body, dict) else None
        value = view.get("value") if isinstance(view, dict) else None
        if not isinstance(value, str):
            raise UpstreamUnavailable(SERVICE, "Confluence told a page without its body.")
        title = html.escape(str(page.get("title", "")))
        text = (
            f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title></head>'
            f"<body><h1>{title}</h1>{value}</body></html>"
        )
        return Fetched(text.encode(errors="replace"), "text/html; charset=utf-8")

    def _found_space(self) -> dict[str, Any]:
        told = self._caller.json(f"{self._base}/api/v2/spaces", keys=self._space)
        spaces = [one for one in results_of(told) if one.get("key") == self._space]
        if not spaces:
            raise UpstreamRefused(
                SERVICE, "The account sees no such space: check its name and the account's rights."
            )
        return spaces[0]

    def _pages(self, space: str) -> tuple[dict[str, dict[str, Any]], str]:
        """All current pages by id, and the address that their links are below."""
        pages: dict[str, dict[str, Any]] = {}
        shown = self._base
        url = f"{self._base}/api/v2/spaces/{quote(space)}/pages?status=current&limit={A_PAGE}"
        for told in answers(self._caller, self._base, url):
            shown = str(told.get("_links", {}).get("base") or shown)
            pages |= {str(one["id"]): one for one in results_of(told)}
        return pages, shown

    def _found(
        self,
        page: dict[str, Any],
        pages: Mapping[str, dict[str, Any]],
        shown: str,
        readers: frozenset[str] | None,
        restricted: dict[str, frozenset[str] | None],
    ) -> Found:
        chain = _ancestors(page, pages)
        titles = [str(one.get("title", "")).replace("/", "-") for one in reversed(chain)]
        version = page.get("version") or {}
        return Found(
            id=str(page["id"]),
            path="/".join(titles) + ".html",
            mark=f"{version.get('number', '')} {page.get('title', '')}",
            title=str(page.get("title", "")),
            url=shown_at(shown, str(page.get("_links", {}).get("webui", ""))),
            date=str(version.get("createdAt", ""))[:10],
            groups=None if readers is None else self._groups(chain, readers, restricted),
        )

    def _groups(
        self,
        chain: list[dict[str, Any]],
        readers: frozenset[str],
        restricted: dict[str, frozenset[str] | None],
    ) -> tuple[str, ...]:
        """Those whom the space, the page and every page above it let read.

        Nobody, where something stands above it that is no page: a folder's restrictions are in no
        answer of Confluence's (jira.atlassian.com/browse/CONFCLOUD-82920).
        """
        if chain[-1].get("parentId"):
            return ()
        for page in chain:
            document = str(page["id"])
            if document not in restricted:
                restricted[document] = self._restriction(document)
            own = restricted[document]
            readers = readers if own is None else readers & own
        return tuple(sorted(readers))

    def _restriction(self, document: str) -> frozenset[str] | None:
        """Whom a page itself lets read; None where it restricts nobody."""
        told = self._caller.json(
            f"{self._base}/rest/api/content/{quote(document)}/restriction/byOperation/read",
            limit="200",
        )
        found = told.get("restrictions")
        if not isinstance(found, dict) or not all(
            isinstance(found.get(kind), dict) for kind in ("user", "group")
        ):
            raise UpstreamUnavailable(SERVICE, "Confluence told no restrictions of a page.")
        groups = [str(one["name"]) for one in results_of(found["group"])]
        users = [f"user:{one['accountId']}" for one in results_of(found["user"])]
        return frozenset((*groups, *users)) or None

    def _space_readers(self, space: str) -> frozenset[str]:
        readers: set[str] = set()
        url = f"{self._base}/api/v2/spaces/{quote(space)}/permissions?limit={A_PAGE}"
        for told in answers(self._caller, self._base, url):
            for one in results_of(told):
                operation, principal = one.get("operation", {}), one.get("principal", {})
                if (operation.get("key"), operation.get("targetType")) == ("read", "space"):
                    readers.add(self._name(str(principal["type"]), str(principal["id"])))
        return frozenset(readers)

    def _name(self, kind: str, principal: str) -> str:
        if kind != "group":
            return f"{kind}:{principal}"
        if principal not in self._names:
            told = self._caller.maybe_json(f"{self._base}/rest/api/group/by-id", id=principal)
            self._names[principal] = str((told or {}).get("name") or principal)
        return self._names[principal]


class _Lazy:
    """The credentials of a secret that is read when the first call is made."""

    def __init__(self, client: httpx2.Client, secret: Callable[[], str], tokens: str) -> None:
        self._make = functools.cache(lambda: _credentials(client, secret(), tokens))

    def headers(self) -> Mapping[str, str]:
        return self._make().headers()

    def renew(self) -> bool:
        return self._make().renew()


def _credentials(client: httpx2.Client, secret: str, tokens: str) -> Basic | OAuth:
    """An account's API token, or a service account's credentials for OAuth 2.0."""
    if '"api_token"' in secret:
        found = fields_of(secret, "email", "api_token")
        return Basic(found["email"], found["api_token"])
    found = fields_of(secret, "client_id", "client_secret")
    return OAuth(client, tokens, lambda: {"grant_type": "client_credentials", **found})


def _ancestors(page: dict[str, Any], pages: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The page and those above it, up to the first that is none (a folder, or the space)."""
    chain = [page]
    while len(chain) < _MOST_DEPTH:
        above = pages.get(str(chain[-1].get("parentId") or ""))
        if above is None or above in chain:
            break
        chain.append(above)
    return chain
