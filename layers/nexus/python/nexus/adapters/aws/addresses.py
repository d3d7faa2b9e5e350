"""Where a region's AWS services answer, without the rules that botocore would read for it."""

from __future__ import annotations

import json
import os
from pathlib import Path

# With one of these set, botocore's rules have the address.
_BY_RULES = ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT")
# A service that answers under another suffix of its partition than most: botocore's
# `data/s3vectors/2025-07-15/endpoint-rule-set-1.json`.
_SUFFIX = {"s3vectors": "dualStackDnsSuffix"}


def is_plain() -> bool:
    """Whether the environment asks for no other kind of address, which only rules tell."""
    return not any(os.environ.get(name, "").lower() == "true" for name in _BY_RULES)


def region() -> str:
    """The region of this process. Raises NoRegionError without one."""
    found = os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION")
    if not found:
        from botocore.exceptions import NoRegionError

        raise NoRegionError
    return found


def address_of(service: str, region: str) -> str:
    """The service's address: what the environment sets for it or for all, or the region's own.

    `AWS_ENDPOINT_URL_DYNAMODB` goes before `AWS_ENDPOINT_URL`, unless
    `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is true:
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    if os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() != "true":
        own = service.upper().replace("-", "_")
        for name in (f"AWS_ENDPOINT_URL_{own}", "AWS_ENDPOINT_URL"):
            if os.environ.get(name):
                return os.environ[name]
    return f"https://{service}.{region}.{_suffix(region, _SUFFIX.get(service, 'dnsSuffix'))}"


def _suffix(region: str, kind: str) -> str:
    """The last part of the addresses of a region's partition, by botocore's own lists."""
    import botocore

    path = Path(botocore.__file__).with_name("data") / "partitions.json"
    partitions = json.loads(path.read_text(encoding="utf-8"))["partitions"]
    name = _partition_of(region) if all(region not in one["regions"] for one in partitions) else ""
    for partition in partitions:
        if region in partition["regions"] or partition["id"] == name:
            return str(partition["outputs"][kind])
    return "api.aws" if kind == _SUFFIX["s3vectors"] else "amazonaws.com"


def _partition_of(region: str) -> str:
    """The partition of a region that is newer than botocore's list: by its name's pattern."""
    from botocore.exceptions import UnknownRegionError
    from botocore.session import Session

    try:
        return Session().get_partition_for_region(region)
    except UnknownRegionError:
        return ""
