"""Recordings and spoken answers in the documents' bucket, which removes them after a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from nexus.adapters.aws.errors import error_code, translate
from nexus.errors import InvalidRequest, NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

SERVICE = "documents"
MEDIA_TYPE = "application/octet-stream"
# Without the right to list, S3 denies access to what does not exist.
_ABSENT = ("404", "NoSuchKey", "NotFound", "403", "AccessDenied")


class S3Recordings:
    """Implements `Recordings`."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, content: bytes, media_type: str) -> None:
        with translate(SERVICE):
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=content, ContentType=media_type
            )

    def get(self, key: str, most: int) -> bytes:
        with translate(SERVICE):
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=key)
            except ClientError as err:
                if error_code(err) in _ABSENT:
                    raise NotFound(
                        "There is no recording of this id: send it to the URL of the upload first; "
                        "one is kept for a day."
                    ) from err
                raise
            with found["Body"] as body:
                if found["ContentLength"] > most:
                    raise InvalidRequest(
                        f"The recording is larger than the {most:,} bytes that are taken: send it "
                        "as mp3 or opus, or in parts.",
                        "file",
                    )
                return bytes(body.read())

    def sign_upload(self, key: str, size: int, seconds: int) -> tuple[str, Mapping[str, str]]:
        asked = {"ContentType": MEDIA_TYPE, "ContentLength": size}
        headers = {"content-type": MEDIA_TYPE, "content-length": str(size)}
        return self._signed("put_object", key, seconds, asked), headers

    def sign_download(self, key: str, seconds: int) -> str:
        return self._signed("get_object", key, seconds, {})

    def _signed(self, operation: str, key: str, seconds: int, asked: dict[str, Any]) -> str:
        with translate(SERVICE):
            url: str = self._client.generate_presigned_url(
                operation, Params={"Bucket": self._bucket, "Key": key, **asked}, ExpiresIn=seconds
            )
        return url
