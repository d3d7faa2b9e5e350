"""One run over a source: compares what it lists with what was brought, brings, moves and removes.

Killed anywhere, the next run ends where this one would have: what is done to the bucket can be done
again, the inventory is written as a whole, and at the end of a run nothing lies below the prefix
that the inventory does not name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from nexus.connectors.changing import NotedLanding, compared, note_all
from nexus.connectors.describing import asked, describe_anew, described, fingerprint
from nexus.connectors.paths import clean_path, unique_path
from nexus.connectors.removing import remove_what_is_gone
from nexus.errors import (
    DocumentRejected,
    ListingOutdated,
    NexusError,
    UpstreamError,
    UpstreamUnavailable,
)
from nexus.models.sources import (
    Brought,
    Found,
    Inventory,
    Listed,
    ListingEnd,
    RunReport,
    SourceSpec,
    Underway,
)
from nexus.ports.sources import InventoryStore, Landing, Source

# The inventory is written after so many documents, so that a killed run loses little.
WRITE_EVERY = 50
# A source that fails so many documents one after the other is down, and is asked again later.
MOST_FAILURES_RUNNING = 5
_MOST_LEFT_OUT = 10
_MOST_BEGINNINGS = 3


class Bringer:
    """Brings what a source has; `has_time` tells whether another document can be begun."""

    def __init__(
        self,
        spec: SourceSpec,
        source: Source,
        landing: Landing,
        store: InventoryStore,
        has_time: Callable[[], bool],
    ) -> None:
        self._spec = spec
        self._source = source
        self._bucket = self._landing = landing
        self._store = store
        self._has_time = has_time
        self._report = RunReport()
        self._inventory = Inventory()
        self._paths: set[str] = set()
        self._owners: dict[str, str] = {}
        self._by_content: dict[str, str] = {}
        self._copied_from: dict[str, str] = {}
        self._unwritten = 0
        self._failing = 0

    def run(self, *, confirm: bool = False) -> RunReport:
        """Goes on from where the last run stopped, to the end or until the time is over.

        With `confirm` it removes as many documents as the source no longer has. Raises
        UpstreamError if the source cannot be listed; what was brought until then is kept.
        """
        self._prepare()
        try:
            end = self._listed()
            # A whole listing names all that there is: what it does not name is gone.
            if end is not None and (end.whole or self._brought_anew()):
                self._finish(end, confirm=confirm)
        except NexusError:
            note_all(self._store, self._inventory)
            raise
        note_all(self._store, self._inventory)
        return self._report

    def _finish(self, end: ListingEnd, *, confirm: bool) -> None:
        report = self._report
        report.held = remove_what_is_gone(
            self._inventory, self._landing, self._paths, report, end, confirm=confirm
        )
        for origin in self._copied_from.values():
            if origin not in self._inventory.brought:
                report.moved, report.added = report.moved + 1, report.added - 1
                report.removed -= 1
        self._settle()
        self._inventory.cursor = end.cursor
        self._inventory.underway = None
        report.finished = True

    def _prepare(self) -> None:
        self._inventory = self._store.read()
        self._paths = compared(self._inventory, self._bucket)
        told = asked(self._spec)
        if self._inventory.spec != told:
            # Asked otherwise, a source lists otherwise: a cursor of before would hide that.
            self._inventory.spec, self._inventory.cursor = told, ""
            self._inventory.underway = None
        self._landing = NotedLanding(self._bucket, self._store, self._inventory)
        for document, one in self._inventory.brought.items():
            self._owners[one.path] = document
            self._note_content(document, one)
        if self._inventory.underway is None:
            self._inventory.underway = Underway(self._inventory.cursor)
        self._report = self._inventory.underway.report
        self._report.finished = False

    def _underway(self) -> Underway:
        if self._inventory.underway is None:
            raise TypeError("no run is under way")
        return self._inventory.underway

    def _listed(self) -> ListingEnd | None:
        """Takes the listing to its end; None if the time was over before."""
        for _ in range(_MOST_BEGINNINGS):
            try:
                return self._take_parts()
            except ListingOutdated:
                # From the beginning of this listing, and if that is forgotten, too, all anew.
                underway = self._underway()
                since = underway.since if underway.at else ""
                self._inventory.underway = Underway(since, report=self._report)
        raise UpstreamUnavailable(
            "source", "The source forgot again and again how far its listing had come."
        )

    def _take_parts(self) -> ListingEnd | None:
        underway = self._underway()
        if not underway.at:  # from the beginning: what was seen before may be gone by now
            underway.seen.clear()
        position: Callable[[], str] = str
        try:
            for part in self._source.listed(underway.since, underway.at, self._inventory.brought):
                self._note(part, underway)
                for found in part.found:
                    if found.fetched is None and not self._has_time():
                        return None
                    self._take(found)
                if part.end is not None:
                    return part.end
                position = part.at
                if not self._has_time():
                    return None
                if self._unwritten >= max(WRITE_EVERY, len(self._inventory.brought) // 20):
                    underway.at = position() or underway.at
                    self._store.write(self._inventory)
                    self._unwritten = 0
        finally:
            underway.at = position() or underway.at
        raise UpstreamUnavailable(
            "source", "The source's listing broke off before its end: nothing is concluded from it."
        )

    def _note(self, part: Listed, underway: Underway) -> None:
        there = {found.id for found in part.found}
        underway.seen |= there | set(part.unclear)
        self._inventory.gone -= there
        self._inventory.gone |= set(part.gone)
        underway.seen -= set(part.gone)

    def _brought_anew(self) -> bool:
        """Fetches what an earlier run could not, and did not change since."""
        seen, gone = self._underway().seen, self._inventory.gone
        for document, one in list(self._inventory.brought.items()):
            if one.whole or document in seen or document in gone:
                continue
            if not self._has_time():
                return False
            self._take(one.found)
            seen.add(document)
        return True

    def _take(self, found: Found) -> None:
        """Has the bucket hold the document as the source tells it now."""
        known = self._inventory.brought.get(found.id)
        try:
            metadata = described(found, self._spec)
            path = self._place(found, known)
            if not self._copied(found, known, path, metadata):
                self._fetched(found, known, path, metadata)
            self._failing = 0
        except DocumentRejected as err:
            self._leave_out(found, str(err))
            self._inventory.gone.add(found.id)  # what was brought before is of another state
        except UpstreamError as err:
            kept = known or Brought(found)
            describe_anew(found, kept, self._spec, self._landing)
            self._failing += 1
            if self._failing >= MOST_FAILURES_RUNNING:
                raise
            self._leave_out(found, str(err))
            kept.found, kept.whole = replace(found, mark="", fetched=None), False
            self._inventory.brought[found.id] = kept
        self._unwritten += 1

    def _place(self, found: Found, known: Brought | None) -> str:
        if known and known.path and known.wanted == clean_path(found.path):
            return known.path

        def is_taken(path: str) -> bool:
            return self._owners.get(path, found.id) != found.id

        return unique_path(found.path, found.id, is_taken)

    def _copied(
        self, found: Found, known: Brought | None, path: str, metadata: dict[str, str]
    ) -> bool:
        """Whether the content is in the bucket already, at its place or another."""
        if found.fetched is not None or not found.mark:
            return False
        is_same = known is not None and known.whole and known.found.mark == found.mark
        origin = known if is_same else self._same_content(found)
        if origin is None:
            return False
        said = fingerprint(metadata)
        if origin is known and origin.path == path and origin.said == said:
            origin.found = found
            self._report.unchanged += 1
            return True
        wanted = clean_path(found.path)
        if not self._landing.copy(origin.path, path, metadata):
            origin.whole = False
            return False
        self._keep(found, Brought(found, path, wanted, said, origin.digest, whole=True), known)
        if origin is not known:
            self._copied_from[found.id] = origin.found.id
        return True

    def _same_content(self, found: Found) -> Brought | None:
        if not found.by_content:
            return None
        origin = self._inventory.brought.get(self._by_content.get(found.mark, ""))
        return origin if origin and origin.whole and origin.found.mark == found.mark else None

    def _fetched(
        self, found: Found, known: Brought | None, path: str, metadata: dict[str, str]
    ) -> None:
        fetched = found.fetched or self._source.fetch(found)
        if fetched is None:
            self._inventory.gone.add(found.id)
            return
        self._report.fetched += 1
        found = replace(found, fetched=None)
        wanted, digest = clean_path(found.path), hashlib.sha256(fetched.content).hexdigest()
        made = Brought(found, path, wanted, fingerprint(metadata), digest, whole=True)
        same = (path, made.said, made.digest)
        if known and known.whole and (known.path, known.said, known.digest) == same:
            known.found = found
            self._report.unchanged += 1
            return
        self._landing.put(path, fetched, metadata)
        self._keep(found, made, known)

    def _keep(self, found: Found, made: Brought, known: Brought | None) -> None:
        """Notes a document that is in the bucket now, and removes it from where it was."""
        self._paths.add(made.path)
        self._inventory.brought[found.id] = made
        self._owners[made.path] = found.id
        self._note_content(found.id, made)
        if known is None or not known.path:
            self._report.added += 1
        elif known.path != made.path:
            if self._owners.get(known.path) == found.id:
                del self._owners[known.path]
                self._landing.delete({known.path})
                self._paths.discard(known.path)
            self._report.moved += 1
        else:
            self._report.changed += 1

    def _settle(self) -> None:
        """Gives documents the path that they wanted, where another had it that moved away."""
        held = {one.path for one in self._inventory.brought.values()}
        for one in self._inventory.brought.values():
            if not one.whole or not one.wanted or one.wanted in held:
                continue
            if self._landing.copy(one.path, one.wanted, described(one.found, self._spec)):
                self._landing.delete({one.path})
                held = held - {one.path} | {one.wanted}
                one.path = one.wanted

    def _note_content(self, document: str, one: Brought) -> None:
        if one.whole and one.found.by_content and one.found.mark:
            self._by_content[one.found.mark] = document

    def _leave_out(self, found: Found, why: str) -> None:
        self._report.failed += 1
        if len(self._report.left_out) < _MOST_LEFT_OUT:
            self._report.left_out.append(f"{found.path[:200]}: {why}")
