"""A web site is crawled into the running stack: the index agrees after each run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cli.connection import DEMO_TENANT, Connection
from tests.e2e.conftest import Deployed
from tests.e2e.waiting import eventually
from tests.scripted_site import ScriptedServer, Site, html, serving

PAGES = 50
NAME = "local-site"


@pytest.fixture
def site() -> Site:
    made = Site(robots="User-agent: *\nDisallow: /forbidden\n")
    for number in range(PAGES):
        links = [f"/page{2 * number + 1}", f"/page{2 * number + 2}", "/forbidden"]
        text = f"The lighthouse keeper of rock {number} is called Ensign{number} Marlowe{number}."
        made.pages[f"/page{number}"] = html(f"Rock {number}", *links, text=text)
    made.pages["/forbidden"] = html("Forbidden")
    return made


@pytest.fixture
def server(site: Site) -> Iterator[ScriptedServer]:
    with serving(site) as running:
        yield running


def indexed(connection: Connection) -> dict[str, tuple[str, str]]:
    """The titles and addresses of the site's documents, by path, once nothing is under way."""
    found = {
        one.path: one
        for one in connection.operator.catalogue.list_documents(DEMO_TENANT)
        if one.path.startswith(f"{NAME}/") and one.status != "deleted"
    }
    if any(one.status != "indexed" for one in found.values()):
        return {}
    return {path: (one.title, one.metadata.url or "") for path, one in found.items()}


def run(stack: Deployed) -> dict[str, Any]:
    return dict(json.loads(stack.nexus("connect", "run", NAME, "--json").stdout))


def test_a_site_is_crawled_and_the_index_agrees_after_each_run(
    stack: Deployed, connection: Connection, site: Site, server: ScriptedServer
) -> None:
    stack.nexus(
        *("connect", "add", NAME, "web", "--option", f"url={server.url}/page0"),
        *("--option", "rate=20"),
    )

    def agrees(pages: dict[str, str]) -> bool:
        wanted = {(title, f"{server.url}{path}") for path, title in pages.items()}
        return set(indexed(connection).values()) == wanted

    pages = {f"/page{number}": f"Rock {number}" for number in range(PAGES)}
    first = run(stack)
    assert (first["added"], first["failed"], first["finished"]) == (PAGES, 0, True)
    assert len(server.paths()) == len(set(server.paths())), "nothing is asked for twice"
    assert "/forbidden" not in server.paths()
    eventually(lambda: agrees(pages), "agreement after the first run", within_s=240)

    answer = stack.ask("Who is the lighthouse keeper of rock 7?", top_k=5)
    links = {source["link"] for source in answer["sources"]}
    assert f"{server.url}/page7" in links

    del server.asked[:]
    site.pages["/page7"] = html("Rock 7, rebuilt", "/page15", "/page16", "/page50", text="Rebuilt.")
    site.pages["/page50"] = html("Rock 50", text="Rock 50 is new.")
    del site.pages["/page40"]
    pages |= {"/page7": "Rock 7, rebuilt", "/page50": "Rock 50"}
    del pages["/page40"]
    second = run(stack)
    counts = {name: second[name] for name in ("added", "changed", "removed", "unchanged")}
    assert counts == {"added": 1, "changed": 1, "removed": 1, "unchanged": PAGES - 2}
    assert len(server.paths()) == len(set(server.paths()))
    eventually(lambda: agrees(pages), "agreement after the second run", within_s=240)

    [listed] = json.loads(stack.nexus("connect", "list", "--json").stdout)
    assert (listed["spec"]["name"], listed["report"]["removed"]) == (NAME, 1)
    again = stack.nexus("connect", "add", "other", "web", "--option", "url=nonsense", check=False)
    assert again.returncode == 1

    stack.nexus("connect", "remove", NAME, "--documents")
    eventually(lambda: not indexed(connection), "removal of the site's documents", within_s=240)
    assert json.loads(stack.nexus("connect", "list", "--json").stdout) == []
