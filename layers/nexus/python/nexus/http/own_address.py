"""Tells the address at which a caller reached this API, for links that are followed elsewhere."""

from __future__ import annotations

from fastapi import Request

_THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")


def own_address(request: Request) -> str:
    """The API's whole address as its caller wrote it, without a slash at its end.

    API Gateway tells its host, its own or a domain of one's own, and the path as it was written, in
    which its own URL names the stage. It speaks HTTPS alone; this machine's front does not. Without
    a gateway it is the host that the request names.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    context = request.scope.get("aws.event", {}).get("requestContext", {})
    host = context.get("domainName")
    if not isinstance(host, str) or not host:
        return str(request.base_url).rstrip("/")
    written, path = str(context.get("path") or ""), request.url.path
    before = written.removesuffix(path) if written.endswith(path) else ""
    is_here = host.rpartition(":")[0] in _THIS_MACHINE or host in _THIS_MACHINE
    return f"{'http' if is_here else 'https'}://{host}{before.rstrip('/')}"


def whole(link: str, address: str) -> str:
    """A link of this API's as a whole address; one that is whole, or none, stays as it is."""
    return f"{address}{link}" if link.startswith("/") else link
