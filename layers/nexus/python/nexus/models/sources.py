"""Sources that documents are brought from: what is said of one, what it holds, how a run ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """What an operator said of a source; `options` are those of its `kind`.

    Documents land below `prefix`, which ends with a slash, within the tenant's folder. `secret` is
    the name of a secret, never its value. `groups` may see every document of the source; where
    `group_map` says something, or `own_rights`, the source's own rights are taken over instead:
    each of its groups becomes those that the map names, or "NAME:GROUP" where it names none.
    """

    tenant: str
    name: str
    kind: str
    prefix: str
    options: Mapping[str, Any] = field(default_factory=dict)
    secret: str = ""
    groups: tuple[str, ...] = ()
    group_map: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own_rights: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document's content as the source gave it; `content_type` may be ""."""

    content: bytes
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A document that a source lists.

    `id` stays where the source's own does; `path` is where it would land, below the prefix; `mark`
    changes whenever the content does, and with `by_content` names the content itself, so that two
    of one mark are the same. `groups` are the source's names of those who may read it:
    None where the source does not tell, () where it says nobody. `date` is YYYY-MM-DD. `note` is
    the source's own, kept with the document. `fetched` is there if listing it meant fetching it.
    """

    id: str
    path: str
    mark: str
    title: str = ""
    url: str = ""
    author: str = ""
    date: str = ""
    groups: tuple[str, ...] | None = None
    note: str = ""
    by_content: bool = False
    fetched: Fetched | None = None


@dataclass(frozen=True, slots=True)
class ListingEnd:
    """A listing came to its end.

    A `whole` one named everything that there is, so that what it did not name is gone. The next
    listing begins at `cursor`; "" is everything anew.
    """

    whole: bool
    cursor: str = ""


def _nowhere() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of a listing: documents that are there, ids that are no more, and undecided ids.

    `at` tells where a listing that breaks off behind this part goes on; it may be asked while the
    next part is being made or brought, too. Only the last part has an
    `end`: a listing without one was cut short, and nothing may be concluded from it.
    """

    found: tuple[Found, ...] = ()
    gone: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    at: Callable[[], str] = _nowhere
    end: ListingEnd | None = None


@dataclass(slots=True)
class Brought:
    """A document that was brought: what the source said of it, and what the bucket has of it.

    `path` is below the prefix, and `wanted` what the source would have it be; `said` tells metadata
    apart, `digest` contents (SHA-256 as hex). One that is not `whole` could not be fetched, or is
    missing in the bucket: it is to be brought anew.
    """

    found: Found
    path: str = ""
    wanted: str = ""
    said: str = ""
    digest: str = ""
    whole: bool = False


@dataclass(slots=True)
class RunReport:
    """What a run did: how many documents, and whether it came to its end.

    `held` is how many it would have removed, had that not been more than half. `left_out` says of
    up to ten documents why they were not brought.
    """

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: int = 0
    held: int = 0
    fetched: int = 0
    finished: bool = False
    left_out: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Underway:
    """How far a run has come that did not end: what it has seen and done, and where it goes on."""

    since: str
    at: str = ""
    seen: set[str] = field(default_factory=set)
    report: RunReport = field(default_factory=RunReport)


@dataclass(slots=True)
class Inventory:
    """All that is known of what a source has, kept as one object so that it is never half new.

    `gone` are ids that the source has no more and whose documents are not removed yet. While a run
    is `changing`, not all that it did is noted; `written_at` is when the inventory was kept, in
    seconds since 1970.
    """

    brought: dict[str, Brought] = field(default_factory=dict)
    cursor: str = ""
    gone: set[str] = field(default_factory=set)
    underway: Underway | None = None
    spec: str = ""
    changing: bool = False
    written_at: float = 0.0


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A source with how its last run went; times are seconds since 1970, 0 for never."""

    spec: SourceSpec
    created_at: float
    ran_at: float = 0.0
    report: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    failures: int = 0
