"""Takes a document out of the index, once the bucket holds it no more."""

from __future__ import annotations

from dataclasses import replace

from nexus.errors import UpstreamUnavailable
from nexus.ingestion.messages import reconcile_message
from nexus.ingestion.reports import IndexingReport
from nexus.ingestion.revisions import last_stamp
from nexus.models import DocumentRecord, Generation
from nexus.object_keys import object_key
from nexus.ports import Catalogue, VectorIndex, WorkQueue


class Remover:
    """Removes documents from one generation; their chunks go `grace_s` seconds later."""

    def __init__(
        self,
        catalogue: Catalogue,
        index: VectorIndex,
        queue: WorkQueue,
        generation: Generation,
        grace_s: int,
    ) -> None:
        self._catalogue = catalogue
        self._index = index
        self._queue = queue
        self._generation = generation
        self._grace_s = grace_s

    def remove(
        self, stored: DocumentRecord, before: DocumentRecord | None, sequencer: str
    ) -> IndexingReport:
        """Hides the document from readers at once, and removes its chunks a little later.

        Until then, a file that was moved finds its vectors again under its new name. `before` is
        the record as it was before this attempt began. Raises UpstreamUnavailable while the index
        still shows chunks; the same call later goes on.
        """
        noted = replace(stored, sequencer=sequencer or stored.sequencer)
        self._catalogue.remove(noted)
        was_hidden = before is not None and before.status == "deleted"
        if self._grace_s and not was_hidden and stored.live_revision:
            again = reconcile_message(
                object_key(stored.tenant, stored.path), self._generation.generation_id
            )
            self._queue.send([again], self._grace_s)
            return IndexingReport("deleted")
        space = self._generation.namespace(stored.tenant)
        self._index.delete_document(space, stored.document_id, last_stamp(stored.revision))
        if self._index.count(space, stored.document_id):
            raise UpstreamUnavailable(
                "index", "The document's chunks are not gone yet; they are asked for again."
            )
        self._catalogue.settle(
            replace(
                noted,
                status="deleted",
                reason=None,
                live_revision=0,
                published=(),
                hidden=frozenset(),
                chunks=0,
                pages=0,
                etag="",
                fingerprint="",
                warnings=(),
            )
        )
        return IndexingReport("deleted")
