"""How far a listing of Google Drive has come: the folders so far, and those that are to be read."""

from __future__ import annotations

import json
from collections.abc import Callable

from nexus.adapters.sources.folders import Folders

# The parents that one search names.
AT_ONCE = 25


class Progress:
    """What is to be known to go on with a listing, kept beside it as text.

    `token` is where changes begin that are not told yet, of the shared drive `drive`, "" for My
    Drive: each counts its changes by itself. `batch` are folders that are read now, from `page` on,
    and `waiting` those that are read afterwards. `told` are the documents of which this listing
    told something, in order, and `away` those of them that are gone.
    """

    def __init__(self, kept: str) -> None:
        begun = json.loads(kept or "{}")
        self.token: str = begun.get("token", "")
        self.drive: str = begun.get("drive", "")
        self.page: str = begun.get("page", "")
        self.batch: list[str] = begun.get("batch", [])
        self.waiting: list[str] = begun.get("waiting", [])
        self.folders = Folders(begun.get("folders", {}))
        self.shortcuts: dict[str, list[str]] = begun.get("shortcuts", {})
        self.told: list[str] = begun.get("told", [])
        self.away: dict[str, None] = dict.fromkeys(begun.get("away", ()))

    def next_batch(self) -> list[str]:
        """The folders to be read now; none if all are."""
        if not self.batch:
            self.batch, self.waiting = self.waiting[:AT_ONCE], self.waiting[AT_ONCE:]
        return self.batch

    def read_to(self, page: str) -> None:
        """Notes that the batch is read up to a page, "" for its end."""
        self.page = page
        if not page:
            self.batch = []

    def holds(self, folder: str) -> bool:
        """Whether a folder is the root, or below it."""
        return self.folders.path(folder, "") is not None

    def enter(self, folder: str, parent: str, name: str) -> None:
        """Notes a folder below the root; what is in one that was elsewhere is to be read."""
        was_here = self.holds(folder)
        if not was_here and folder in self.folders.all():
            # It left in this listing: what stood below it is told no more, and is read again.
            self.folders.prune()
        self.folders.put(folder, parent, name)
        if not was_here:
            self.waiting.append(folder)

    def leave(self, folder: str) -> None:
        """Notes that a folder is no longer below the root, nor is what stands in it."""
        self.folders.drop(folder)

    def tell(self, document: str, *, is_there: bool) -> None:
        """Notes that a document is told of, and whether it is there."""
        self.told.append(document)
        if is_there:
            self.away.pop(document, None)
        else:
            self.away[document] = None

    def kept(self) -> Callable[[], str]:
        """Tells where a listing that breaks off now goes on, whatever becomes of this one."""
        state = {
            **self._lasting(),
            "page": self.page,
            "batch": list(self.batch),
            "waiting": list(self.waiting),
            "away": list(self.away),
        }
        told, count = self.told, len(self.told)  # it only grows
        return lambda: json.dumps({**state, "told": told[:count]})

    def cursor(self) -> str:
        """Where the next listing begins, at the end of this one."""
        self.folders.prune()
        return json.dumps(self._lasting())

    def _lasting(self) -> dict[str, object]:
        folders = dict(self.folders.all())  # an entry is replaced, and never changed
        shortcuts = dict(self.shortcuts)
        place = {"token": self.token, "drive": self.drive}
        return {**place, "folders": folders, "shortcuts": shortcuts}
