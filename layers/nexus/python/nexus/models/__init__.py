"""The values that pass between the parts of Nexus; frozen, and free of any library's types.

Uses nothing but the standard library.
"""

from nexus.models.agents import AgentStep, Outcome, PendingAction, StepKind
from nexus.models.answers import (
    Answer,
    CheckedClaim,
    Compared,
    Comparison,
    Confidence,
    ConfidenceLevel,
    ReadDocument,
    Source,
    Turn,
    Usage,
)
from nexus.models.budgets import NANO, Amount, Budget, Cap, Hold, Measure, Window
from nexus.models.clients import EVERY_GROUP, ApiClient, Principal, Role
from nexus.models.conversations import Conversation
from nexus.models.documents import (
    Chunk,
    DocumentMetadata,
    DocumentRecord,
    DocumentStatus,
    LocatedText,
    Locator,
    ObjectState,
    ParsedDocument,
    ReadingWarning,
    TableRow,
)
from nexus.models.figures import Figure, Readings
from nexus.models.functions import FunctionVersion
from nexus.models.generations import Generation, Generations
from nexus.models.index import Filters, Hit, IndexedChunk, IndexRecord, Passage, SourceKind
from nexus.models.insights import Feedback, LoggedQuestion, RatedSource, Rating, Reason, Spent
from nexus.models.language import Language
from nexus.models.people import Person
from nexus.models.snapshots import StoredChunk, StoredDocument
from nexus.models.told import Awaits, Begun, Looked, Said, Stepped, TakenBy, Told, Withdrawn

__all__ = [
    "EVERY_GROUP",
    "NANO",
    "AgentStep",
    "Amount",
    "Answer",
    "ApiClient",
    "Awaits",
    "Begun",
    "Budget",
    "Cap",
    "CheckedClaim",
    "Chunk",
    "Compared",
    "Comparison",
    "Confidence",
    "ConfidenceLevel",
    "Conversation",
    "DocumentMetadata",
    "DocumentRecord",
    "DocumentStatus",
    "Feedback",
    "Figure",
    "Filters",
    "FunctionVersion",
    "Generation",
    "Generations",
    "Hit",
    "Hold",
    "IndexRecord",
    "IndexedChunk",
    "Language",
    "LocatedText",
    "Locator",
    "LoggedQuestion",
    "Looked",
    "Measure",
    "ObjectState",
    "Outcome",
    "ParsedDocument",
    "Passage",
    "PendingAction",
    "Person",
    "Principal",
    "RatedSource",
    "Rating",
    "ReadDocument",
    "ReadingWarning",
    "Readings",
    "Reason",
    "Role",
    "Said",
    "Source",
    "SourceKind",
    "Spent",
    "StepKind",
    "Stepped",
    "StoredChunk",
    "StoredDocument",
    "TableRow",
    "TakenBy",
    "Told",
    "Turn",
    "Usage",
    "Window",
    "Withdrawn",
]
