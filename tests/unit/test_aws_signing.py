"""Signatures are those that botocore's own signer makes of the same call at the same moment."""

from __future__ import annotations

import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st

from nexus.adapters.aws.signing import Signer

TEXT = st.text("abcXYZ019/+=-. ", max_size=20)
HOSTS = st.sampled_from(["dynamodb.eu-west-1.amazonaws.com", "localhost:4566", "127.0.0.1:8"])
DAY = 86_400


def by_botocore(
    host: str, path: str, target: str, body: bytes, keys: ReadOnlyCredentials, now: int
) -> str:
    auth = SigV4Auth(keys, "dynamodb", "eu-west-1")
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": target}
    request = AWSRequest("POST", f"http://{host}{path}", headers, body)
    request.context["timestamp"] = request.headers["X-Amz-Date"] = moment
    if keys.token:
        request.headers["X-Amz-Security-Token"] = keys.token
    canonical = auth.canonical_request(request)
    signature = auth.signature(auth.string_to_sign(request, canonical), request)
    return f"Credential={auth.scope(request)}, SignedHeaders={{}}, Signature={signature}"


@given(
    host=HOSTS,
    path=st.sampled_from(["/", "/a b/c", "/~x"]),
    target=TEXT,
    body=st.binary(max_size=50),
    secret=TEXT,
    token=st.none() | TEXT,
    moments=st.lists(st.integers(0, 100 * DAY), min_size=1, max_size=4),
)
def test_a_call_is_signed_as_by_botocore_whatever_day_it_is(
    host: str,
    path: str,
    target: str,
    body: bytes,
    secret: str,
    token: str | None,
    moments: list[int],
) -> None:
    signer = Signer("dynamodb", "eu-west-1")
    for number, now in enumerate(moments):
        keys = ReadOnlyCredentials("AKID", f"{secret}{number // 2}", token)
        headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": target}
        signed = signer.signed(host, path, headers, body, keys, now)
        names = ";".join(sorted(signed.keys() - {"authorization"}))
        expected = by_botocore(host, path, target, body, keys, now).format(names)
        assert signed["authorization"] == f"AWS4-HMAC-SHA256 {expected}"
        assert signed["host"] == host
        assert signed.get("x-amz-security-token") == (token or None)
