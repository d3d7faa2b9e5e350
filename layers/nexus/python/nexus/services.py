"""What each function, the terminal and the evaluation work with, as `nexus.wiring` makes it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from nexus.access.attaching import Attaching
    from nexus.access.entering import Entering
    from nexus.access.groups import Groups
    from nexus.access.keys import Keys
    from nexus.access.people import PeopleOfTenant
    from nexus.access.repeating import Repeatable
    from nexus.agents.turn import Agents
    from nexus.answering.idempotency import IdempotentAnswers
    from nexus.answering.turn import Answerer
    from nexus.budgets.charging import Budgets
    from nexus.clients import Authenticator
    from nexus.connectors.running import Runner
    from nexus.documents.curating import Curator
    from nexus.documents.erasing import Eraser
    from nexus.generations.lifecycle import PerGeneration
    from nexus.generations.rebuilding import Workplace
    from nexus.generations.reindexing import Reindexer
    from nexus.ingestion.indexer import Indexer
    from nexus.insights.analytics import Analytics
    from nexus.insights.rating import Ratings
    from nexus.insights.rolling import Roller
    from nexus.models import Generation
    from nexus.models.sources import SourceSpec
    from nexus.operations.figures import Figures
    from nexus.operations.health import Health
    from nexus.ports import (
        Catalogue,
        ChatModel,
        ClientStore,
        Continuation,
        DocumentStore,
        Embedder,
        EndedSignIns,
        FunctionVersions,
        GatewayKeys,
        GenerationStore,
        Ledger,
        ListedConversations,
        ManagedKeys,
        Recordings,
        RefreshTokens,
        RequestClaims,
        SnapshotStore,
        Speaker,
        Transcriber,
        VectorIndex,
        WorkQueue,
    )
    from nexus.ports.sources import InventoryStore, Landing, SourceRegistry
    from nexus.retrieval.reader import Reader
    from nexus.retrieval.retriever import Retriever
    from nexus.settings import Settings
    from nexus.sign_in.people import People
    from nexus.snapshots.backup import Backup
    from nexus.snapshots.reading import SnapshotReader
    from nexus.snapshots.restoring import Restorer


def _nothing() -> None:
    pass


def _no_budgets() -> Budgets:
    from nexus.budgets.charging import Budgets  # which the authorizer has no use for

    return Budgets()


@dataclass(frozen=True, slots=True)
class AuthorizerServices:
    """What the authorizer works with; `people` is None where nobody signs in.

    `people_key` is the value of the API key that carries people's requests; what needs it may fail
    with an UpstreamError. `ping` returns when the keys' entries can be read, and raises otherwise.
    """

    authenticator: Authenticator
    people: People | None
    people_key: Callable[[], str]
    ping: Callable[[], None]


@dataclass(frozen=True, slots=True)
class ChatServices:
    """What the chat function works with; `idempotency` is None where there is no cache's table,
    and `ratings` where there is no log.

    `agents` is None where the deployment has none. `embedder` embeds callers' own texts.
    `refresh_tokens` is None where the provider takes none back. `prepare` makes ready what a
    question needs, and opens its connections, side by side.
    """

    settings: Settings
    answerer: Answerer
    readers: PerGeneration[Reader]
    executor: Executor
    conversations: ListedConversations
    health: Health
    ended_sign_ins: EndedSignIns
    refresh_tokens: RefreshTokens | None = None
    idempotency: IdempotentAnswers | None = None
    ratings: Ratings | None = None
    budgets: Budgets = field(default_factory=_no_budgets)
    embedder: Embedder | None = None
    agents: Agents | None = None
    prepare: Callable[[], None] = field(default=_nothing)


@dataclass(frozen=True, slots=True)
class AudioServices:
    """What the audio function works with; `tone` is None where a rule tells how speakers sound.

    `transcription` and `speech` are what hears and speaks, as the prices name it.
    """

    settings: Settings
    chat: ChatServices
    transcriber: Transcriber
    speaker: Speaker
    recordings: Recordings
    claims: RequestClaims
    continuation: Continuation
    tone: ChatModel | None = None
    transcription: str = ""
    speech: str = ""


@dataclass(frozen=True, slots=True)
class IngestServices:
    """What the ingestion function works with."""

    settings: Settings
    indexers: PerGeneration[Indexer]
    queue: WorkQueue
    executor: Executor


@dataclass(frozen=True, slots=True)
class ReindexServices:
    """What the reindexing function works with."""

    settings: Settings
    reindexers: PerGeneration[Reindexer]
    continuation: Continuation
    clients: ClientStore
    gateway_keys: GatewayKeys
    versions: FunctionVersions
    roller: Roller | None = None
    now: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class DocumentsServices:
    """What the documents function works with; `analytics` is None where no questions are logged.

    `eraser` makes one over the index generations that exist when it is called. `ping` asks what it
    stands on, and raises where that does not answer.
    """

    settings: Settings
    curators: PerGeneration[Curator]
    eraser: Callable[[], Eraser]
    figures: Figures
    analytics: Analytics | None = None
    ping: Callable[[], None] = field(default=_nothing)


@dataclass(frozen=True, slots=True)
class AccessServices:
    """What the access function and the terminal's commands for keys and people work with.

    `ledger` is None where nothing is counted.
    """

    settings: Settings
    clients: ClientStore
    gateway: ManagedKeys
    keys: Keys
    entering: Entering
    attaching: Attaching
    people: PeopleOfTenant
    groups: Groups
    repeatable: Repeatable
    ledger: Ledger | None = None
    now: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class BackupServices:
    """What the backup function works with."""

    settings: Settings
    backups: PerGeneration[Backup]
    continuation: Continuation


@dataclass(frozen=True, slots=True)
class ConnectServices:
    """What the connect function works with, and an operator's terminal."""

    settings: Settings
    registry: SourceRegistry
    runner: Runner
    check: Callable[[SourceSpec], None]
    landing: Callable[[SourceSpec], Landing]
    inventory: Callable[[SourceSpec], InventoryStore]
    continuation: Continuation
    now: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class RestoreServices:
    """What restoring a snapshot from the terminal works with."""

    documents: DocumentStore
    snapshots: SnapshotStore
    generations: GenerationStore
    read: Callable[[str], SnapshotReader]
    restorer: Callable[[SnapshotReader, Generation], Restorer]
    reindexer: Callable[[Generation], Reindexer]
    catalogue: Callable[[Generation], Catalogue]


@dataclass(frozen=True, slots=True)
class OperatorServices:
    """What an operator's terminal works with."""

    catalogue: Catalogue
    clients: ClientStore
    generations: GenerationStore


@dataclass(frozen=True, slots=True)
class RebuildServices:
    """What moves a stage from one index generation to another."""

    generations: GenerationStore
    places: PerGeneration[Workplace]
    readers: PerGeneration[Reader]


@dataclass(frozen=True, slots=True)
class EvaluationServices:
    """What an evaluation in one process works with."""

    index: VectorIndex
    indexer: Indexer
    retriever: Retriever
    answerer: Answerer
