"""Turns every failure that the Pinecone SDK reports into one of our errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from pinecone.errors.exceptions import (
    ApiError,
    ConflictError,
    FailedPreconditionError,
    ForbiddenError,
    IndexInitFailedError,
    IndexTerminatedError,
    NotFoundError,
    PayloadTooLargeError,
    PaymentRequiredError,
    PineconeConnectionError,
    PineconeError,
    PineconeTimeoutError,
    PineconeTypeError,
    PineconeValueError,
    RateLimitError,
    ResponseParsingError,
    ServiceError,
    UnauthorizedError,
)

from nexus.errors import UpstreamRefused, UpstreamUnavailable

_BUSY = "Pinecone is busy or down; try again in a moment."

# For each class of the SDK whether its failure passes by itself, and what an operator should do.
# A test fails when an SDK upgrade brings a class that is not here.
MEANINGS: dict[type[PineconeError], tuple[bool, str]] = {
    PineconeError: (False, "Pinecone's client failed"),
    ApiError: (False, "Pinecone did not accept the request"),
    UnauthorizedError: (False, "Pinecone does not know the API key; set the secret again"),
    ForbiddenError: (False, "Pinecone's API key may not do this, or a quota is used up"),
    PaymentRequiredError: (False, "Pinecone asks for the organisation's billing to be settled"),
    NotFoundError: (False, "Pinecone has no such index; check the host, or create the index"),
    ConflictError: (False, "Pinecone holds something else under this name"),
    FailedPreconditionError: (False, "Pinecone's index is in a state that does not allow this"),
    PayloadTooLargeError: (False, "A record is larger than Pinecone accepts"),
    PineconeValueError: (False, "Pinecone's client did not accept a value"),
    PineconeTypeError: (False, "Pinecone's client did not accept a value"),
    ResponseParsingError: (False, "Pinecone's answer is not one this version understands"),
    IndexInitFailedError: (False, "Pinecone could not start the index; delete and create it again"),
    IndexTerminatedError: (False, "Pinecone's index was deleted or disabled meanwhile"),
    RateLimitError: (True, _BUSY),
    ServiceError: (True, _BUSY),
    PineconeTimeoutError: (True, "Pinecone did not answer in time; try again in a moment."),
    PineconeConnectionError: (True, "Pinecone cannot be reached; try again in a moment."),
}

# Statuses without a class of their own that a later try can get past: timeout, too early.
_PASSING_STATUSES = frozenset({408, 425})

# A monthly limit of the plan is a 429, too, told from a rate by its message alone; see
# https://docs.pinecone.io/reference/api/database-limits/rate-limits ("Monthly usage limits").
_MONTHLY = re.compile(r"\bmonth(ly)?\b|\bupgrade your plan\b", re.IGNORECASE)


@contextmanager
def translated() -> Iterator[None]:
    """Raises our errors in place of the SDK's."""
    try:
        yield
    except PineconeError as err:
        raise translate(err) from err


@contextmanager
def existing_namespace() -> Iterator[None]:
    """Translates errors, except that a namespace without any write yet is an empty one."""
    try:
        yield
    except NotFoundError as err:
        if not _is_missing_namespace(err):
            raise translate(err) from err
    except PineconeError as err:
        raise translate(err) from err


def translate(err: Exception) -> UpstreamUnavailable | UpstreamRefused:
    """The error of ours that says what an error of the SDK means for the caller.

    The server's own words stay in the cause: they can quote the record that was sent.
    """
    passing, message = next(
        (MEANINGS[kind] for kind in type(err).__mro__ if kind in MEANINGS),
        MEANINGS[PineconeError],
    )
    status = getattr(err, "status_code", None)
    if isinstance(err, RateLimitError) and _MONTHLY.search(err.message):
        return UpstreamRefused(
            "index", "Pinecone's units for this month are used up; upgrade its plan (429)."
        )
    if passing or status in _PASSING_STATUSES:
        return UpstreamUnavailable("index", message if passing else _BUSY, _retry_after(err))
    code = getattr(err, "error_code", None)
    detail = " ".join(str(part) for part in (status, code) if part) or type(err).__name__
    return UpstreamRefused("index", f"{message} ({detail}).")


def _is_missing_namespace(err: NotFoundError) -> bool:
    """Whether a 404 means an empty namespace (it exists from its first write), not a lost index."""
    return "namespace" in err.message.lower()


def _retry_after(err: Exception) -> float | None:
    asked = getattr(err, "retry_after", None)
    if asked is None:
        headers: dict[str, str] = getattr(err, "headers", None) or {}
        try:
            asked = float(headers["retry-after"])
        except (KeyError, ValueError):
            return None
    return float(asked) if 0 <= asked < float("inf") else None
