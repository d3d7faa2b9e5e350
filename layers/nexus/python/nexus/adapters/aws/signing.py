"""Signs calls by AWS's Signature Version 4, with what does not change between them kept.

botocore's signer finds out anew at each call what may be signed of any request to any service, and
derives the day's key. What is sent here is JSON to one address, and the algorithm
lets a key be used for its day:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials

_ALGORITHM = "AWS4-HMAC-SHA256"


class Signer:
    """Signs calls of one service in one region; safe to share between threads."""

    def __init__(self, service: str, region: str) -> None:
        self._service = service
        self._region = region
        self._derived: tuple[str, str, bytes] = ("", "", b"")
        self._written: tuple[int, str] = (-1, "")

    def signed(
        self,
        host: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        keys: ReadOnlyCredentials,
        now: float,
        *,
        method: str = "POST",
        query: str = "",
    ) -> dict[str, str]:
        """The headers, whose names are in lower case, with those that sign all of them.

        `now` is in seconds since 1970. `path` and `query` are as they are sent, the query's
        parameters in the order of their names.
        """
        moment = self._moment(int(now))
        signed = {**headers, "host": host, "x-amz-date": moment}
        if keys.token:
            signed["x-amz-security-token"] = keys.token
        names = sorted(signed)
        listed = ";".join(names)
        lines = "".join([f"{name}:{' '.join(signed[name].split())}\n" for name in names])
        digest = sha256(body).hexdigest()
        quoted = path if path == "/" else quote(path, safe="/~")
        canonical = f"{method}\n{quoted}\n{query}\n{lines}\n{listed}\n{digest}"
        scope = f"{moment[:8]}/{self._region}/{self._service}/aws4_request"
        hashed = sha256(canonical.encode()).hexdigest()
        to_sign = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashed}"
        signature = _mac(self._key(str(keys.secret_key), moment[:8]), to_sign).hex()
        signed["authorization"] = (
            f"{_ALGORITHM} Credential={keys.access_key}/{scope}, SignedHeaders={listed}, "
            f"Signature={signature}"
        )
        return signed

    def _moment(self, second: int) -> str:
        of, moment = self._written
        if of != second:
            moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))
            self._written = (second, moment)
        return moment

    def _key(self, secret: str, day: str) -> bytes:
        of_secret, of_day, key = self._derived
        if (of_secret, of_day) != (secret, day):
            key = f"AWS4{secret}".encode()
            for part in (day, self._region, self._service, "aws4_request"):
                key = _mac(key, part)
            self._derived = (secret, day, key)
        return key


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
