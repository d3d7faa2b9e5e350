"""Removes what a source no longer has, unless that is so much that the source may have erred."""

from __future__ import annotations

from collections.abc import Set

from nexus.models.sources import Inventory, ListingEnd, RunReport
from nexus.ports.sources import Landing


def remove_what_is_gone(
    inventory: Inventory,
    landing: Landing,
    paths: Set[str],
    report: RunReport,
    end: ListingEnd,
    *,
    confirm: bool,
) -> int:
    """Removes documents that are gone, and what lies below the prefix without being known.

    More than half of what is there is removed only with `confirm`. How many were held back.
    """
    brought = inventory.brought
    missing = inventory.gone & brought.keys()
    if end.whole and inventory.underway is not None:
        missing |= brought.keys() - inventory.underway.seen
    kept = {one.path for document, one in brought.items() if document not in missing}
    # A killed run leaves what it had brought and not noted yet.
    unknown = paths - {one.path for one in brought.values()}
    doomed = {brought[document].path for document in missing if brought[document].path}
    removed = ((doomed | unknown) & paths) - kept
    there = len(paths | doomed)
    if len(removed) * 2 > there and not confirm:
        inventory.gone = missing if not end.whole else inventory.gone & missing
        return len(removed)
    if removed:
        landing.delete(removed)
    for document in missing:
        del brought[document]
    inventory.gone = set()
    report.removed += len(missing)
    return 0
