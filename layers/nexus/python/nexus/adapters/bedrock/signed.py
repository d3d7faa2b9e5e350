"""Signs each call to Bedrock with the function's own credentials: there is no key to keep.

The service's name in a signature is "bedrock", for its OpenAI-compatible paths, too (OpenAI's SDK,
`openai/lib/_bedrock_auth.py`): https://docs.aws.amazon.com/bedrock/latest/userguide/endpoints.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import httpx2

from nexus.adapters.aws.signing import Signer

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials

_SERVICE = "bedrock"


class SignedCalls(httpx2.Auth):
    """Signs every request of a client, each try anew; safe to share between threads.

    `credentials` are botocore's, which renew themselves; None has none, which raises
    NoCredentialsError.
    """

    requires_request_body = True

    def __init__(self, region: str, credentials: Any, now: Callable[[], float] = time.time) -> None:
        self._signer = Signer(_SERVICE, region)
        self._credentials = credentials
        self._now = now

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Sends the request with its signature."""
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        named = {"content-type": request.headers["content-type"]} if request.content else {}
        signed = self._signer.signed(
            request.headers["host"],
            path,
            named,
            request.content,
            self._keys(),
            self._now(),
            method=request.method,
            query=query,
        )
        request.headers.update(signed)
        yield request

    def _keys(self) -> ReadOnlyCredentials:
        if self._credentials is None:
            from botocore.exceptions import NoCredentialsError

            raise NoCredentialsError
        keys: ReadOnlyCredentials = self._credentials.get_frozen_credentials()
        return keys
