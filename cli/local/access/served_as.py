"""Answers a signed URL under the headers that its signer chose, which the emulator leaves out.

So that a stored page is saved by a browser here, too: shown, its scripts would run at the origin of
the API and of the sign-in. The names are those of S3's GetObject:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
"""

from __future__ import annotations

from cli.local.access.bodies import Message, Send
from cli.local.access.signatures import SignedRequest

_CHOSEN = "response-"
_HEADERS = {
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
}
_GIVEN = (200, 206)


def as_signed(send: Send, request: SignedRequest) -> Send:
    """Sends the content of an object with the headers that the URL's query names."""
    chosen = {
        name.removeprefix(_CHOSEN): value
        for name, value in request.query
        if name.startswith(_CHOSEN) and name.removeprefix(_CHOSEN) in _HEADERS
    }
    added = [(name.encode(), _written(value)) for name, value in chosen.items()]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] in _GIVEN:
            kept = [
                (key, value)
                for key, value in message.get("headers", [])
                if key.lower().decode("latin-1") not in chosen
            ]
            message = {**message, "headers": [*kept, *added]}
        await send(message)

    return sending


def _written(value: str) -> bytes:
    """A header's value without what would begin another header."""
    return value.replace("\r", " ").replace("\n", " ").encode("latin-1", "replace")
