"""Asks the deployed API for an answer in server-sent events, and reads them as they come."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterable, Iterator
from typing import Any

import httpx2

from cli import api
from cli.calls_made import note
from cli.failure import Failure

Event = tuple[str, dict[str, Any]]
PATH = "/v1/chat/stream"
BUFFERED_PATH = "/v1/chat"


def events(url: str, key: str, body: dict[str, Any]) -> Generator[Event]:
    """The name and data of each event of an answer; of `done` alone where nothing streams.

    The last is `done`. A deployment from before the route answers 404, and is asked for the whole.
    Closing the iterator closes the connection, and with it the answer's making where that is seen.
    Raises Failure with the problem's detail, or where the answer breaks off.
    """
    started, status, response = time.perf_counter(), "", None
    try:
        with (
            httpx2.Client(timeout=api.TIMEOUT_S, trust_env=not api.is_local(url)) as client,
            client.stream("POST", url + PATH, headers={"x-api-key": key}, json=body) as response,
        ):
            status = str(response.status_code)
            if response.is_success:
                ended = False
                for name, data in read(response.iter_bytes()):
                    if name == "error":
                        raise Failure(api.told(data.get("status", 500), data, "The answer failed."))
                    yield name, data
                    ended = ended or name == "done"
                if not ended:
                    raise Failure("The answer broke off: ask again.")
                return
            if response.status_code != httpx2.codes.NOT_FOUND:
                response.read()
                api.content_of(response, PATH)
    except httpx2.TransportError as err:
        status = type(err).__name__
        if response is not None:
            raise Failure("The answer broke off: ask again.") from err
        raise Failure(f"{url} cannot be reached ({status}): is it running?") from err
    finally:
        received = response.num_bytes_downloaded if response is not None else 0
        note(f"POST {PATH}", status, len(json.dumps(body).encode()), received, started)
    yield "done", api.call(url, BUFFERED_PATH, key=key, body=body)


def read(chunks: Iterable[bytes]) -> Iterator[Event]:
    """The events of a stream's bytes, however they are cut; comments are passed over.

    Lines end where the protocol says, which is not at every character that Unicode calls an end.
    """
    name, data = "message", ""
    for line in _lines(chunks):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data = f"{data}\n{value}" if data else value
        elif not line:
            if data:
                yield name, json.loads(data)
            name, data = "message", ""


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    left = b""
    for chunk in chunks:
        *whole, left = (left + chunk).split(b"\n")
        for line in whole:
            yield line.removesuffix(b"\r").decode("utf-8")
