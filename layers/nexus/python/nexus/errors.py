"""The errors Nexus raises, whatever library failed underneath.

NexusError
├── InvalidRequest            the caller can fix it: 422, names the field
├── NotFound                  it does not exist, or belongs to another tenant: 404
├── NotAllowed                the key is unknown, revoked or lacks the role: 403
├── NotSignedIn               a person's token is not to be believed (any more): 401
├── BudgetExceeded            what the caller may spend is spent: 429 with Retry-After
├── InProgress                the same request is being answered: 409 with Retry-After
├── Conflict                  what there is does not permit it: 409, and says what to do first
├── Superseded                a newer version of the document took over; nothing is lost
├── DocumentRejected          this document can never be indexed; not retried
│   ├── UnsupportedFormat
│   ├── CorruptDocument
│   ├── EncryptedDocument
│   ├── EmptyDocument
│   └── DocumentTooLarge
├── ListingOutdated           a source no longer knows where its listing stopped: it begins anew
├── SnapshotDamaged           a backup is not what was written: nothing of it is used
├── UpstreamError             another service failed; `retry_after_s` when it said how long to wait
│   ├── UpstreamUnavailable   passing: time-outs, throttling, 5xx: 503 with Retry-After
│   │   └── DeadlineExceeded  the request's time ended first
│   └── UpstreamRefused       lasting: bad credentials, unknown model, missing table
└── ConfigurationError        the environment is wrong; says which variable and what it should hold

Every message is one sentence that tells the reader what to do, and never holds a key, a prompt or
the text of a document.
"""

from __future__ import annotations


class NexusError(Exception):
    """The root of every error that Nexus raises on purpose."""


class InvalidRequest(NexusError):
    """The caller sent something that cannot be used; `field` names it."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFound(NexusError):
    """The thing asked for does not exist for this tenant."""


class NotAllowed(NexusError):
    """The key is unknown, expired or revoked, or its role does not permit the call."""


class NotSignedIn(NexusError):
    """A person's token is none of the provider's, for another service, expired, or ended.

    Its message is told by the gateway inside JSON, so it holds neither quotes nor backslashes.
    """


class InProgress(NexusError):
    """The same request is being answered just now; it may come again in `retry_after_s`."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Conflict(NexusError):
    """What there is does not permit the change: a name is taken, or the last one may not go."""


class BudgetExceeded(NexusError):
    """What the caller or its tenant may spend is spent, or held by requests that are at work.

    `cap` names the budget's part, such as "dollars_month"; `resets_at` is UTC ISO 8601 with Z.
    """

    def __init__(self, message: str, cap: str, retry_after_s: float, resets_at: str) -> None:
        super().__init__(message)
        self.cap = cap
        self.retry_after_s = retry_after_s
        self.resets_at = resets_at


class Superseded(NexusError):
    """Another worker began on a newer state of the same document, so this work stops."""


class DocumentRejected(NexusError):
    """This document can never be indexed as it is; the message says why to its owner."""


class UnsupportedFormat(DocumentRejected):
    """The document's format is not one that Nexus reads."""


class CorruptDocument(DocumentRejected):
    """The bytes are not a valid document of their format."""


class EncryptedDocument(DocumentRejected):
    """The document is protected by a password."""


class EmptyDocument(DocumentRejected):
    """The document holds no text."""


class DocumentTooLarge(DocumentRejected):
    """The document, or what it unpacks to, is over the size limit."""


class ListingOutdated(NexusError):
    """A source that documents are brought from no longer knows a cursor that it gave."""


class SnapshotDamaged(NexusError):
    """A snapshot's files are missing, changed or unfinished; another one may be whole."""


class UpstreamError(NexusError):
    """A service that Nexus depends on failed.

    `service` is its name: "models" (of which /health tells "embeddings" and "language_model"),
    "index", "catalogue", "conversations", "clients", "documents", "queue", "secrets", "backups",
    "sign-in", "gateway", "source" (where documents are brought from).
    `retry_after_s` is what the service asked for, if it did.
    """

    def __init__(self, service: str, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.service = service
        self.retry_after_s = retry_after_s


class UpstreamUnavailable(UpstreamError):
    """The failure is a passing one: trying again later can succeed."""


class DeadlineExceeded(UpstreamUnavailable):
    """The service had not answered when the request's time, or the call's own, was over."""


class UpstreamRefused(UpstreamError):
    """The failure is a lasting one: an operator has to change something."""


class ConfigurationError(NexusError):
    """A setting is missing or has a value that cannot be used."""
