"""A web site as a source: its pages and files, from a start page on, as its robots.txt allows.

A page of before is asked for with the marks that the site gave for it (RFC 9110, 13), so that what
did not change is not sent again. It goes on being a document until the site says that it is none:
by 404 or 410, a redirect, a refusal, its rules or `noindex`. That no page links to it says nothing.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from nexus.adapters.crawling.addresses import Bounds, normalised, origin, path_of
from nexus.adapters.crawling.frontier import Frontier
from nexus.adapters.crawling.manners import PoliteSite, Reply
from nexus.adapters.crawling.pages import is_kept, read_page
from nexus.adapters.crawling.sitemaps import MOST_ADDRESSES, MOST_BYTES, read_sitemap
from nexus.adapters.sources.calling import SERVICE
from nexus.adapters.sources.options import Options
from nexus.errors import InvalidRequest, UpstreamRefused, UpstreamUnavailable
from nexus.models.sources import Brought, Fetched, Found, Listed, ListingEnd, SourceSpec

_HTML = ("text/html", "application/xhtml+xml")
# What ingestion reads (ingestion/parsing/formats.py), by the type that servers give it.
_TYPES = (
    *_HTML,
    *("text/plain", "text/markdown", "text/csv", "application/pdf", "application/rtf", "text/rtf"),
    *("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"),
    *("application/epub+zip", "message/rfc822"),
)
_TYPE_FAMILIES = (
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
)
# What a page links to and no document is: not even asked for.
_NO_DOCUMENTS = tuple(
    ".png .jpg .jpeg .gif .webp .svg .ico .bmp .avif .css .js .mjs .map .woff .woff2 .ttf .eot "
    ".mp3 .mp4 .webm .ogg .wav .avi .mov .zip .gz .tgz .bz2 .xz .7z .rar .tar .exe .dmg .deb .rpm "
    ".iso .apk .jar .whl .bin .wasm".split()
)
_GONE = (401, 403, 404, 410, 451)
_MOST_FAILURES_RUNNING = 10
_MOST_SITEMAPS = 50
_MOST_HOPS = 10


class WebSource:
    """A Source over a site; `max_pages` documents at most, each `max_depth` links away at most."""

    def __init__(
        self,
        site: PoliteSite,
        start: str,
        *,
        max_pages: int,
        max_depth: int,
        include: tuple[str, ...],
        exclude: tuple[str, ...],
        use_sitemap: bool,
    ) -> None:
        self._site = site
        self._start = start
        self._max_pages = max_pages
        self._max_depth = max_depth
        self._include = include
        self._exclude = exclude
        self._use_sitemap = use_sitemap
        which = f"{start} {include} {exclude} {max_pages} {max_depth}"
        self._asked = hashlib.sha256(which.encode()).hexdigest()[:8]

    @classmethod
    def from_spec(cls, spec: SourceSpec, site: Callable[[float], PoliteSite]) -> WebSource:
        """The source that a spec describes. Raises InvalidRequest naming an option."""
        options = Options(spec.options)
        start = normalised(options.text("url"))
        if start is None:
            raise InvalidRequest("The start of a crawl is an address of http or https.", "url")
        made = cls(
            site(options.number("rate", 2.0, low=0.05, high=20)),
            start,
            max_pages=int(options.number("max_pages", 1000, low=1, high=50_000)),
            max_depth=int(options.number("max_depth", 10, low=0, high=50)),
            include=options.texts("include") or ("/",),
            exclude=options.texts("exclude"),
            use_sitemap=options.flag("sitemap", default=True),
        )
        options.finish()
        return made

    def listed(self, since: str, at: str, known: Mapping[str, Brought]) -> Iterator[Listed]:
        """Every page, one a part, with its content where that is new. `at` is a frontier."""
        bounds = Bounds(self._start, self._include, self._exclude)
        frontier = Frontier(bounds, max(0, self._max_pages - len(known)), self._max_depth)
        if at:
            frontier.restore(at)
            self._site.read_rules(bounds.start)
        else:
            yield from self._begun(frontier, since, known)
        failing = 0
        for address, depth in frontier:
            if not bounds.is_inside(address) or not self._site.allows(address):
                continue
            if urlsplit(address).path.lower().endswith(_NO_DOCUMENTS):
                continue
            reply = self._site.get(address, self._conditions(known.get(address)), _is_document)
            part, has_answered = self._part(address, depth, reply, known, frontier)
            failing = 0 if has_answered else failing + 1
            if failing >= _MOST_FAILURES_RUNNING:
                raise UpstreamUnavailable(SERVICE, "The site stopped answering.")
            yield replace(part, at=functools.partial(frontier.state, address))
        yield Listed(end=ListingEnd(whole=True, cursor=frontier.failed()))

    def fetch(self, found: Found) -> Fetched | None:
        """A page's content, where the bucket lost it."""
        reply = self._site.get(found.id, {}, _is_document)
        if reply.status in _GONE or (reply.status == 200 and not _is_document(reply.headers)):
            return None
        if reply.status != 200:
            raise UpstreamUnavailable(SERVICE, f"The page answered {reply.status or 'nothing'}.")
        return Fetched(reply.content, reply.headers.get("content-type", ""))

    def _begun(
        self, frontier: Frontier, since: str, known: Mapping[str, Brought]
    ) -> Iterator[Listed]:
        """Asks for the start page, and notes what else is to be asked for."""
        bounds = frontier.bounds
        sitemaps = self._site.read_rules(bounds.start)
        reply = Reply(0, {})
        for _ in range(_MOST_HOPS):
            if not self._site.allows(bounds.start):
                raise UpstreamRefused(SERVICE, "The site's robots.txt forbids the start page.")
            conditions = self._conditions(known.get(bounds.start))
            reply = self._site.get(bounds.start, conditions, _is_document)
            target = normalised(reply.headers.get("location", ""), bounds.start)
            if not 300 <= reply.status < 400 or reply.status == 304 or target is None:
                break
            if not _is_same_site(bounds.start, target):
                host = urlsplit(target).netloc
                raise UpstreamRefused(SERVICE, f"The start page leads to {host}: name that one.")
            if origin(target) != origin(bounds.start):
                sitemaps = self._site.read_rules(target)
            bounds.start = target
        if reply.status not in (200, 304):
            said = f"The start page answered {reply.status or 'nothing'}."
            passing = reply.status == 0 or reply.status >= 500
            raise (UpstreamUnavailable if passing else UpstreamRefused)(SERVICE, said)
        frontier.done(bounds.start)
        part, _ = self._part(bounds.start, 0, reply, known, frontier)
        for address, depth in json.loads(since or "{}").items():
            frontier.again(address, depth)
        if self._use_sitemap:
            frontier.add(self._from_sitemaps(bounds, sitemaps), 1)
        frontier.know((document, _depth(one)) for document, one in known.items())
        yield replace(part, at=functools.partial(frontier.state, bounds.start))

    def _part(
        self,
        address: str,
        depth: int,
        reply: Reply,
        known: Mapping[str, Brought],
        frontier: Frontier,
    ) -> tuple[Listed, bool]:
        """What an answer says of its address, and whether the site answered at all."""
        if reply.status == 304 and address in known:
            return Listed(found=(known[address].found,)), True
        if reply.status == 200:
            return self._read(address, depth, reply, known, frontier), True
        if 300 <= reply.status < 400:
            target = normalised(reply.headers.get("location", ""), address)
            if target is not None:
                frontier.again(target, depth + 1)
            return Listed(), True
        if reply.status in _GONE:
            return Listed(), True
        if reply.status in (0, 429) or reply.status >= 500:
            frontier.fail(address, depth)
            return Listed(unclear=(address,)), False
        return Listed(unclear=(address,)), True

    def _read(
        self,
        address: str,
        depth: int,
        reply: Reply,
        known: Mapping[str, Brought],
        frontier: Frontier,
    ) -> Listed:
        kind = reply.headers.get("content-type", "")
        if not _is_document(reply.headers):
            return Listed()
        title, kept = "", is_kept(reply.headers)
        if kind.lower().startswith(_HTML):
            page = read_page(reply.content, reply.headers, address)
            title, kept = page.title, page.is_kept
            frontier.add(page.links, depth + 1)
            canonical = page.canonical
            if canonical not in ("", address) and frontier.bounds.is_inside(canonical):
                frontier.again(canonical, depth + 1)
                return Listed()
        if not kept:
            return Listed()
        if address not in known:
            frontier.let_in()
        modified = reply.headers.get("last-modified", "")
        note = {"etag": reply.headers.get("etag", ""), "modified": modified}
        found = Found(
            id=address,
            path=path_of(address, kind),
            mark=hashlib.sha256(reply.content).hexdigest(),
            title=title,
            url=address,
            date=_date(modified),
            note=json.dumps({**note, "depth": depth, "asked": self._asked}),
            fetched=Fetched(reply.content, kind),
        )
        return Listed(found=(found,))

    def _conditions(self, known: Brought | None) -> dict[str, str]:
        """The headers that ask for a page only if it changed.

        A page that did not change is not read again, nor its links: so not where others count now.
        """
        if known is None or not known.whole or not known.found.note:
            return {}
        note = json.loads(known.found.note)
        if note.get("asked") != self._asked:
            return {}
        named = {"if-none-match": note.get("etag"), "if-modified-since": note.get("modified")}
        return {name: value for name, value in named.items() if value}

    def _from_sitemaps(self, bounds: Bounds, named: list[str]) -> list[str]:
        """Pages that the site's sitemaps name; one that cannot be read names none."""
        default = normalised("/sitemap.xml", bounds.start)
        waiting = [one for one in map(normalised, named) if one] or [default or ""]
        asked: set[str] = set()
        pages: dict[str, None] = {}
        while waiting and len(asked) < _MOST_SITEMAPS and len(pages) < MOST_ADDRESSES:
            address = waiting.pop(0)
            if address in asked or origin(address) != origin(bounds.start):
                continue
            asked.add(address)
            reply = self._site.get(address, {}, lambda _headers: True, largest=MOST_BYTES)
            if reply.status != 200:
                continue
            found, further = read_sitemap(reply.content)
            pages.update(dict.fromkeys(one for one in map(normalised, found) if one))
            waiting += [one for one in map(normalised, further) if one]
        return list(pages)


def _depth(known: Brought) -> int:
    return int(json.loads(known.found.note or "{}").get("depth", 0))


def _is_document(headers: Mapping[str, str]) -> bool:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in _TYPES or kind.startswith(_TYPE_FAMILIES)


def _is_same_site(start: str, target: str) -> bool:
    """Whether a start page's redirect stays on its site: its own port, with or without www."""
    (host, port), (other, its_port) = origin(start), origin(target)
    return host.removeprefix("www.") == other.removeprefix("www.") and port == its_port


def _date(modified: str) -> str:
    try:
        return parsedate_to_datetime(modified).date().isoformat()
    except (TypeError, ValueError, IndexError):
        return ""
