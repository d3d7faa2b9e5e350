"""Remembers which documents readers see, so that a search need not ask the catalogue each time.

`Catalogue.version` says for how long that is true: what was read after a version holds as long as
the version is the same, and there is none while a change may still be under way. Each turn reads it
while the question is embedded; what is known under it costs no call between search and answer.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nexus.models import DocumentRecord
from nexus.ports import Catalogue

# Documents of which a process knows whether they are seen; then it begins anew.
REMEMBERED = 5_000


@dataclass(slots=True)
class _Known:
    """What one tenant's documents are under a version; None of one that the catalogue lacks."""

    version: int
    records: dict[str, DocumentRecord | None] = field(default_factory=dict)


class RememberedRecords:
    """The records of one generation's catalogue, by tenant."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._by_tenant: dict[str, _Known] = {}

    def get_many(
        self, tenant: str, document_ids: Sequence[str], version: int | None
    ) -> Mapping[str, DocumentRecord]:
        """The records that exist, by document id, as far as a reader sees them.

        `version` is the tenant's, read before: what is known under it is not asked for again. With
        None, everything is, read consistently, and nothing is remembered: a change may just have
        happened. Raises what the catalogue raises.
        """
        if version is None:
            return self._catalogue.get_many(tenant, document_ids, consistently=True)
        with self._lock:
            known = self._by_tenant.get(tenant)
            held = known.records if known and known.version == version else {}
            found = {one: held[one] for one in document_ids if one in held}
        if missing := [one for one in document_ids if one not in found]:
            read = self._catalogue.get_many(tenant, missing)
            asked = {one: read.get(one) for one in missing}
            self._keep(tenant, version, asked)
            found |= asked
        return {one: record for one, record in found.items() if record is not None}

    def _keep(
        self, tenant: str, version: int, records: Mapping[str, DocumentRecord | None]
    ) -> None:
        with self._lock:
            known = self._by_tenant.get(tenant)
            if known and known.version > version:  # a turn that began later knows better
                return
            if known is None or known.version < version:
                known = self._by_tenant[tenant] = _Known(version)
            known.records.update(records)
            if sum(len(one.records) for one in self._by_tenant.values()) > REMEMBERED:
                self._by_tenant.clear()
