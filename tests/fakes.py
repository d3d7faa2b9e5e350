"""In-memory stand-ins for every port; the contract tests prove that they behave as the adapters do.

Set `failure` on any of them and each of its calls raises that error until it is None again.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import math
import re
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO, cast

from nexus.documents.headlines import headline
from nexus.errors import ConfigurationError, NexusError, NotFound, Superseded, UpstreamRefused
from nexus.models import (
    ApiClient,
    Chunk,
    Conversation,
    DocumentMetadata,
    DocumentRecord,
    DocumentStatus,
    Filters,
    FunctionVersion,
    Generation,
    Generations,
    Hit,
    IndexedChunk,
    IndexRecord,
    LoggedQuestion,
    ObjectState,
    Turn,
    Usage,
)
from nexus.object_keys import object_key, parse_key, tenant_prefix
from nexus.ports import (
    LARGEST_CACHED,
    Cache,
    Catalogue,
    Claim,
    Completion,
    ConversationStore,
    Embeddings,
    FinishedPart,
    GenerationStore,
    Kept,
    Letter,
    Manifest,
    Message,
    PartResult,
    ScannedPage,
    Staged,
    Standing,
)

# How long a FakeCatalogue gives no version after a change, as the catalogue on DynamoDB does.
SETTLING_S = 14.0
# What can be stored of an attempt that has been published.
_LASTING = ("indexed", "deleted")


class FakeClock:
    """A clock that stands still until it is advanced; callable like `time.time`."""

    def __init__(self, now: float = 1_750_000_000.0) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    __call__ = now

    def advance(self, seconds: float) -> None:
        self._now += seconds


class _Service:
    """What all fakes share: they can be made to fail, and are safe to call from threads."""

    failure: NexusError | None = None

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def ping(self) -> None:
        if self.failure is not None:
            raise self.failure


def _iso(seconds: float) -> str:
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class FakeCatalogue(_Service):
    """A Catalogue in dictionaries; `records` and `manifests` are keyed by (tenant, id).

    `changes` are the times, by tenant, at which what readers see changed; `looked_up` tells of each
    `get_many` whose documents it asked for, and how many.
    """

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        super().__init__()
        self._clock = clock or FakeClock()
        self.records: dict[tuple[str, str], DocumentRecord] = {}
        self.manifests: dict[tuple[str, str], Manifest] = {}
        self.changes: dict[str, list[float]] = {}
        self.looked_up: list[tuple[str, int]] = []
        self.runs: dict[tuple[str, str, int], int] = {}
        self.described_in: dict[tuple[str, str], int] = {}
        self.erasures: dict[tuple[str, str], str] = {}
        self.parts: dict[tuple[str, str, int], dict[int, PartResult]] = {}

    def get(self, tenant: str, document_id: str) -> DocumentRecord | None:
        self.ping()
        return self.records.get((tenant, document_id))

    def get_many(
        self, tenant: str, document_ids: Sequence[str], *, consistently: bool = False
    ) -> dict[str, DocumentRecord]:
        del consistently
        self.ping()
        self.looked_up.append((tenant, len(document_ids)))
        found = {item: self.records.get((tenant, item)) for item in document_ids}
        return {item: record for item, record in found.items() if record is not None}

    def get_many_with_erasures(
        self, tenant: str, document_ids: Sequence[str]
    ) -> tuple[dict[str, DocumentRecord], dict[str, str]]:
        found = self.get_many(tenant, document_ids, consistently=True)
        erased = {item: self.erasures.get((tenant, item)) for item in document_ids}
        return found, {item: at for item, at in erased.items() if at is not None}

    def note_erasure(self, tenant: str, document_id: str, at: str) -> None:
        self.ping()
        with self._lock:
            known = self.erasures.get((tenant, document_id), "")
            self.erasures[tenant, document_id] = max(known, at)

    def begin(self, record: DocumentRecord) -> DocumentRecord:
        self.ping()
        with self._lock:
            key, now = (record.tenant, record.document_id), _iso(self._clock())
            stored = self.records.get(key)
            if stored is None:
                stored = DocumentRecord(
                    record.tenant, record.document_id, "", "", "", "pending", created_at=now
                )
            if stored.live_revision == 0:
                stored = replace(
                    stored,
                    path=record.path,
                    uri=record.uri,
                    title=record.title,
                    version=record.version,
                    etag=record.etag,
                    size=record.size,
                    metadata=record.metadata,
                )
            stored = replace(
                stored,
                status="indexing",
                revision=stored.revision + 1,
                parts=0,
                parts_done=0,
                underway="",
                started_at=now,
                updated_at=now,
            )
            self.records[key] = stored
            return stored

    def plan(self, record: DocumentRecord) -> None:
        with self._lock:
            self._progress(record, parts=record.parts, underway=record.underway)

    def explain(self, record: DocumentRecord, reason: str) -> None:
        with self._lock:
            self._progress(record, reason=reason)

    def start_part(self, record: DocumentRecord) -> int:
        with self._lock:
            self._progress(record)
            attempt = (record.tenant, record.document_id, record.revision)
            self.runs[attempt] = self.runs.get(attempt, 0) + 1
            return self.runs[attempt]

    def finish_part(self, record: DocumentRecord, result: PartResult) -> FinishedPart:
        with self._lock:
            attempt = (record.tenant, record.document_id, record.revision)
            finished = self.parts.setdefault(attempt, {})
            kept = finished.setdefault(result.number, result) == result
            self._progress(record, parts_done=len(finished))
            return FinishedPart(kept, len(finished))

    def finished_parts(self, record: DocumentRecord) -> list[PartResult]:
        self.ping()
        attempt = (record.tenant, record.document_id, record.revision)
        return [result for _, result in sorted(self.parts.get(attempt, {}).items())]

    def stage(self, record: DocumentRecord, chunk_ids: Sequence[str]) -> Staged:
        del record, chunk_ids  # what is published brings them again
        self.ping()
        return Staged()

    def announce(self, tenant: str) -> float:
        del tenant
        self.ping()
        return self._clock()

    def publish(
        self, record: DocumentRecord, manifest: Manifest, staged: Staged | None = None
    ) -> None:
        del staged
        with self._lock:
            key = self._store(replace(record, status="indexed"), record.revision)
            self.manifests[key] = replace(manifest, revision=record.revision)
        self.ping()
        self.parts.pop((record.tenant, record.document_id, record.revision), None)

    def settle(self, record: DocumentRecord) -> None:
        self._store(record)

    def describe(self, tenant: str, document_id: str, metadata: DocumentMetadata) -> bool:
        self.ping()
        key = (tenant, document_id)
        with self._lock:
            self.changes.setdefault(tenant, []).append(self._clock())
            stored = self.records.get(key)
            if stored is None:
                return False
            if stored.metadata != metadata:
                now = _iso(self._clock())
                self.records[key] = replace(
                    stored, metadata=metadata, fingerprint="", updated_at=now
                )
            self.described_in[key] = stored.revision
            return True

    def remove(self, record: DocumentRecord) -> None:
        with self._lock:
            gone = replace(
                record, status="deleted", reason=None, fingerprint="", published=(), chunks=0
            )
            self.manifests.pop(self._store(gone, 0), None)

    def manifest(self, tenant: str, document_id: str) -> Manifest | None:
        self.ping()
        return self.manifests.get((tenant, document_id))

    def drop(self, tenant: str) -> None:
        self.ping()
        for kept in (self.records, self.manifests):
            for key in [key for key in kept if key[0] == tenant]:
                del kept[key]

    def restore(self, record: DocumentRecord, chunk_ids: Sequence[str]) -> bool:
        self.ping()
        key = (record.tenant, record.document_id)
        with self._lock:
            if key in self.records:
                return False
            self.changes.setdefault(record.tenant, []).append(self._clock())
            self.records[key] = replace(
                record, hidden=frozenset(), parts=0, parts_done=0, underway=""
            )
            if record.live_revision:
                self.manifests[key] = Manifest(record.live_revision, tuple(chunk_ids))
            return True

    def version(self, tenant: str) -> int | None:
        self.ping()
        changes = self.changes.get(tenant, [])
        return None if changes and self._clock() - changes[-1] < SETTLING_S else len(changes)

    def list_documents(
        self, tenant: str | None, status: DocumentStatus | None = None, start_after: str = ""
    ) -> Iterator[DocumentRecord]:
        self.ping()
        for owner, item in sorted(self.records):
            place = item if tenant is not None else f"{owner}/{item}"
            record = self.records[owner, item]
            if tenant in (None, owner) and place > start_after and status in (None, record.status):
                yield record

    def _progress(self, record: DocumentRecord, **values: Any) -> None:
        self.ping()
        key = (record.tenant, record.document_id)
        stored = self.records.get(key)
        if stored is None or stored.revision != record.revision or stored.status != "indexing":
            raise Superseded("Another attempt on the document began since.")
        self.records[key] = replace(stored, **values, updated_at=_iso(self._clock()))

    def _store(self, record: DocumentRecord, live_revision: int | None = None) -> tuple[str, str]:
        self.ping()
        key = (record.tenant, record.document_id)
        with self._lock:
            stored = self.records.get(key)
            if (
                stored is None
                or stored.revision != record.revision
                or (stored.status == "deleted" and record.status != "deleted")
                or (stored.live_revision == record.revision and record.status not in _LASTING)
                or (live_revision and not _can_be_published(stored, record))
            ):
                raise Superseded("Another attempt on the document began since.")
            if live_revision is not None or _seen_of(stored) != _seen_of(record):
                self.changes.setdefault(record.tenant, []).append(self._clock())
            if (
                self.described_in.get(key, 0) >= record.revision
                and stored.metadata != record.metadata
            ):
                record = replace(record, metadata=stored.metadata, fingerprint="")
            self.records[key] = replace(
                record,
                live_revision=stored.live_revision if live_revision is None else live_revision,
                parts=stored.parts,
                parts_done=stored.parts_done,
                underway=stored.underway,
                started_at=stored.started_at,
                created_at=stored.created_at,
                updated_at=_iso(self._clock()),
            )
        return key


def _can_be_published(stored: DocumentRecord, record: DocumentRecord) -> bool:
    return stored.status == "indexing" or stored.live_revision == record.revision


def _seen_of(record: DocumentRecord) -> tuple[object, ...]:
    if not record.published:
        return ()
    return (record.published, record.hidden, record.title, record.uri, record.version)


class FakeConversations(_Service):
    """A ConversationStore and CitedTurns, keyed by (tenant, client, conversation)."""

    def __init__(self, ttl_h: float = 24.0, clock: Callable[[], float] | None = None) -> None:
        super().__init__()
        self._ttl_s = ttl_h * 3600
        self._clock = clock or FakeClock()
        self._turns: dict[tuple[str, str, str], list[Turn]] = {}
        self._expiry: dict[tuple[str, str, str], float] = {}
        self._titles: dict[tuple[str, str, str], str] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever remembered."""
        return not self._turns

    def history(self, tenant: str, client: str, conversation_id: str, turns: int) -> list[Turn]:
        self.ping()
        live = self._live((tenant, client, conversation_id))
        return live[-turns:] if turns > 0 else []

    def append(self, tenant: str, client: str, conversation_id: str, turn: Turn) -> None:
        self.ping()
        key = (tenant, client, conversation_id)
        with self._lock:
            kept = [item for item in self._live(key) if item.message_id != turn.message_id]
            self._turns[key] = sorted(
                [*kept, turn],
                key=lambda item: (
                    datetime.datetime.fromisoformat(item.created_at),
                    item.message_id,
                ),
            )
            self._expiry[key] = self._clock() + self._ttl_s

    def delete(self, tenant: str, client: str, conversation_id: str) -> bool:
        self.ping()
        key = (tenant, client, conversation_id)
        with self._lock:
            existed = bool(self._live(key))
            self._turns.pop(key, None)
            self._titles.pop(key, None)
        return existed

    def page(
        self, tenant: str, client: str, limit: int, after: str
    ) -> tuple[list[Conversation], str | None]:
        owned = [key[2] for key in self._turns if key[:2] == (tenant, client)]
        known = filter(None, (self.find(tenant, client, item) for item in owned))
        found = sorted(known, key=lambda item: item.place, reverse=True)
        behind = [item for item in found if not after or item.place < after]
        more = len(behind) > limit
        return behind[:limit], behind[limit - 1].place if more else None

    def find(self, tenant: str, client: str, conversation_id: str) -> Conversation | None:
        self.ping()
        key = (tenant, client, conversation_id)
        if not (turns := self._live(key)):
            return None
        expiry = datetime.datetime.fromtimestamp(int(self._expiry[key]), datetime.UTC)
        latest = datetime.datetime.fromisoformat(turns[-1].created_at).timestamp()
        return Conversation(
            conversation_id,
            self._titles.get(key) or headline(turns[0].question),
            turns[0].created_at,
            turns[-1].created_at,
            expiry.isoformat().replace("+00:00", "Z"),
            min(len(turns), 1_000),
            f"{round(latest * 1e6):017d}~{conversation_id}",
        )

    def rename(self, tenant: str, client: str, conversation_id: str, title: str) -> bool:
        self.ping()
        if known := bool(self._live((tenant, client, conversation_id))):
            self._titles[tenant, client, conversation_id] = title
        return known

    def redact(self, tenant: str, document_id: str) -> int:
        self.ping()
        changed = 0
        with self._lock:
            for (owner, *_), turns in self._turns.items():
                for place, turn in enumerate(turns):
                    if owner == tenant and _quotes(turn, document_id):
                        gone = (*turn.deleted_document_ids, document_id)
                        turns[place] = replace(
                            turn,
                            answer="",
                            deleted_document_ids=gone,
                            sources=(),
                            claims=(),
                            confidence=None,
                            read_as=(),
                        )
                        changed += 1
        return changed

    def count_citing(self, tenant: str, document_id: str) -> int:
        self.ping()
        return sum(
            owner == tenant and _quotes(turn, document_id)
            for (owner, *_), turns in self._turns.items()
            for turn in turns
        )

    def _live(self, key: tuple[str, str, str]) -> list[Turn]:
        expired = self._expiry.get(key, 0) <= self._clock()
        return [] if expired else list(self._turns.get(key, ()))


def _quotes(turn: Turn, document_id: str) -> bool:
    return document_id in turn.document_ids and document_id not in turn.deleted_document_ids


class FakeCache(_Service):
    """A Cache in a dictionary; `entries` holds each key's value and the time it expires.

    `documents` holds each key's documents.
    """

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        super().__init__()
        self._clock = clock or FakeClock()
        self.entries: dict[str, tuple[bytes, float]] = {}
        self.documents: dict[str, set[tuple[str, str]]] = {}

    def get(self, key: str) -> bytes | None:
        self.ping()
        value, expires_at = self.entries.get(key, (None, 0.0))
        return value if expires_at > self._clock() else None

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        self.ping()
        found = {key: self.get(key) for key in keys}
        return {key: value for key, value in found.items() if value is not None}

    def put(
        self, key: str, value: bytes, ttl_s: int, documents: Collection[tuple[str, str]] = ()
    ) -> None:
        self.ping()
        if len(value) <= LARGEST_CACHED:
            self.entries[key] = (value, self._clock() + ttl_s)
            self.documents[key] = set(documents)

    def discard(self, key: str) -> None:
        self.ping()
        self.entries.pop(key, None)

    def forget(self, tenant: str, document_id: str) -> int:
        self.ping()
        doomed = self._holding(tenant, document_id)
        for key in doomed:
            del self.entries[key]
        return len(doomed)

    def count(self, tenant: str, document_id: str) -> int:
        self.ping()
        return len(self._holding(tenant, document_id))

    def _holding(self, tenant: str, document_id: str) -> list[str]:
        return [key for key in self.entries if (tenant, document_id) in self.documents.get(key, ())]


class FakeTurns(_Service):
    """Standings and a TurnWriter over other fakes; `written` counts each turn's values."""

    def __init__(
        self,
        generations: GenerationStore,
        catalogue: Catalogue,
        conversations: ConversationStore,
        cache: Cache,
    ) -> None:
        super().__init__()
        self._generations = generations
        self._catalogue = catalogue
        self._conversations = conversations
        self._cache = cache
        self.written: list[int] = []
        self.logged: list[LoggedQuestion] = []

    def standing(self, generation: Generation, tenant: str) -> Standing:
        del generation
        self.ping()
        return Standing(self._generations.read(), self._catalogue.version(tenant))

    def append(
        self,
        tenant: str,
        client: str,
        conversation_id: str,
        turn: Turn,
        *,
        begins: bool,
        kept: Sequence[Kept],
        logged: LoggedQuestion | None = None,
    ) -> None:
        del begins
        self.ping()
        if len({one.key for one in kept}) < len(kept):  # as DynamoDB refuses a batch
            raise UpstreamRefused("conversations", "The keys of what is written are not distinct.")
        self._conversations.append(tenant, client, conversation_id, turn)
        self.written.append(len(kept))
        if logged is not None:
            self.logged.append(logged)
        for one in kept:
            self._cache.put(one.key, one.value, one.ttl_s, one.documents)

    def add(self, tenant: str, question: LoggedQuestion) -> None:
        self.ping()
        self.logged.append(question)


class FakeRequestClaims(_Service):
    """RequestClaims in a dictionary by key: body, owner, answer and the time it expires.

    `cache` is told of the answers, as the register of the table that both stand in is.
    """

    def __init__(
        self, clock: Callable[[], float] | None = None, cache: FakeCache | None = None
    ) -> None:
        super().__init__()
        self._clock = clock or FakeClock()
        self._cache = cache or FakeCache(self._clock)
        self._owners: dict[str, tuple[str, str, float]] = {}

    def claim(self, key: str, body: str, owner: str, seconds: int) -> Claim | None:
        self.ping()
        with self._lock:
            theirs, known, until = self._owners.get(key, ("", owner, 0.0))
            answer = self._cache.get(key)
            gone = answer is None and until == math.inf
            if known == owner or until <= self._clock() or gone:
                self._owners[key] = (body, owner, self._clock() + seconds)
                return None
            return Claim(theirs, answer)

    def standing(self, key: str) -> Claim | None:
        self.ping()
        with self._lock:
            body, _, until = self._owners.get(key, ("", "", 0.0))
            answer = self._cache.get(key)
            gone = until <= self._clock() or (answer is None and until == math.inf)
            return None if gone else Claim(body, answer)

    def finish(
        self,
        key: str,
        body: str,
        owner: str,
        answer: bytes,
        seconds: int,
        documents: Collection[tuple[str, str]],
    ) -> bool:
        self.ping()
        with self._lock:
            if self._owners.get(key, ("", "", 0.0))[1] != owner or len(answer) > LARGEST_CACHED:
                return False
            self._owners[key] = (body, owner, math.inf)
            self._cache.put(key, answer, seconds, documents)
            return True

    def release(self, key: str, owner: str) -> None:
        self.ping()
        with self._lock:
            if self._owners.get(key, ("", "", 0.0))[1] == owner:
                del self._owners[key]


class FakeClients(_Service):
    """A ClientStore in a dictionary keyed by hash."""

    def __init__(self, *clients: ApiClient) -> None:
        super().__init__()
        self.clients = {client.key_hash: client for client in clients}

    def find(self, key_hash: str) -> ApiClient | None:
        self.ping()
        return self.clients.get(key_hash)

    def put(self, client: ApiClient) -> None:
        self.ping()
        self.clients[client.key_hash] = client

    def succeed(self, old: ApiClient, ends_at: int, new: ApiClient) -> None:
        self.ping()
        with self._lock:
            if self.clients.get(old.key_hash) != old or new.key_hash in self.clients:
                raise Superseded("Somebody else rotated or revoked this key meanwhile.")
            ended = replace(old.principal, expires_at=ends_at)
            self.clients[old.key_hash] = replace(old, principal=ended)
            self.clients[new.key_hash] = new

    def remove(self, key_hash: str) -> None:
        self.ping()
        self.clients.pop(key_hash, None)

    def list_clients(self) -> Iterator[ApiClient]:
        self.ping()
        yield from list(self.clients.values())


class FakeVersions(_Service):
    """A FunctionVersions; `publish` is the deployment's side, and makes a version live."""

    def __init__(self) -> None:
        super().__init__()
        self._published: dict[str, list[FunctionVersion]] = {}
        self._numbered: dict[str, int] = {}
        self._live: dict[str, int] = {}

    def publish(self, function: str, at: float = 0.0) -> int:
        """Publishes a version at a Unix time; returns its number."""
        number = self._numbered[function] = self._numbered.get(function, 0) + 1
        self._published.setdefault(function, []).append(FunctionVersion(number, at))
        self._live[function] = number
        return number

    def published(self, function: str) -> list[FunctionVersion]:
        self.ping()
        return list(self._published[function])

    def live(self, function: str) -> int:
        self.ping()
        return self._live[function]

    def point(self, function: str, number: int, instead_of: int) -> None:
        self.ping()
        if self._live[function] != instead_of:
            raise Superseded("Somebody else changed which version is live.")
        self._live[function] = number

    def remove(self, function: str, number: int) -> None:
        self.ping()
        if self._live[function] == number:
            raise UpstreamRefused("functions", "An alias names the version.")
        kept = [one for one in self._published[function] if one.number != number]
        self._published[function] = kept


class FakeDocuments(_Service):
    """A DocumentStore and DocumentVersions; `put` and `drop` are the uploader's side."""

    def __init__(self) -> None:
        super().__init__()
        self._current: dict[str, ObjectState] = {}
        self._content: dict[tuple[str, str], bytes] = {}
        self._puts = 0

    def put(
        self,
        tenant: str,
        path: str,
        content: bytes,
        *,
        content_type: str = "application/octet-stream",
        metadata: DocumentMetadata | None = None,
    ) -> ObjectState:
        self._puts += 1
        key, version = object_key(tenant, path), f"v{self._puts}"
        state = ObjectState(
            tenant=tenant,
            path=path,
            key=key,
            size=len(content),
            etag=hashlib.md5(content, usedforsecurity=False).hexdigest(),
            version=version,
            content_type=content_type,
            metadata=metadata or DocumentMetadata(),
            last_modified=_iso(1_750_000_000 + self._puts - 1).replace(".000Z", "Z"),
        )
        self._current[key] = state
        self._content[key, version] = content
        return state

    def drop(self, tenant: str, path: str) -> None:
        """Deletes the object; its versions stay readable, as in a versioned bucket."""
        self._current.pop(object_key(tenant, path), None)

    def delete_versions(self, key: str) -> int:
        self.ping()
        doomed = [place for place in self._content if place[0] == key]
        self._current.pop(key, None)
        for place in doomed:
            del self._content[place]
        return len(doomed)

    def count_versions(self, key: str) -> int:
        self.ping()
        return sum(place[0] == key for place in self._content)

    def head(self, key: str) -> ObjectState | None:
        self.ping()
        parse_key(key)
        return self._current.get(key)

    def read(self, key: str, up_to: int) -> tuple[ObjectState, bytes | None] | None:
        state = self.head(key)
        if state is None:
            return None
        with self.open(state) as source:
            return state, source.read() if state.size <= up_to else None

    def open(self, state: ObjectState) -> BinaryIO:
        self.ping()
        current = self._current.get(state.key)
        version = state.version or (
            current.version if current and current.etag == state.etag else ""
        )
        content = self._content.get((state.key, version))
        if content is None:
            raise NotFound("The document's version is no longer in the bucket.")
        return cast(BinaryIO, _Opened(self._content, (state.key, version)))

    def purge(self, state: ObjectState) -> None:
        """Deletes that version for good, as a lifecycle rule does."""
        self._content.pop((state.key, state.version), None)

    def list_objects(self, tenant: str | None, start_after: str) -> Iterator[ObjectState]:
        self.ping()
        prefix = "" if tenant is None else tenant_prefix(tenant)
        for key in sorted(self._current, key=str.encode):
            if key.startswith(prefix) and key.encode() > start_after.encode():
                yield replace(
                    self._current[key], version="", content_type="", metadata=DocumentMetadata()
                )


class _Opened(io.BytesIO):
    """A version's content, which is gone when the bucket's is."""

    def __init__(self, contents: dict[tuple[str, str], bytes], key: tuple[str, str]) -> None:
        super().__init__(contents[key])
        self._contents, self._key = contents, key

    def read(self, size: int | None = -1) -> bytes:
        self._look()
        return super().read(size)

    def readinto(self, buffer: Any) -> int:
        self._look()
        return super().readinto(buffer)

    def _look(self) -> None:
        if self._key not in self._contents:
            raise NotFound("The document's version is no longer in the bucket.")


class FakeLedger(_Service):
    """An EmbeddingLedger in a dictionary; `ids` is keyed by (tenant, text key)."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: dict[tuple[str, str], str] = {}

    def find(self, tenant: str, text_keys: Sequence[str]) -> dict[str, str]:
        self.ping()
        return {key: self.ids[tenant, key] for key in text_keys if (tenant, key) in self.ids}

    def note(self, tenant: str, record_ids: Mapping[str, str]) -> None:
        self.ping()
        self.ids.update({(tenant, key): one for key, one in record_ids.items()})


class FakeGenerations(_Service):
    """A GenerationStore that holds its one value."""

    def __init__(self, stored: Generations | None = None) -> None:
        super().__init__()
        self.stored = stored

    def read(self) -> Generations | None:
        self.ping()
        return self.stored

    def write(self, generations: Generations) -> Generations:
        self.ping()
        with self._lock:
            if generations.edition != (self.stored.edition if self.stored else 0):
                raise Superseded("Somebody else changed the generations.")
            self.stored = replace(generations, edition=generations.edition + 1)
            return self.stored


class FakeSnapshots(_Service):
    """A SnapshotStore in a dictionary keyed by (snapshot, name)."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[tuple[str, str], bytes] = {}

    def put(self, snapshot_id: str, name: str, content: bytes) -> None:
        self.ping()
        self.files[snapshot_id, name] = content

    def get(self, snapshot_id: str, name: str) -> bytes:
        self.ping()
        if (snapshot_id, name) not in self.files:
            raise NotFound(f"The snapshot {snapshot_id} has no file {name}.")
        return self.files[snapshot_id, name]

    def list_snapshots(self) -> list[str]:
        self.ping()
        return sorted({snapshot_id for snapshot_id, _ in self.files})


class FakeQueue(_Service):
    """A WorkQueue; `bodies` is what was sent, `delays` the seconds by receipt.

    `delayed` is what was sent to be received later, with the seconds; `held` are the receipts that
    were hidden together, each time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[str] = []
        self.delayed: list[tuple[str, int]] = []
        self.delays: dict[str, int] = {}
        self.held: list[tuple[tuple[str, ...], int]] = []

    def hold(self, receipts: Sequence[str], seconds: int) -> None:
        self.ping()
        self.held.append((tuple(receipts), seconds))

    def delay(self, receipt: str, seconds: int) -> None:
        self.ping()
        self.delays[receipt] = seconds

    def send(self, bodies: Sequence[str], delay_s: int = 0) -> None:
        self.ping()
        if delay_s:
            self.delayed.extend((body, delay_s) for body in bodies)
        else:
            self.bodies.extend(bodies)


class FakeDeadLetters(_Service):
    """A DeadLetterQueue: `letters` is what it holds; those in `hidden` are not taken again."""

    def __init__(self, batch: int = 10) -> None:
        super().__init__()
        self._batch = batch
        self.letters: dict[str, Letter] = {}
        self.hidden: set[str] = set()

    def arrive(self, body: str, sent_at: str = "2026-11-20T05:30:30Z") -> str:
        """The ingestion gives a message up; returns its id."""
        message_id = f"m{len(self.letters) + 1}"
        self.letters[message_id] = Letter(message_id, body, f"r-{message_id}", 5, sent_at)
        return message_id

    def take(self, hold_s: int) -> list[Letter]:
        self.ping()
        seen = [one for one in self.letters.values() if one.message_id not in self.hidden]
        self.hidden |= {letter.message_id for letter in seen[: self._batch]}
        return seen[: self._batch]

    def give_back(self, letters: Sequence[Letter]) -> None:
        self.ping()
        self.hidden -= {letter.message_id for letter in letters}

    def remove(self, letters: Sequence[Letter]) -> None:
        self.ping()
        for letter in letters:
            del self.letters[letter.message_id]
        self.give_back(letters)

    def count(self) -> int:
        self.ping()
        return len(self.letters)


class FakeContinuation(_Service):
    """A Continuation; `payloads` is what was started."""

    def __init__(self) -> None:
        super().__init__()
        self.payloads: list[str] = []

    def start(self, payload: str) -> None:
        self.ping()
        self.payloads.append(payload)


class FakeSecrets(_Service):
    """Secrets from a dictionary."""

    def __init__(self, **values: str) -> None:
        super().__init__()
        self.values = values

    def get(self, secret_id: str) -> str:
        self.ping()
        if secret_id not in self.values:
            raise ConfigurationError(f"The secret {secret_id} has no value: set it.")
        return self.values[secret_id]


class FakeIndex(_Service):
    """A VectorIndex in dictionaries: exact cosines, and words counted for the lexical score."""

    def __init__(self) -> None:
        super().__init__()
        self.spaces: dict[str, dict[str, IndexRecord]] = {}

    def upsert(self, namespace: str, records: Sequence[IndexRecord]) -> None:
        self.ping()
        with self._lock:
            space = self.spaces.setdefault(namespace, {})
            space.update({record.chunk.chunk_id: record for record in records})

    def search_dense(
        self, namespace: str, vector: Sequence[float], top_k: int, filters: Filters
    ) -> list[Hit]:
        return self._best(namespace, filters, top_k, lambda record: _dot(vector, record.vector))

    def search_text(self, namespace: str, query: str, top_k: int, filters: Filters) -> list[Hit]:
        asked = set(words(query))
        hits = self._best(
            namespace, filters, top_k, lambda record: float(len(asked & set(words(_text(record)))))
        )
        return [hit for hit in hits if hit.score > 0]

    def fetch(self, namespace: str, chunk_ids: Sequence[str]) -> dict[str, IndexRecord]:
        self.ping()
        space = self.spaces.get(namespace, {})
        return {item: space[item] for item in chunk_ids if item in space}

    def regroup(self, namespace: str, document_id: str, groups: Sequence[str]) -> None:
        self.ping()
        with self._lock:
            space = self.spaces.get(namespace, {})
            for item, record in space.items():
                if record.document_id == document_id:
                    said = replace(record.metadata, groups=tuple(groups))
                    space[item] = replace(record, metadata=said)

    def delete_chunks(self, namespace: str, chunk_ids: Sequence[str]) -> None:
        self.ping()
        with self._lock:
            for item in chunk_ids:
                self.spaces.get(namespace, {}).pop(item, None)

    def delete_document(
        self,
        namespace: str,
        document_id: str,
        through_stamp: int,
        keep: Collection[int] = (),
    ) -> None:
        self.ping()
        with self._lock:
            self.spaces[namespace] = {
                item: record
                for item, record in self.spaces.get(namespace, {}).items()
                if record.document_id != document_id
                or record.added_in > through_stamp
                or record.added_in in keep
            }

    def delete_namespace(self, namespace: str) -> None:
        self.ping()
        self.spaces.pop(namespace, None)

    def scan(self, generation_id: str, cursor: str, most: int) -> ScannedPage:
        self.ping()
        chunks = sorted(
            (namespace, item, record.document_id, record.added_in)
            for namespace, space in self.spaces.items()
            if namespace.endswith(f".{generation_id}")
            for item, record in space.items()
            if f"{namespace} {item}" > cursor
        )[:most]
        more = f"{chunks[-1][0]} {chunks[-1][1]}" if len(chunks) == most else ""
        return ScannedPage(tuple(IndexedChunk(*chunk) for chunk in chunks), more)

    def wait_until_searchable(self, namespace: str, chunk_ids: Sequence[str]) -> None:
        self.ping()

    def count(self, namespace: str, document_id: str | None = None) -> int:
        self.ping()
        space = self.spaces.get(namespace, {})
        return sum(document_id in (None, record.document_id) for record in space.values())

    def _best(
        self,
        namespace: str,
        filters: Filters,
        top_k: int,
        score: Callable[[IndexRecord], float],
    ) -> list[Hit]:
        self.ping()
        records = [r for r in self.spaces.get(namespace, {}).values() if passes(r, filters)]
        hits = [_hit(record, score(record)) for record in records]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:top_k]


def passes(record: IndexRecord, filters: Filters) -> bool:
    """Whether a record passes the filters, as `Filters` words it."""
    said = record.metadata
    dated = filters.date_from is not None or filters.date_to is not None
    return (
        (not filters.departments or said.department in filters.departments)
        and (not filters.tags or bool(set(said.tags) & set(filters.tags)))
        and (
            filters.groups is None
            or not said.groups
            or bool(set(said.groups) & set(filters.groups))
        )
        and (not filters.document_ids or record.document_id in filters.document_ids)
        and (not dated or said.date is not None)
        and (filters.date_from or "") <= (said.date or "") <= (filters.date_to or "9999-99-99")
    )


def _text(record: IndexRecord) -> str:
    return f"{record.title} {record.chunk.text}"


def _hit(record: IndexRecord, score: float) -> Hit:
    piece: Chunk = record.chunk
    return Hit(
        chunk_id=piece.chunk_id,
        document_id=record.document_id,
        title=record.title,
        uri=record.uri,
        text=piece.text,
        locator=piece.locator,
        ordinal=piece.ordinal,
        added_in=record.added_in,
        score=score,
    )


def words(text: str) -> list[str]:
    """The words of a text in lower case."""
    return re.findall(r"\w+", text.lower())


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


class FakeEmbedder(_Service):
    """Bags of words hashed into vectors: texts that share words are near. `texts` is what came."""

    def __init__(self, dimension: int = 256) -> None:
        super().__init__()
        self.dimension = dimension
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Embeddings:
        self.ping()
        self.texts.extend(texts)
        return Embeddings(
            tuple(self._vector(text) for text in texts), sum(len(words(text)) for text in texts)
        )

    def _vector(self, text: str) -> tuple[float, ...]:
        values = [0.0] * self.dimension
        for word in words(text) or [""]:
            digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
            values[int.from_bytes(digest) % self.dimension] += 1.0
        length = math.sqrt(sum(value * value for value in values))
        return tuple(value / length for value in values)


class FakeChat(_Service):
    """A ChatModel that says its script line by line, the last one for ever; an error is raised.

    `prompts` is what it was asked.
    """

    def __init__(self, *script: str | NexusError) -> None:
        super().__init__()
        self._script = list(script)
        self.prompts: list[tuple[Message, ...]] = []
        self.heard_at_once = 4

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        self.ping()
        self.prompts.append(tuple(messages))
        line = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if isinstance(line, NexusError):
            raise line
        asked = sum(len(words(message.content)) for message in messages)
        written = min(len(words(line)), max_tokens)
        return Completion(line, Usage(input_tokens=asked, output_tokens=written))

    def stream(
        self, messages: Sequence[Message], max_tokens: int, heard: Callable[[str], None]
    ) -> Completion:
        """The same, heard in pieces of `heard_at_once` characters."""
        completion = self.complete(messages, max_tokens)
        for start in range(0, len(completion.text), self.heard_at_once):
            heard(completion.text[start : start + self.heard_at_once])
        return completion


class FakeReranker(_Service):
    """A Reranker that scores the share of the question's words that a text holds."""

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        self.ping()
        asked = set(words(question))
        return [len(asked & set(words(text))) / max(1, len(asked)) for text in texts]
