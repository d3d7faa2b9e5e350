"""A library of SharePoint or a OneDrive as a source, by Microsoft Graph's changes.

Changes: https://learn.microsoft.com/graph/api/driveitem-delta; content:
https://learn.microsoft.com/graph/api/driveitem-get-content; rights:
https://learn.microsoft.com/graph/api/driveitem-list-permissions; waiting and retrying:
https://learn.microsoft.com/graph/throttling.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx2

from nexus.adapters.sources.calling import SERVICE, Caller
from nexus.adapters.sources.credentials import OAuth, fields_of
from nexus.adapters.sources.folders import Folders
from nexus.adapters.sources.formats import extensions_of, is_document
from nexus.adapters.sources.options import Options
from nexus.errors import InvalidRequest, UpstreamUnavailable
from nexus.models.sources import Brought, Fetched, Found, Listed, ListingEnd, SourceSpec

GRAPH = "https://graph.microsoft.com/v1.0"
TOKENS = "https://login.microsoftonline.com"
_FIELDS = "id,name,webUrl,cTag,size,file,folder,root,deleted,parentReference,lastModifiedDateTime"
_A_PART = 50


class SharePointSource:
    """A Source over one drive; with `own_rights` each document's readers are told.

    A reader is a group's name, "user:ADDRESS", "organization" or "anonymous", as links have them.
    A change of rights is no change of a document to Graph, so they are asked for in each run.
    """

    def __init__(
        self,
        caller: Caller,
        base: str,
        drive: str,
        extensions: tuple[str, ...],
        *,
        own_rights: bool,
    ) -> None:
        self._caller = caller
        self._base = base
        self._drive = drive
        self._extensions = extensions
        self._own_rights = own_rights

    @classmethod
    def from_spec(
        cls,
        spec: SourceSpec,
        client: httpx2.Client,
        secret: Callable[[], str],
        sleep: Callable[[float], None] = time.sleep,
    ) -> SharePointSource:
        """The source that a spec describes. Raises InvalidRequest naming an option."""
        options = Options(spec.options)
        base = options.text("graph_url", GRAPH).rstrip("/")
        tokens = options.text("token_url", TOKENS).rstrip("/")
        named = {name: options.text(name, "") for name in ("site", "user", "drive")}
        extensions = extensions_of(options.texts("extensions"))
        options.finish()
        if sum(bool(one) for one in named.values()) != 1:
            raise InvalidRequest(
                "Say one of drive=ID, site=HOST:/sites/NAME and user=ADDRESS.", "drive"
            )
        drive = {
            "drive": f"/drives/{quote(named['drive'], safe='!')}",
            "site": f"/sites/{quote(named['site'], safe=':/')}:/drive",
            "user": f"/users/{quote(named['user'], safe='@')}/drive",
        }[next(name for name, value in named.items() if value)]
        own = spec.own_rights or bool(spec.group_map)
        credentials = _Lazily(client, tokens, secret)
        return cls(Caller(client, credentials, sleep), base, drive, extensions, own_rights=own)

    def listed(self, since: str, at: str, known: Mapping[str, Brought]) -> Iterator[Listed]:
        """What changed; `since` and `at` hold a link of Graph's and the folders so far."""
        begun = json.loads(at or since or "{}")
        folders = Folders(begun.get("folders", {}))
        waiting: dict[str, dict[str, Any]] = begun.get("waiting", {})
        touched = set(begun.get("touched", ()))
        url = begun.get("link") or f"{self._base}{self._drive}/root/delta?$select={_FIELDS}"
        is_first = not since
        while True:
            told = self._changes(url)
            gone, files = self._sorted(told["value"], folders)
            for one in gone:
                waiting.pop(one, None)
            waiting |= files
            ready = {
                document: one
                for document, one in waiting.items()
                if folders.path(one["parent"], one["name"]) is not None
            }
            for document in ready:
                del waiting[document]
            touched |= ready.keys() | gone
            found = tuple(self._found(one, folders) for one in ready.values())
            following, last = told.get("@odata.nextLink"), told.get("@odata.deltaLink")
            url = following or last or ""
            if not url:
                raise UpstreamUnavailable(SERVICE, "Graph cut its listing short.")
            # As they are behind this part: what waits now is not missed if the next is asked again.
            state = {"link": url, "folders": folders.all(), "waiting": dict(waiting)}
            yield Listed(
                found=found,
                gone=tuple(gone),
                at=_kept({**state, "touched": sorted(touched)} if following else None),
            )
            if last:
                break
        if is_first:
            left: list[str] = []
        else:
            left = [document for document in known if document not in touched]
        done, count = [*sorted(touched), *left], len(touched)
        for part, looked_at in self._moved_with_their_folders(left, known, folders):
            count += looked_at
            yield replace(part, at=functools.partial(_looked_at, state, done, count))
        cursor = json.dumps({"link": url, "folders": folders.without_gone(), "waiting": waiting})
        yield Listed(unclear=tuple(waiting), end=ListingEnd(whole=is_first, cursor=cursor))

    def fetch(self, found: Found) -> Fetched | None:
        """A document's content, from wherever Graph redirects to."""
        got = self._caller.content(f"{self._base}{self._items()}/{quote(found.id)}/content")
        return None if got is None else Fetched(*got)

    def _items(self) -> str:
        return f"{self._drive}/items"

    def _changes(self, url: str) -> dict[str, Any]:
        told = self._caller.json(url)
        if not isinstance(told.get("value"), list):
            raise UpstreamUnavailable(SERVICE, "Graph's listing came without its value.")
        return told

    def _sorted(
        self, items: list[dict[str, Any]], folders: Folders
    ) -> tuple[set[str], dict[str, dict[str, Any]]]:
        """Notes folders; ids of documents that are gone, and documents that are there.

        One that is told several times is as it is told last.
        """
        gone: set[str] = set()
        files: dict[str, dict[str, Any]] = {}
        for item in items:
            document = str(item["id"])
            parent = str((item.get("parentReference") or {}).get("id", ""))
            if "deleted" in item:
                folders.drop(document)
                files.pop(document, None)
                gone.add(document)
            elif "root" in item:
                folders.put(document, "", "")
            elif "folder" in item:
                folders.put(document, parent, str(item["name"]))
            elif "file" in item and not is_document(str(item["name"]), self._extensions):
                files.pop(document, None)
                gone.add(document)
            elif "file" in item:
                gone.discard(document)
                files[document] = {
                    "id": document,
                    "parent": parent,
                    "name": str(item["name"]),
                    "mark": str(item.get("cTag") or item.get("lastModifiedDateTime", "")),
                    "url": str(item.get("webUrl", "")),
                    "date": str(item.get("lastModifiedDateTime", ""))[:10],
                }
        return gone, files

    def _found(self, one: Mapping[str, Any], folders: Folders) -> Found:
        return Found(
            id=one["id"],
            path=folders.path(one["parent"], one["name"]) or one["name"],
            mark=one["mark"],
            title=one["name"].rpartition(".")[0] or one["name"],
            url=one["url"],
            date=one["date"],
            groups=self._readers(one["id"]) if self._own_rights else None,
            note=json.dumps({"parent": one["parent"], "name": one["name"]}),
        )

    def _moved_with_their_folders(
        self, left: list[str], known: Mapping[str, Brought], folders: Folders
    ) -> Iterator[tuple[Listed, int]]:
        """Documents that Graph told nothing of: their folders, or readers, may be others now.

        Beside each part how many it looked at, also where it says nothing of them.
        """
        for start in range(0, len(left), _A_PART):
            found: list[Found] = []
            gone: list[str] = []
            looked_at = left[start : start + _A_PART]
            for document in looked_at:
                before = known[document].found
                note = json.loads(before.note)
                if folders.is_gone(note["parent"]):
                    gone.append(document)
                    continue
                path = folders.path(note["parent"], note["name"])
                if path is None or not (self._own_rights or path != before.path):
                    continue
                groups = self._readers(document) if self._own_rights else before.groups
                found.append(replace(before, path=path, groups=groups))
            yield Listed(found=tuple(found), gone=tuple(gone)), len(looked_at)

    def _readers(self, document: str) -> tuple[str, ...]:
        url = f"{self._base}{self._items()}/{quote(document)}/permissions"
        readers: set[str] = set()
        while url:
            told = self._caller.maybe_json(url)
            if told is None:  # gone meanwhile, as the next changes will tell
                return ()
            if not isinstance(told.get("value"), list):
                raise UpstreamUnavailable(SERVICE, "Graph told no permissions of a document.")
            for one in told["value"]:
                readers.update(_readers_of(one))
            url = told.get("@odata.nextLink", "")
        return tuple(sorted(readers))


class _Lazily:
    """An application's token, by a secret that is read when the first call is made."""

    def __init__(self, client: httpx2.Client, tokens: str, secret: Callable[[], str]) -> None:
        self._client = client
        self._tokens = tokens
        self._secret = secret
        self._oauth: OAuth | None = None

    def headers(self) -> Mapping[str, str]:
        return self._token().headers()

    def renew(self) -> bool:
        return self._token().renew()

    def _token(self) -> OAuth:
        if self._oauth is None:
            found = fields_of(self._secret(), "tenant_id", "client_id", "client_secret")
            grant = {
                "grant_type": "client_credentials",
                "client_id": found["client_id"],
                "client_secret": found["client_secret"],
                "scope": "https://graph.microsoft.com/.default",
            }
            url = f"{self._tokens}/{quote(found['tenant_id'])}/oauth2/v2.0/token"
            self._oauth = OAuth(self._client, url, lambda: grant)
        return self._oauth


def _readers_of(permission: Mapping[str, Any]) -> Iterator[str]:
    """Whom a permission lets read: every role does, whatever else it allows."""
    link = permission.get("link") or {}
    if link.get("scope") in ("anonymous", "organization"):
        yield str(link["scope"])
    granted = [permission.get("grantedToV2") or {}, *permission.get("grantedToIdentitiesV2", ())]
    for one in granted:
        for kind in ("group", "siteGroup"):
            if kind in one:
                yield str(one[kind].get("displayName") or one[kind].get("id", ""))
        if "user" in one:
            user = one["user"]
            yield f"user:{user.get('email') or user.get('id') or user.get('displayName', '')}"


def _looked_at(state: dict[str, Any], done: list[str], count: int) -> str:
    # Made only where it is kept: of many documents it is long, and parts are many.
    return json.dumps({**state, "touched": done[:count]})


def _kept(state: dict[str, Any] | None) -> Callable[[], str]:
    return (lambda: "") if state is None else (lambda: json.dumps(state))
