"""Checks the AWS signature of a request, in its headers or in its URL, with botocore's signer.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote, urlencode

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from cli.local.access.origins import Headers, values

_ALGORITHM = "AWS4-HMAC-SHA256"
# AWS refuses a request that was signed over 15 minutes ago or ahead.
_SKEW = timedelta(minutes=15)
_LONGEST_LIFE_S = 7 * 24 * 3600
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^,\s]{1,256}), ?SignedHeaders=([^,\s]{1,4096}), ?"
    r"Signature=([0-9a-f]{64})"
)


@dataclass(frozen=True)
class SignedRequest:
    """A request as it came: `target` is path and query, the headers are all that were sent."""

    method: str
    target: str
    headers: Headers
    body: bytes = b""

    def header(self, name: str) -> str:
        """A header's value; several are joined by commas."""
        return ",".join(values(self.headers, name.encode()))

    @property
    def query(self) -> list[tuple[str, str]]:
        """Names and values of the query, decoded, in their order."""
        pairs = filter(None, self.target.partition("?")[2].split("&"))
        parted = (pair.partition("=") for pair in pairs)
        return [(unquote(name), unquote(value)) for name, _, value in parted]

    @property
    def is_presigned(self) -> bool:
        """Whether the URL says that it is signed."""
        return any(name == "X-Amz-Signature" for name, _ in self.query)


@dataclass(frozen=True)
class _Claim:
    """What a signature says of itself."""

    scope: str  # access key/date/region/service/aws4_request
    signed_headers: str
    signature: str
    at: str


def is_signed(request: SignedRequest, secret_of: Callable[[str], str | None]) -> bool:
    """Whether the request was signed with the secret of its access key and has not expired.

    The body's own hash is trusted where the request states one, as S3's do: it is signed, too.
    """
    claim = _in_url(request) if request.is_presigned else _in_headers(request)
    if claim is None:
        return False
    parts = claim.scope.split("/")
    if len(parts) != 5 or not claim.at.startswith(parts[1]):
        return False
    if "host" not in claim.signed_headers.split(";"):
        return False
    secret = secret_of(parts[0])
    if secret is None:
        return False
    region, service = parts[2:4]
    query = [(name, value) for name, value in request.query if name != "X-Amz-Signature"]
    path = request.target.partition("?")[0]
    url = f"http://{request.header('host')}{path}?{urlencode(query, quote_via=quote, safe='')}"
    signed = {name: request.header(name) for name in claim.signed_headers.split(";")}
    known = AWSRequest(request.method, url, signed, request.body)
    known.context["timestamp"] = claim.at
    credentials = Credentials(parts[0], secret)
    if request.is_presigned:
        signer: SigV4Auth = S3SigV4QueryAuth(credentials, service, region)
    else:
        signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(credentials, service, region)
    text = signer.string_to_sign(known, signer.canonical_request(known))
    return hmac.compare_digest(signer.signature(text, known), claim.signature)


def _in_url(request: SignedRequest) -> _Claim | None:
    given = dict(request.query)
    try:
        life_s = int(given["X-Amz-Expires"][:9])
        claim = _Claim(
            given["X-Amz-Credential"],
            given["X-Amz-SignedHeaders"],
            given["X-Amz-Signature"],
            given["X-Amz-Date"],
        )
        since = datetime.now(UTC) - _time(claim.at)
    except (KeyError, ValueError):
        return None
    life = timedelta(seconds=min(life_s, _LONGEST_LIFE_S))
    is_valid = given.get("X-Amz-Algorithm") == _ALGORITHM and -_SKEW <= since <= life
    return claim if is_valid else None


def _in_headers(request: SignedRequest) -> _Claim | None:
    found = _AUTHORIZATION.fullmatch(request.header("authorization"))
    if found is None:
        return None
    scope, signed_headers, signature = found.groups()
    claim = _Claim(scope, signed_headers, signature, request.header("x-amz-date"))
    try:
        return claim if abs(datetime.now(UTC) - _time(claim.at)) <= _SKEW else None
    except ValueError:
        return None


def _time(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
