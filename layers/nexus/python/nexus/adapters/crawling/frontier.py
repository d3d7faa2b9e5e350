"""What of a site is still to be asked for, in an order that meets near pages before far ones."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator

from nexus.adapters.crawling.addresses import Bounds

# What a site has that did not answer, and is asked for again by the next run.
_MOST_REMEMBERED = 500


class Frontier:
    """New addresses first, by how many links lead to them, then those that were known before.

    At most `room` new documents are let in, and `depth` is how many links a page may be away.
    """

    def __init__(self, bounds: Bounds, room: int, depth: int) -> None:
        self.bounds = bounds
        self._room = room
        self._depth = depth
        self._queue: deque[tuple[str, int]] = deque()
        self._known: deque[tuple[str, int]] = deque()
        self._reached: set[str] = set()
        self._asked: set[str] = set()
        self._failed: dict[str, int] = {}
        self._let_in = 0
        self._current = ("", 0)

    def know(self, addresses: Iterable[tuple[str, int]]) -> None:
        """Has documents of an earlier run asked for, once nothing new is left."""
        self._known.extend(addresses)

    def add(self, addresses: Iterable[str], depth: int) -> None:
        """Has new addresses asked for, as far as they are inside the bounds."""
        if depth > self._depth:
            return
        for address in addresses:
            if address in self._reached or not self.bounds.is_inside(address):
                continue
            if self.bounds.admits(address):
                self._reached.add(address)
                self._queue.append((address, depth))

    def again(self, address: str, depth: int) -> None:
        """Has an address asked for that an answer named: a redirect, or a page's own address.

        There is room for it, as for what named it; each is as far away as another link.
        """
        if depth > self._depth + 1 or address in self._reached:
            return
        if self.bounds.is_inside(address):
            self._reached.add(address)
            self._known.append((address, depth))

    def done(self, address: str) -> None:
        """Notes an address that was asked for already."""
        self._reached.add(address)
        self._asked.add(address)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        # A site may have as many addresses that are no documents as documents, and twice.
        most = 3 * (self._room + len(self._known)) + 50
        while self._queue or self._known:
            is_new = bool(self._queue)
            if is_new and (self._let_in >= self._room or len(self._asked) > most):
                self._queue.clear()
                continue
            address, depth = self._queue.popleft() if is_new else self._known.popleft()
            if address in self._asked:
                continue
            self.done(address)
            self._current = (address, depth)
            yield address, depth

    def let_in(self) -> None:
        """Counts a new document."""
        self._let_in += 1

    def fail(self, address: str, depth: int) -> None:
        """Remembers an address that did not answer."""
        if len(self._failed) < _MOST_REMEMBERED:
            self._failed[address] = depth

    def failed(self) -> str:
        """What did not answer, as the next run is told it."""
        return json.dumps(self._failed) if self._failed else ""

    def state(self, after: str) -> str:
        """All of this, to go on from behind an address.

        What has been taken from here since then is asked for again.
        """
        again = [] if self._current[0] in ("", after) else [self._current]
        return json.dumps(
            {
                "start": self.bounds.start,
                "queries": dict(self.bounds.queries),
                "queue": list(self._queue),
                "known": [*again, *self._known],
                "asked": sorted(self._asked - {address for address, _ in again}),
                "failed": self._failed,
                "let_in": self._let_in,
                "room": self._room,
            }
        )

    def restore(self, state: str) -> None:
        """Goes on from what `state` told."""
        told = json.loads(state)
        self.bounds.start = told["start"]
        self.bounds.queries.update(told["queries"])
        self._queue.extend((address, depth) for address, depth in told["queue"])
        self._known.extend((address, depth) for address, depth in told["known"])
        self._asked = set(told["asked"])
        self._reached = self._asked | {one for one, _ in (*self._queue, *self._known)}
        self._failed = dict(told["failed"])
        self._let_in, self._room = told["let_in"], told["room"]
