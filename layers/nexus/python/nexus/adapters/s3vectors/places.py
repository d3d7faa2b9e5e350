"""Names the vector index of each namespace: one of its own, in the stage's vector bucket.

So a tenant's words weigh by its own documents, as in the other indexes, a namespace goes by one
call, and generations of other dimensions need no other bucket. A bucket has 10,000 indexes:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html
"""

from __future__ import annotations

import hashlib
import re

# Lower-case letters, digits, hyphens and dots, 3 to 63 of them, the ends no hyphen or dot.
_PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?")
_GENERATION = re.compile(r"[a-z0-9][a-z0-9-]{0,11}")


def index_name(namespace: str) -> str:
    """The index of a namespace TENANT.GENERATION: GENERATION.TENANT.

    A tenant whose name cannot stand there has a hash, behind a dot that no tenant's name holds.
    """
    tenant, _, generation = namespace.rpartition(".")
    named = tenant if _PLAIN.fullmatch(tenant) else f"h.{_hash(tenant)}"
    return f"{prefix_of(generation)}{named}"


def prefix_of(generation: str) -> str:
    """What the names of a generation's indexes begin with."""
    return f"{generation if _GENERATION.fullmatch(generation) else _hash(generation)[:12]}."


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:48]
