"""Decides who calls, from a request's headers alone, and says it as API Gateway reads it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nexus.errors import NotAllowed, NotSignedIn
from nexus.services import AuthorizerServices
from nexus.sign_in.context import Caller, written

# Three parts in base64url, as a JWS is written (RFC 7515); the gateway bounds how long.
_TOKEN = re.compile(r"[\w-]+\.[\w-]*\.[\w-]*", re.ASCII)
# What may be a key's value at API Gateway; anything else is left out, and refused as no key is.
_KEY = re.compile(r"[!-~]{1,128}")
NO_SIGN_IN = "Nobody signs in at this service: send an API key as x-api-key."


def decision(event: Mapping[str, Any], services: AuthorizerServices) -> dict[str, Any]:
    """The policy for one request. Raises UpstreamError where nothing can be decided.

    A key that is unknown, or missing, is left to the gateway, which refuses it as it always has:
    the request goes on without a caller, and no function takes it for anybody's.
    """
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    presented = _presented(headers)
    if _TOKEN.fullmatch(presented):
        if services.people is None:
            return _said(event, "Deny", {"detail": NO_SIGN_IN})
        try:
            caller = services.people.caller(presented)
        except NotSignedIn as err:
            return _said(event, "Deny", {"detail": str(err)})
        return _said(event, "Allow", written(caller), services.people_key())
    if not _KEY.fullmatch(presented):
        return _said(event, "Allow", {})
    try:
        principal = services.authenticator.principal(presented)
    except NotAllowed:
        return _said(event, "Allow", {}, presented)
    return _said(event, "Allow", written(Caller(principal, principal.client)), presented)


def _presented(headers: Mapping[str, str]) -> str:
    """The key or token: that of x-api-key, and if there is none, of Authorization: Bearer."""
    if key := headers.get("x-api-key", "").strip():
        return key
    scheme, _, credentials = headers.get("authorization", "").strip().partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else ""


def _said(
    event: Mapping[str, Any], effect: str, context: Mapping[str, str], key: str = ""
) -> dict[str, Any]:
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": effect,
        "Resource": event["methodArn"],
    }
    said: dict[str, Any] = {
        "principalId": "caller",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": dict(context),
    }
    return {**said, "usageIdentifierKey": key} if key else said
