"""Tells the catalogues and indexes at once what is newly said of a document.

The bucket has it already, and ingestion follows; but who may see a document may not wait for that.
The catalogues are told first: nothing is shown that they do not allow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nexus.errors import ConfigurationError, UpstreamError
from nexus.ingestion.describing import filterable
from nexus.models import DocumentMetadata
from nexus.observability import logger

if TYPE_CHECKING:
    from nexus.documents.erasing import Place

# The generations that exist now.
Places = Callable[[], Sequence["Place"]]


def tell(
    places: Sequence[Place],
    tenant: str,
    document_id: str,
    metadata: DocumentMetadata,
    *,
    regrouped: bool,
) -> None:
    """Writes the metadata to every generation's record, then groups that changed to every index.

    An index that fails finds the document by its groups of before until it is ingested: who no
    longer may see it does not all the same. Raises UpstreamError when a catalogue fails.
    """
    for place in places:
        place.catalogue.describe(tenant, document_id, metadata)
    for place in places if regrouped else ():
        try:
            groups = filterable(metadata).groups
            place.index.regroup(place.namespace(tenant), document_id, groups)
        except (UpstreamError, ConfigurationError) as error:
            logger.warning("not_regrouped", extra={"error": type(error).__name__})
