"""An exported conversation is read elsewhere: the links of its sources are whole addresses."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from cli.local.access.told_address import with_address
from nexus.http.own_address import whole
from tests.functions.chat_services import ACME_KEY, World
from tests.functions.gateway import chat_app
from tests.functions.serving import served

LOCAL = "127.0.0.1:4777"


class Behind:
    """The API behind a gateway, which tells how its caller wrote the address."""

    def __init__(self, world: World, domain: str, stage: str, *, local: bool = False) -> None:
        self._app = chat_app(world.services)
        self._domain = domain
        self._stage = stage
        self._local = local

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        context: dict[str, Any] = {"path": f"{self._stage}{scope['path']}"}
        event: dict[str, Any] = {"requestContext": {**context, "domainName": self._domain}}
        if self._local:  # the emulator says less, and its front adds it
            event = with_address({"requestContext": context}, "a1", {"Host": self._domain})
        await self._app({**scope, "aws.event": event}, receive, send)


def exported(api: TestClient | httpx2.Client, form: str) -> tuple[str, str]:
    """The link of the one source of an export, and the link that its answer told."""
    answer = api.post("/v1/chat", json={"message": "How much is the tuition fee?"}).json()
    path = f"/v1/conversations/{answer['conversation_id']}/export"
    file = api.get(path, params={"format": form})
    told = str(answer["sources"][0]["link"])
    if form == "json":
        return str(file.json()["turns"][0]["sources"][0]["link"]), told
    [line] = [one for one in file.text.splitlines() if one.startswith("<")]
    return line.strip("<>"), told


@pytest.mark.parametrize("form", ["markdown", "json"])
@pytest.mark.parametrize(
    ("domain", "stage", "local", "address"),
    [
        (
            "a1b2.execute-api.eu-west-1.amazonaws.com",
            "/live",
            False,
            "https://a1b2.execute-api.eu-west-1.amazonaws.com/live",
        ),
        ("nexus.example.org", "", False, "https://nexus.example.org"),
        (LOCAL, "/live", True, f"http://{LOCAL}/_aws/execute-api/a1/live"),
    ],
)
def test_a_source_s_link_has_the_address_at_which_the_api_was_asked(
    form: str, domain: str, stage: str, local: bool, address: str
) -> None:
    app = Behind(World(), domain, stage, local=local)
    # What a caller says of the host is not believed.
    headers = {"x-api-key": ACME_KEY, "host": "evil.example"}
    link, told = exported(TestClient(app, headers=headers), form)
    assert told.startswith("/v1/documents/")
    assert link == address + told


def test_without_a_gateway_it_is_the_host_that_was_asked() -> None:
    world = World()
    with served(world) as url, httpx2.Client(base_url=url, headers={"x-api-key": ACME_KEY}) as api:
        link, told = exported(api, "markdown")
    assert link == url + told


def test_a_document_s_own_address_and_none_stay_as_they_are() -> None:
    for link in ("https://library.example.org/fees.pdf#page=2", ""):
        assert whole(link, "https://nexus.example.org") == link
