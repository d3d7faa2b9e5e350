"""What the core asks of the world outside: one Protocol for each thing an adapter provides.

Every method may raise `UpstreamUnavailable` (try again) or `UpstreamRefused` (do not), and no other
error unless its docstring says so. Implementations are safe to call from several threads.
Uses `models` alone. What only agents ask for is in `ports.tool_chats`, and loaded with them.
"""

from nexus.ports.budgets import Account, Change, Ledger
from nexus.ports.cache import LARGEST_CACHED, Cache
from nexus.ports.catalogue import (
    Catalogue,
    EmbeddingLedger,
    FinishedPart,
    Manifest,
    PartResult,
    Staged,
)
from nexus.ports.clients import ClientStore, GatewayKey, GatewayKeys, ManagedKeys
from nexus.ports.conversations import CitedTurns, ConversationStore, ListedConversations
from nexus.ports.documents import (
    DocumentBucket,
    DocumentStore,
    DocumentVersions,
    NewObject,
    SignedUpload,
    StoredVersion,
)
from nexus.ports.figures import FigureSource
from nexus.ports.functions import FunctionVersions
from nexus.ports.generations import GenerationStore
from nexus.ports.insights import CitedQuestions, QuestionLog, QuestionTraces, Rollups
from nexus.ports.language_models import (
    ChatModel,
    Completion,
    Embedder,
    Embeddings,
    Finish,
    Message,
    Reranker,
    StreamingChat,
)
from nexus.ports.people import UserPool
from nexus.ports.queue import Continuation, DeadLetterQueue, Letter, WorkQueue
from nexus.ports.request_claims import Claim, RequestClaims
from nexus.ports.secrets import Secrets
from nexus.ports.sign_ins import EndedSignIns, RefreshTokens, TokenVerifier
from nexus.ports.snapshots import SnapshotCodec, SnapshotStore
from nexus.ports.speech import (
    Recording,
    Recordings,
    Speaker,
    Transcriber,
    Transcript,
    Utterance,
)
from nexus.ports.turns import Kept, Standing, Standings, TurnWriter
from nexus.ports.vector_index import ScannedPage, VectorIndex

__all__ = [
    "LARGEST_CACHED",
    "Account",
    "Cache",
    "Catalogue",
    "Change",
    "ChatModel",
    "CitedQuestions",
    "CitedTurns",
    "Claim",
    "ClientStore",
    "Completion",
    "Continuation",
    "ConversationStore",
    "DeadLetterQueue",
    "DocumentBucket",
    "DocumentStore",
    "DocumentVersions",
    "Embedder",
    "EmbeddingLedger",
    "Embeddings",
    "EndedSignIns",
    "FigureSource",
    "Finish",
    "FinishedPart",
    "FunctionVersions",
    "GatewayKey",
    "GatewayKeys",
    "GenerationStore",
    "Kept",
    "Ledger",
    "Letter",
    "ListedConversations",
    "ManagedKeys",
    "Manifest",
    "Message",
    "NewObject",
    "PartResult",
    "QuestionLog",
    "QuestionTraces",
    "Recording",
    "Recordings",
    "RefreshTokens",
    "RequestClaims",
    "Reranker",
    "Rollups",
    "ScannedPage",
    "Secrets",
    "SignedUpload",
    "SnapshotCodec",
    "SnapshotStore",
    "Speaker",
    "Staged",
    "Standing",
    "Standings",
    "StoredVersion",
    "StreamingChat",
    "TokenVerifier",
    "Transcriber",
    "Transcript",
    "TurnWriter",
    "UserPool",
    "Utterance",
    "VectorIndex",
    "WorkQueue",
]
