"""Tells what a killed run may have written: its inventory says that it was changing the bucket.

What was changed and not noted yet may be as the inventory has it or not, whatever the source says
by then: it may have gone back to what it said before.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Set
from dataclasses import replace

from nexus.models.sources import Fetched, Inventory
from nexus.ports.sources import InventoryStore, Landing

CLOCKS_S = 2.0


class NotedLanding:
    """A Landing whose first change is announced in the inventory, which is as it was till then."""

    def __init__(self, landing: Landing, store: InventoryStore, inventory: Inventory) -> None:
        self._landing = landing
        self._store = store
        self._inventory = inventory
        # Killed, the run is begun again where it began: what it saw meanwhile may be gone by then.
        self._began = copy.deepcopy(inventory.underway)

    def held(self) -> Mapping[str, float]:
        """As the landing says it."""
        return self._landing.held()

    def put(self, path: str, fetched: Fetched, metadata: Mapping[str, str]) -> None:
        """Writes a document."""
        self._announce()
        self._landing.put(path, fetched, metadata)

    def copy(self, source: str, target: str, metadata: Mapping[str, str]) -> bool:
        """Copies a document; False if there is none."""
        self._announce()
        return self._landing.copy(source, target, metadata)

    def delete(self, paths: Set[str]) -> None:
        """Removes documents."""
        self._announce()
        self._landing.delete(paths)

    def _announce(self) -> None:
        if not self._inventory.changing:
            # Where this fails, nothing is changed, and the next change announces itself.
            self._store.write(replace(self._inventory, changing=True, underway=self._began))
            self._inventory.changing = True


def compared(inventory: Inventory, landing: Landing) -> set[str]:
    """The paths that the landing holds; what it misses, or a killed run wrote, is no more whole.

    S3 tells whole seconds, and its hosts' clocks may differ by one: what was written shortly before
    the inventory counts as later.
    """
    held = landing.held()
    for one in inventory.brought.values():
        written_at = held.get(one.path)
        if written_at is None or (
            inventory.changing and written_at >= inventory.written_at - CLOCKS_S
        ):
            one.whole = False
    inventory.changing = False
    return set(held)


def note_all(store: InventoryStore, inventory: Inventory) -> None:
    """Keeps the inventory at the end of a run, when all that was changed is noted in it."""
    inventory.changing = False
    store.write(inventory)
