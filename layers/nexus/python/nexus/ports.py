"""What the core asks of the world outside: one Protocol for each thing an adapter provides.

Every method may raise `UpstreamUnavailable` (try again) or `UpstreamRefused` (do not), and no other
error unless its docstring says so. Implementations are safe to call from several threads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

from nexus.models import (
    ApiClient,
    DocumentMetadata,
    DocumentRecord,
    DocumentStatus,
    Filters,
    Generations,
    Hit,
    IndexedChunk,
    IndexRecord,
    ObjectState,
    Turn,
    Usage,
)

if TYPE_CHECKING:
    from nexus.snapshots import StoredChunk, StoredDocument


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """Chunks that stand in an index, and the cursor of the next page; "" where there is none."""

    chunks: tuple[IndexedChunk, ...]
    cursor: str


class VectorIndex(Protocol):
    """Chunks with their vectors, in namespaces, searchable by meaning and by words."""

    def upsert(self, namespace: str, records: Sequence[IndexRecord]) -> None:
        """Writes records; one with a known chunk id replaces it. Any number of records."""
        ...

    def search_dense(
        self, namespace: str, vector: Sequence[float], top_k: int, filters: Filters
    ) -> list[Hit]:
        """The `top_k` chunks whose vectors are nearest by cosine, best first."""
        ...

    def search_text(self, namespace: str, query: str, top_k: int, filters: Filters) -> list[Hit]:
        """The `top_k` chunks that share words with the query, best first; any input is safe."""
        ...

    def fetch(self, namespace: str, chunk_ids: Sequence[str]) -> dict[str, IndexRecord]:
        """The records with these ids, vectors included; unknown ids are left out."""
        ...

    def delete_chunks(self, namespace: str, chunk_ids: Sequence[str]) -> None:
        """Removes these chunks; unknown ids are ignored."""
        ...

    def delete_document(
        self,
        namespace: str,
        document_id: str,
        through_stamp: int,
        keep: Collection[int] = (),
    ) -> None:
        """Removes the document's chunks with stamps up to and including this one.

        Chunks with the stamps in `keep` stay.
        """
        ...

    def delete_namespace(self, namespace: str) -> None:
        """Removes everything in a namespace; an unknown one is ignored."""
        ...

    def scan(self, generation_id: str, cursor: str, most: int) -> ScannedPage:
        """About `most` chunks of a generation's namespaces, from a cursor ("" for the first)."""
        ...

    def wait_until_searchable(self, namespace: str, chunk_ids: Sequence[str]) -> None:
        """Returns when searches find these chunks, which were upserted before.

        Raises UpstreamUnavailable if that takes longer than the index should need.
        """
        ...

    def count(self, namespace: str, document_id: str | None = None) -> int:
        """How many chunks the namespace, or one document in it, holds."""
        ...

    def ping(self) -> None:
        """Returns when the index answers; raises otherwise. Costs one cheap call."""
        ...


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Vectors in the order of the texts, of unit length, and the tokens that were billed."""

    vectors: tuple[tuple[float, ...], ...]
    tokens: int


class Embedder(Protocol):
    """Turns texts into vectors of unit length."""

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """Embeds any number of texts, in as many calls as the endpoint's limits ask for."""
        ...

    def ping(self) -> None:
        """Returns when the endpoint answers; raises otherwise."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt; `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote, and the tokens that were billed."""

    text: str
    usage: Usage


class ChatModel(Protocol):
    """A language model that continues a conversation."""

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        """Writes the next message, at most `max_tokens` long.

        Raises InvalidRequest naming `message` if the model may not answer this.
        """
        ...

    def ping(self) -> None:
        """Returns when the endpoint answers and knows the model; raises otherwise."""
        ...


class Reranker(Protocol):
    """Orders texts by how well they answer a question."""

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """One relevance from 0 to 1 for each text, in the order of the texts."""
        ...


class DocumentStore(Protocol):
    """The bucket that holds the documents, under `documents/{tenant}/{path}`."""

    def head(self, key: str) -> ObjectState | None:
        """What the bucket holds at the key now, or None. Raises NotFound for a foreign key."""
        ...

    def open(self, state: ObjectState) -> BinaryIO:
        """A seekable stream over the content of exactly that version (or ETag, without one).

        It holds a bounded part of the content at a time, and is for one thread. Opening it or any
        read of it raises NotFound if the version is gone, and the errors of every method here.
        """
        ...

    def list_objects(self, tenant: str | None, start_after: str) -> Iterator[ObjectState]:
        """All objects after the key `start_after`, in key order, one page in memory at a time.

        Listings carry no metadata and no content type; `version` is "".
        """
        ...

    def ping(self) -> None:
        """Returns when the bucket answers; raises otherwise."""
        ...


class DocumentVersions(Protocol):
    """All versions of the bucket's objects, the old ones and the delete markers too."""

    def delete_versions(self, key: str) -> int:
        """Deletes those of exactly this key, for good; how many there were.

        At no moment does an older one become the current one. One that is uploaded meanwhile may
        stay.
        """
        ...

    def count_versions(self, key: str) -> int:
        """How many there are of exactly this key."""
        ...


@dataclass(frozen=True, slots=True)
class Manifest:
    """The chunks of a document's live revision, in reading order."""

    revision: int
    chunk_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartResult:
    """What became of one part of a document; `number` counts from 0."""

    number: int
    chunk_ids: tuple[str, ...]
    chunks_embedded: int = 0
    tokens_embedded: int = 0


@dataclass(frozen=True, slots=True)
class FinishedPart:
    """Whether a run's result was kept, and how many parts of the attempt are finished by now."""

    kept: bool
    done: int


class Catalogue(Protocol):
    """What one index generation knows of every document: status, live revision and its chunks.

    A worker calls `begin`, works, then `publish` or `fail`; the last to begin is the only one whose
    publish succeeds, so stale work can never replace newer.
    """

    def get(self, tenant: str, document_id: str) -> DocumentRecord | None:
        """The document's record, read consistently, or None."""
        ...

    def get_many(self, tenant: str, document_ids: Sequence[str]) -> dict[str, DocumentRecord]:
        """The records that exist, by document id; eventually consistent reads do."""
        ...

    def begin(self, record: DocumentRecord) -> DocumentRecord:
        """Starts an attempt: stores status `indexing` and a revision one higher, atomically.

        A document that readers see keeps everything else as stored, so that its sources are
        described truly until the next publish; one without a live revision takes path, uri, title,
        version, etag, size and metadata from `record`. The attempt's parts are counted anew.
        Returns the record as stored.
        """
        ...

    def plan(self, record: DocumentRecord) -> None:
        """Notes `parts` and `underway` of an attempt whose parts are all queued.

        Raises Superseded if another attempt began since.
        """
        ...

    def start_part(self, record: DocumentRecord) -> int:
        """A number, from 1, for a run on one part of the attempt, that no other run has.

        Raises Superseded if another attempt began since, or this one has ended.
        """
        ...

    def finish_part(self, record: DocumentRecord, result: PartResult) -> FinishedPart:
        """Keeps a part's result, unless another run has finished the same part before.

        Raises Superseded if another attempt began since, or this one has ended.
        """
        ...

    def finished_parts(self, record: DocumentRecord) -> list[PartResult]:
        """The results of the attempt's finished parts, in their order, read consistently."""
        ...

    def publish(self, record: DocumentRecord, manifest: Manifest) -> None:
        """Makes `record.revision` the live one, with `manifest`, at once for every reader.

        Raises Superseded if another attempt began since.
        """
        ...

    def settle(self, record: DocumentRecord) -> None:
        """Stores a state that changes no manifest: failed, deleted, or hidden chunks cleared.

        Raises Superseded if another attempt began since.
        """
        ...

    def manifest(self, tenant: str, document_id: str) -> Manifest | None:
        """The live revision's chunks, read consistently; None if there is no live revision."""
        ...

    def remove(self, record: DocumentRecord) -> None:
        """Deletes the manifest and marks the record deleted. Raises Superseded as publish does."""
        ...

    def drop(self, tenant: str) -> None:
        """Removes everything that is known of a tenant; only where nobody works any more."""
        ...

    def restore(self, record: DocumentRecord, chunk_ids: Sequence[str]) -> bool:
        """Stores a record of a snapshot as it is, with its manifest, where there is none yet.

        Its revisions and times are kept; hidden chunks and an attempt's parts are not. False if the
        catalogue knows the document already, which then stays as it is.
        """
        ...

    def version(self, tenant: str) -> int | None:
        """A number that grows with every change of what readers see, read consistently.

        None while the last change is so recent that readers may still see the state before it. What
        is made from documents that were read after the version stays true as long as it is the
        same; a version that was read later, or None, says nothing about them.
        """
        ...

    def list_documents(
        self, tenant: str | None, status: DocumentStatus | None = None, start_after: str = ""
    ) -> Iterator[DocumentRecord]:
        """Every record of the tenant (of all tenants: None), one page in memory at a time.

        `start_after` is the id of the last record seen, or `{tenant}/{id}` for all tenants; these
        come in an order of the catalogue's own.
        """
        ...

    def ping(self) -> None:
        """Returns when the catalogue answers; raises otherwise."""
        ...


class EmbeddingLedger(Protocol):
    """Where in one generation's index the vector of a tenant's text stands, if it ever stood."""

    def find(self, tenant: str, text_keys: Sequence[str]) -> dict[str, str]:
        """The ids of records that hold a text's vector, by text key; they may be gone by now."""
        ...

    def note(self, tenant: str, record_ids: Mapping[str, str]) -> None:
        """Keeps record ids by text key, for months; later ones replace earlier ones."""
        ...


class GenerationStore(Protocol):
    """Which index generations exist, and which one readers see: one value for everybody."""

    def read(self) -> Generations | None:
        """The value, read consistently; None before anything was stored."""
        ...

    def write(self, generations: Generations) -> Generations:
        """Replaces the value of the same edition, at once for every reader; returns it as stored.

        An edition of 0 is written only where nothing is stored. Raises Superseded if somebody
        changed the value meanwhile.
        """
        ...


class SnapshotStore(Protocol):
    """Where snapshots are kept, each a folder of files."""

    def put(self, snapshot_id: str, name: str, content: bytes) -> None:
        """Writes a file, replacing one of the same name."""
        ...

    def get(self, snapshot_id: str, name: str) -> bytes:
        """A file's content. Raises NotFound."""
        ...

    def list_snapshots(self) -> list[str]:
        """The ids of all snapshots, unfinished ones too, in the order in which they were begun."""
        ...


class SnapshotCodec(Protocol):
    """How rows of a snapshot are written into files."""

    def write_chunks(self, chunks: Sequence[StoredChunk]) -> bytes:
        """A file of at least one chunk, all with vectors of one length."""
        ...

    def read_chunks(self, content: bytes) -> Iterator[StoredChunk]:
        """A file's chunks, in order, some of them in memory at a time."""
        ...

    def write_documents(self, documents: Sequence[StoredDocument]) -> bytes:
        """A file of at least one document."""
        ...

    def read_documents(self, content: bytes) -> Iterator[StoredDocument]:
        """A file's documents, in order."""
        ...


class ConversationStore(Protocol):
    """Conversations, each of one tenant and client, that expire on their own."""

    def history(self, tenant: str, client: str, conversation_id: str, turns: int) -> list[Turn]:
        """The last `turns` turns, oldest first; empty if the conversation is not this client's."""
        ...

    def append(self, tenant: str, client: str, conversation_id: str, turn: Turn) -> None:
        """Adds a turn and puts off the conversation's expiry."""
        ...

    def delete(self, tenant: str, client: str, conversation_id: str) -> bool:
        """Removes every turn; False if there was none."""
        ...

    def ping(self) -> None:
        """Returns when the store answers; raises otherwise."""
        ...


class CitedTurns(Protocol):
    """The turns of all conversations, by the documents that their answers cite."""

    def redact(self, tenant: str, document_id: str) -> int:
        """Takes the answers out of the turns that cite the document; how many it changed.

        Each keeps its question, and the document's id in `deleted_document_ids`. Broken off, the
        same call later finishes.
        """
        ...

    def count_citing(self, tenant: str, document_id: str) -> int:
        """How many turns still hold an answer that cites the document, read consistently.

        Expired turns count until they are really gone.
        """
        ...


class ClientStore(Protocol):
    """API keys' entries, found by the SHA-256 of the key."""

    def find(self, key_hash: str) -> ApiClient | None:
        """The entry for a key's hash (64 lower-case hex digits), or None."""
        ...

    def put(self, client: ApiClient) -> None:
        """Stores an entry, replacing one with the same hash."""
        ...

    def remove(self, key_hash: str) -> None:
        """Removes an entry; an unknown one is ignored."""
        ...

    def list_clients(self) -> Iterator[ApiClient]:
        """Every entry."""
        ...

    def ping(self) -> None:
        """Returns when the store answers; raises otherwise."""
        ...


class WorkQueue(Protocol):
    """The queue that the ingestion function reads."""

    def send(self, bodies: Sequence[str], delay_s: int = 0) -> None:
        """Queues any number of messages; returns when all are accepted.

        They can be received after `delay_s` seconds (0 to 900).
        """
        ...

    def delay(self, receipt: str, seconds: int) -> None:
        """Lets a received message that failed come again after so many seconds (0 to 43,200)."""
        ...

    def ping(self) -> None:
        """Returns when the queue answers; raises otherwise."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that the ingestion gave up; `receipt` holds until the letter is taken again.

    `tries` is how often it was delivered before; `sent_at` is UTC ISO 8601 with Z.
    """

    message_id: str
    body: str
    receipt: str
    tries: int
    sent_at: str


class DeadLetterQueue(Protocol):
    """The messages that the ingestion function gave up, kept until somebody takes them out."""

    def take(self, hold_s: int) -> list[Letter]:
        """Some letters, at most ten, hidden from everybody for so many seconds.

        None when no letter can be seen now. Letters that nobody removes come again.
        """
        ...

    def give_back(self, letters: Sequence[Letter]) -> None:
        """Lets everybody see these letters again, now rather than when their time is up."""
        ...

    def remove(self, letters: Sequence[Letter]) -> None:
        """Takes these letters out for good; returns when all are."""
        ...

    def count(self) -> int:
        """About how many letters there are, hidden ones included."""
        ...


class Continuation(Protocol):
    """Starts the running function again, with a payload, when this invocation has no time left."""

    def start(self, payload: str) -> None:
        """Returns when the new invocation is accepted; `payload` is JSON."""
        ...


class Secrets(Protocol):
    """Named secrets, each read once for all that need it at the same time."""

    def get(self, secret_id: str) -> str:
        """The secret's string value. Raises ConfigurationError if it is not set."""
        ...


# The largest value that a Cache keeps, in bytes: a DynamoDB item even if it cannot be compressed.
LARGEST_CACHED = 300 * 1024


class Cache(Protocol):
    """Values that can be made again, kept for a while; any of them may be gone at any time."""

    def get(self, key: str) -> bytes | None:
        """The value, or None if there is none or it has expired."""
        ...

    def put(
        self, key: str, value: bytes, ttl_s: int, documents: Collection[tuple[str, str]] = ()
    ) -> None:
        """Keeps a value for `ttl_s` seconds; one larger than LARGEST_CACHED bytes is not kept.

        `documents` are the tenant and id of each document whose text is in the value.
        """
        ...

    def discard(self, key: str) -> None:
        """Removes a value; an unknown one is ignored."""
        ...

    def forget(self, tenant: str, document_id: str) -> int:
        """Removes the values that hold text of the document; how many there were."""
        ...

    def count(self, tenant: str, document_id: str) -> int:
        """How many values hold text of the document, read consistently.

        Expired ones count until they are really gone.
        """
        ...

    def ping(self) -> None:
        """Returns when the cache answers; raises otherwise."""
        ...


@dataclass(frozen=True, slots=True)
class NewObject:
    """An object that somebody may upload; `checksum_sha256` is base64, or "" for none."""

    key: str
    size: int
    content_type: str
    metadata: DocumentMetadata
    checksum_sha256: str = ""


@dataclass(frozen=True, slots=True)
class SignedUpload:
    """A PUT that needs no credentials: its URL, and the headers that must be sent with it."""

    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One version of an object; a `deleted` one is a delete marker and has no content."""

    version: str
    size: int
    etag: str
    last_modified: str
    is_latest: bool
    deleted: bool


class DocumentBucket(Protocol):
    """The documents' bucket as those who manage them use it: uploads, versions and copies."""

    def head(self, key: str) -> ObjectState | None:
        """What the bucket holds at the key now, or None. Raises NotFound for a foreign key."""
        ...

    def sign_upload(self, upload: NewObject, seconds: int) -> SignedUpload:
        """A PUT of exactly this object, valid for so many seconds.

        Raises InvalidRequest naming `date` or `metadata` if the metadata cannot be stored.
        """
        ...

    def sign_download(self, key: str, version: str, seconds: int) -> str:
        """The URL of a version's content, which a browser saves under the document's name."""
        ...

    def versions(self, key: str) -> Iterator[StoredVersion]:
        """Every version of the object, newest first; none if there never was one."""
        ...

    def restore(self, key: str, version: str) -> None:
        """Copies a version, with its metadata, over the current one.

        Raises NotFound if the version is gone.
        """
        ...

    def describe(self, state: ObjectState, metadata: DocumentMetadata) -> None:
        """Replaces what the object says of itself, and nothing else of it.

        Raises Superseded if the content is no longer that of `state`, NotFound if it is gone, and
        InvalidRequest as `sign_upload` does.
        """
        ...
