"""Says how long a message that failed for a passing reason waits before it comes again."""

from __future__ import annotations

from nexus.errors import UpstreamUnavailable

# 15 s, 1 min, 4 min, 16 min: with the queue's five attempts, an outage of 20 minutes loses nothing
# to the dead-letter queue.
FIRST_DELAY_S = 15
FACTOR = 4
LONGEST_DELAY_S = 3_600
LAST_ATTEMPT = 5  # as the queue's redrive policy says


def delay_s(attempt: int, error: Exception) -> int:
    """Seconds until the next attempt, after attempt number `attempt` (from 1) failed.

    An upstream that said how long to wait is obeyed, up to an hour. After the last attempt nothing
    is waited for: the message goes to the dead-letter queue.
    """
    if attempt >= LAST_ATTEMPT:
        return 0
    wanted = FIRST_DELAY_S * int(FACTOR ** (attempt - 1))
    if isinstance(error, UpstreamUnavailable) and error.retry_after_s:
        wanted = max(wanted, round(error.retry_after_s))
    return min(wanted, LONGEST_DELAY_S)
