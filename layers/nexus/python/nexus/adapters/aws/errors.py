"""Turns every failure of an AWS call into one of our errors, for all adapters that use botocore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    CapacityNotAvailableError,
    ChecksumError,
    ClientError,
    ConnectionError,
    CredentialRetrievalError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
    MetadataRetrievalError,
    UndefinedModelAttributeError,
)
from urllib3.exceptions import HTTPError

from nexus.errors import UpstreamError, UpstreamRefused, UpstreamUnavailable

# Failures on the way to AWS or back. Credentials are among them: in Lambda they come from a local
# endpoint that can be late. Whatever else botocore raises is a wrong call or a wrong configuration.
_PASSING = (
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ChecksumError,
    FlexibleChecksumError,
    CredentialRetrievalError,
    MetadataRetrievalError,
    CapacityNotAvailableError,
)

# Passing failures that AWS may report with a 4xx status, so that the status alone does not tell.
_PASSING_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "ConditionalRequestConflict",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServiceError",
        "KMSThrottlingException",
        "KmsThrottled",
        "LimitExceededException",
        "OperationAborted",
        "OverLimit",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)

_ADVICE = (
    (
        ("AccessDenied", "NotAuthorized", "Unauthorized", "Forbidden", "403"),
        "grant this call to the function's role",
    ),
    (
        ("NotFound", "NoSuch", "NonExistent", "DoesNotExist", "404"),
        "check that the resource named in the settings exists in this account and region",
    ),
    (
        ("Token", "AccessKeyId", "Signature", "Credential"),
        "check the AWS credentials and this machine's clock",
    ),
)


@contextmanager
def translate(service: str) -> Iterator[None]:
    """Raises our error in place of botocore's; `service` is the name in `UpstreamError`.

    Conditions that an adapter expects (ConditionalCheckFailedException, a 404) are caught inside
    the block, where they still are botocore's; our own errors pass through unchanged:

        with translate("catalogue"):
            try:
                client.put_item(...)
            except client.exceptions.ConditionalCheckFailedException as err:
                raise Superseded("…") from err

    As a decorator it covers a plain function, not a generator's later steps.
    """
    try:
        yield
    except ClientError as err:
        raise _from_response(service, err) from err
    except (BotoCoreError, UndefinedModelAttributeError, HTTPError) as err:
        raise _from_client(service, err) from err


def error_code(err: ClientError) -> str:
    """AWS's code for the failure, such as "ThrottlingException" or "404"; "Unknown" if none."""
    return str(err.response.get("Error", {}).get("Code") or "Unknown")


def cancellation_codes(err: ClientError) -> tuple[str, ...]:
    """Why DynamoDB cancelled a transaction: a code for each item in order, "None" for no fault."""
    reasons = err.response.get("CancellationReasons", [])
    return tuple(str(reason.get("Code", "None")) for reason in reasons)


def _from_response(service: str, err: ClientError) -> UpstreamError:
    code = error_code(err)
    metadata = err.response.get("ResponseMetadata", {})
    status = metadata.get("HTTPStatusCode", 0)
    faults = {fault for fault in cancellation_codes(err) if fault != "None"}
    passing = (
        status >= 500
        or status in (408, 429)
        or code.rpartition(".")[2] in _PASSING_CODES
        # A cancelled transaction may succeed later only if nothing but contention cancelled it.
        or (bool(faults) and faults <= _PASSING_CODES)
    )
    if passing:
        wait = _seconds(metadata.get("HTTPHeaders", {}).get("retry-after"))
        return UpstreamUnavailable(
            service, f"AWS could not serve the {service} just now ({code}); try again.", wait
        )
    advice = _advice(code, err.operation_name)
    return UpstreamRefused(service, f"AWS refused a call to the {service} ({code}); {advice}.")


def _from_client(service: str, err: Exception) -> UpstreamError:
    name = type(err).__name__
    # HTTPError is urllib3's: botocore lets some of them through while a body is being read.
    if isinstance(err, (*_PASSING, HTTPError)):
        return UpstreamUnavailable(
            service, f"The connection to AWS for the {service} failed ({name}); try again."
        )
    return UpstreamRefused(
        service,
        f"The AWS SDK could not make a call to the {service} ({name}); "
        "check the region, the credentials and the names in the settings.",
    )


def _advice(code: str, operation: str) -> str:
    for parts, advice in _ADVICE:
        if any(part in code for part in parts):
            return f"{advice} ({operation})"
    return f"the call was {operation}, and the AWS reference explains the code"


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
