"""Says whether and when a call to AWS is made again: by botocore's own "standard" mode.

Its conditions, pauses and quota are asked without the models and events around them:
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ChecksumError, ClientError, HTTPClientError
from botocore.retries.quota import RetryQuota

if TYPE_CHECKING:
    from botocore.retries.standard import RetryContext

# All of DynamoDB's and Secrets Manager's errors that their models tell to try again.
_MODELLED = [
    SimpleNamespace(
        name="ReplicatedWriteConflictException", metadata={"retryable": {"throttling": False}}
    )
]
# What a first success gives back; RetryQuotaChecker._NO_RETRY_INCREMENT.
_REGAINED = 1


class Retries:
    """How often one client tries: `most` times a call, and within a quota that all calls share.

    A try costs 14 of 500 tokens, after throttling 5; a good answer gives its call's last try back,
    or one token. Without enough of them nothing is tried again, so that a service which is down
    is not asked three times as often. Safe to share between threads.
    """

    def __init__(self, service: str, most: int) -> None:
        self._service = service
        self._most = most
        self._quota: Any = RetryQuota()

    def pause_s(
        self, tried: int, failure: ClientError | BotoCoreError, spent: dict[str, Any]
    ) -> float | None:
        """The seconds before the next try; None if there is to be none.

        `tried` is how often the call has been made; `spent` is the call's own, empty at first.
        """
        # Read when something fails, as most starts never need it.
        from botocore.retries.standard import (
            ExponentialBackoff,
            RetryQuotaChecker,
            StandardRetryConditions,
            ThrottlingErrorDetector,
        )

        throttling: Any = ThrottlingErrorDetector(None)
        context = self._context(tried, failure, spent)
        if not StandardRetryConditions(self._most).is_retryable(context):
            return None
        if not RetryQuotaChecker(self._quota, throttling).acquire_retry_quota(context):
            return None
        backoff = ExponentialBackoff(service_name=self._service, throttling_detector=throttling)
        return float(backoff.delay_amount(context))

    def succeeded(self, spent: dict[str, Any]) -> None:
        """Gives back what a call that came to a good end had taken from the quota."""
        self._quota.release(spent.get("retry_quota_capacity", _REGAINED))

    def _context(
        self, tried: int, failure: ClientError | BotoCoreError, spent: dict[str, Any]
    ) -> RetryContext:
        from botocore.retries.standard import RetryContext

        operation: Any = SimpleNamespace(
            service_model=SimpleNamespace(service_name=self._service), error_shapes=_MODELLED
        )
        if isinstance(failure, ClientError):
            metadata = failure.response["ResponseMetadata"]
            # Its checksum was right, else it would be another failure.
            headers = {k: v for k, v in metadata["HTTPHeaders"].items() if k != "x-amz-crc32"}
            response: Any = SimpleNamespace(status_code=metadata["HTTPStatusCode"], headers=headers)
            return RetryContext(tried, operation, failure.response, response, None, spent)
        # botocore compares DynamoDB's checksums itself, and tries again as after a broken answer.
        broken = isinstance(failure, ChecksumError)
        caught = HTTPClientError(error=failure) if broken else failure
        return RetryContext(tried, operation, None, None, caught, spent)
