"""Tells a function the address that its caller wrote, which API Gateway does and the emulator not.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def with_address(event: dict[str, Any], api_id: str, headers: Mapping[str, Any]) -> dict[str, Any]:
    """The event of a REST API's request with its host, and its path as it was written.

    Here an API is called below `/_aws/execute-api/` and its id alone (`access.emulator`).
    """
    told = dict(event["requestContext"])
    host = next((one for name, one in headers.items() if name.lower() == "host"), "")
    told["domainName"] = host if isinstance(host, str) else host[-1]
    told["path"] = f"/_aws/execute-api/{api_id}{told['path']}"
    return {**event, "requestContext": told}
