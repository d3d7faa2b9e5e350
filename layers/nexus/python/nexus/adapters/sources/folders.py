"""Folders of a share, by id: where a document stands, while changes come in any order."""

from __future__ import annotations

_MOST_DEPTH = 100


class Folders:
    """Each folder's parent and name; `root` is the parent of what stands at the top."""

    def __init__(self, known: dict[str, list[str]]) -> None:
        self._known = known

    def put(self, folder: str, parent: str, name: str) -> None:
        """Notes a folder, or that it was renamed or moved; the root has no parent and no name."""
        self._known[folder] = [parent, name]

    def drop(self, folder: str) -> None:
        """Notes that a folder is gone, and with it all that stands below it."""
        if folder in self._known:
            self._known[folder] = ["", "", "gone"]

    def path(self, parent: str, name: str) -> str | None:
        """Where a document of this name stands; None if a folder above it is not known."""
        parts = [name]
        for _ in range(_MOST_DEPTH):
            found = self._known.get(parent)
            if found is None or len(found) > 2:
                return None
            above, called = found[0], found[1]
            if not above:
                return "/".join(reversed(parts))
            parts.append(called.replace("/", "-"))
            parent = above
        return None

    def is_gone(self, parent: str) -> bool:
        """Whether a folder above is known to be gone."""
        for _ in range(_MOST_DEPTH):
            found = self._known.get(parent)
            if found is None:
                return False
            if len(found) > 2:
                return True
            parent = found[0]
        return False

    def prune(self) -> None:
        """Forgets what stands below no root: folders that are gone, and all that was in them."""
        lost = [folder for folder in self._known if self.path(folder, "") is None]
        for folder in lost:
            del self._known[folder]

    def all(self) -> dict[str, list[str]]:
        """What is known, to be kept."""
        return self._known

    def without_gone(self) -> dict[str, list[str]]:
        """The same, without the folders that are gone."""
        return {folder: one for folder, one in self._known.items() if len(one) == 2}
