"""Tells of an adapter over one AWS client whether its calls end by the deadline by themselves."""

from __future__ import annotations


class ClientInTime:
    """An adapter whose calls are those of its `_client`: they end in time if that one's do."""

    def ends_in_time(self, method: str) -> bool:  # noqa: ARG002 - one is as another
        """As `nexus.deadline.ends_in_time` asks; botocore's own clients know no deadline."""
        # Not declared here: each adapter's client has its own type.
        client = getattr(self, "_client", None)
        return bool(getattr(client, "ends_in_time", False))
