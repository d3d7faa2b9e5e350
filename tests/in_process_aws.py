"""Lets moto hear what runs in the test's own process: botocore's clients, and no others.

moto answers within a process where botocore would send a call, and the functions' own client for
DynamoDB and secrets does not go through there. The choice between the two is patched, for no
setting leads here: those that make a function choose botocore (`AWS_USE_FIPS_ENDPOINT`,
`AWS_USE_DUALSTACK_ENDPOINT`) also change DynamoDB's address into one that moto does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from nexus.wiring import parts
from nexus.wiring.aws_clients import forget_clients


@contextmanager
def heard_by_moto() -> Iterator[None]:
    """Until the block ends, functions make botocore's clients of every service, and anew."""
    with patch.object(parts, "is_plain", lambda: False):
        forget_clients()
        yield
    forget_clients()
