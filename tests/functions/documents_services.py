"""The documents function's services over fakes, with two tenants and their ingestion."""

from __future__ import annotations

from typing import Any

from nexus.clients import hash_key
from nexus.documents.curating import Curator
from nexus.documents.erasing import Eraser, Place
from nexus.documents.text_search import TextSearch
from nexus.generations.lifecycle import PerGeneration, SingleGeneration
from nexus.ingestion.folder_groups import GovernedDocuments
from nexus.models import ApiClient, DocumentMetadata, Filters, Principal, Role
from nexus.object_keys import document_id, object_key
from nexus.operations.figures import Figures
from nexus.settings import Settings
from tests import assembled
from tests.fake_bucket import FakeDocumentBucket
from tests.fake_figures import FakeFigures
from tests.fakes import (
    FakeCache,
    FakeCatalogue,
    FakeClients,
    FakeClock,
    FakeConversations,
    FakeEmbedder,
    FakeIndex,
    FakeQueue,
)
from tests.functions.gateway import DocumentsBehindGateway

ADMIN_KEY, USER_KEY, RIVAL_KEY, NARROW_KEY = "nx_admin", "nx_user", "nx_rival", "nx_narrow"
FOLDERS = (("hr/", ("hr",)),)


def client(
    key: str, tenant: str, role: Role, filters: Filters | None = None, *groups: str
) -> ApiClient:
    principal = Principal(tenant, key, role, "admin", filters or Filters(), groups=groups)
    return ApiClient(hash_key(key), "gw", principal, "2026-01-01T00:00:00Z")


class Office:
    """Everything the management API stands on, and the ingestion that follows its changes."""

    def __init__(self, index: Any = None, **settings: Any) -> None:
        self.settings = Settings(embedding_dimension=256, **settings)
        self.clock = FakeClock()
        self.bucket = FakeDocumentBucket()
        self.catalogue = FakeCatalogue(self.clock)
        self.queue = FakeQueue()
        self.index: Any = index or FakeIndex()
        self.cache, self.conversations = FakeCache(), FakeConversations()
        self.pauses: list[float] = []
        self.recorded = FakeFigures()
        self.embedder = FakeEmbedder()
        self.indexer = assembled.indexer(
            GovernedDocuments(self.bucket, FOLDERS),
            self.catalogue,
            self.index,
            self.embedder,
            self.settings,
        )
        self.clients = FakeClients(
            client(ADMIN_KEY, "acme", "admin"),
            client(USER_KEY, "acme", "user"),
            client(NARROW_KEY, "acme", "admin", Filters(departments=("Finance",))),
            client(RIVAL_KEY, "rival", "admin"),
        )
        generation = self.settings.generation
        place = Place(self.catalogue, self.index, generation.namespace)
        texts = TextSearch(self.index, self.catalogue, generation.namespace)
        curator = Curator(
            *(self.bucket, self.catalogue, self.queue, texts),
            *(lambda: [place], FOLDERS, self.clock),
        )
        self.services = DocumentsBehindGateway(
            settings=self.settings,
            clients=self.clients,
            eraser=lambda: Eraser(
                [place],
                self.bucket,
                self.cache,
                self.conversations,
                self.clock,
                self.pauses.append,
            ),
            figures=Figures(self.recorded, "test", ("acme",), self.clock),
            curators=PerGeneration(
                SingleGeneration(generation), generation, lambda _generation: curator
            ),
        )

    def put(self, path: str, text: str | bytes, tenant: str = "acme", **said: Any) -> str:
        """Uploads and ingests a document; returns its id."""
        content = text if isinstance(text, bytes) else text.encode()
        self.bucket.put(tenant, path, content, metadata=DocumentMetadata(**said))
        self.ingest(path, tenant)
        return document_id(tenant, path)

    def drop(self, path: str, tenant: str = "acme") -> None:
        """Deletes a document, and lets ingestion know."""
        self.bucket.drop(tenant, path)
        self.ingest(path, tenant)

    def ingest(self, path: str, tenant: str = "acme") -> None:
        """What the bucket's event starts."""
        self.indexer.reconcile(object_key(tenant, path))
