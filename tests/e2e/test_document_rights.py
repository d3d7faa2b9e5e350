"""Two tenants, four groups and random callers on the running stack: nobody is told too much.

The release's run is longer; it takes about half an hour, and prints what it asked:

    NEXUS_RIGHTS_REQUESTS=5000 .venv/bin/pytest -s tests/e2e/test_document_rights.py
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import pytest

from cli.connection import Connection
from nexus.models import Principal
from nexus.object_keys import document_id
from tests.e2e.conftest import Deployed
from tests.e2e.waiting import eventually

REQUESTS = int(os.environ.get("NEXUS_RIGHTS_REQUESTS", "80"))
# Requests between two changes, and so many at once.
TOGETHER, THREADS = 40, 4
TENANTS = ("north", "south")
GROUPS = ("hr", "board", "finance", "sales")
CITIES = ("Lisbon", "Oslo", "Turin", "Ghent", "Riga", "Cork", "Graz", "Brno", "Nantes", "Vigo")
ROUTES = ("search", "chat", "talk", "list", "read", "content", "passages")


@dataclass(frozen=True)
class Paper:
    """A document of a tenant with a code that stands nowhere else."""

    tenant: str
    city: str
    groups: tuple[str, ...]

    @property
    def code(self) -> str:
        """What it alone says."""
        return f"Z{self.tenant[0].upper()}{CITIES.index(self.city)}K{len(self.city)}X"

    @property
    def path(self) -> str:
        """Where it lies; it is told to nobody else, either."""
        return f"{self.code.lower()}-{self.city.lower()}.md"

    @property
    def id(self) -> str:
        """As the service names it."""
        return document_id(self.tenant, self.path)


@dataclass
class Person:
    """A caller with its groups, and the conversation that it goes on with."""

    tenant: str
    groups: tuple[str, ...]
    key: str
    conversation: str | None = None

    def sees(self, paper: Paper) -> bool:
        """Whether it may."""
        shared = "*" in self.groups or set(self.groups) & set(paper.groups)
        return paper.tenant == self.tenant and (not paper.groups or bool(shared))


class Company:
    """Both tenants: what lies there, who calls, and what was asked so far."""

    def __init__(self, stack: Deployed, papers: list[Paper], people: list[Person]) -> None:
        self.stack, self.papers, self.people = stack, papers, people
        self.admins: dict[str, str] = {}
        self.asked: Counter[str] = Counter()

    def ask(self, person: Person, route: str, paper: Paper) -> None:
        """One request, or a talk's two; fails if it tells of what the caller may not see."""
        seen = person.sees(paper)
        text = getattr(self, f"_{route}")(person, paper, seen=seen)
        for other in self.papers:
            if not person.sees(other):
                leaked = [one for one in (other.code, other.path, other.id) if one in text]
                assert not leaked, (person, other, route, text)
        self.asked[route] += 1

    def change(self, chance: random.Random) -> None:
        """Gives a document other groups; the next request knows."""
        place = chance.randrange(len(self.papers))
        groups = tuple(chance.sample(GROUPS, chance.choice((0, 1, 2))))
        paper = replace(self.papers[place], groups=groups)
        body = {"groups": list(paper.groups)}
        response = self._send("PATCH", f"/v1/documents/{paper.id}", self.admins[paper.tenant], body)
        assert response.status_code == 202, response.text
        self.papers[place] = paper
        self.asked["changes"] += 1

    def _search(self, person: Person, paper: Paper, *, seen: bool) -> str:
        body = {"query": _question(paper), "top_k": 20}
        text = self._text("POST", "/v1/search", person, body)
        assert (paper.code in text) is seen, (person, paper, text)
        return text

    def _chat(self, person: Person, paper: Paper, *, seen: bool) -> str:
        return self._text("POST", "/v1/chat", person, {"message": _question(paper)})

    def _talk(self, person: Person, paper: Paper, *, seen: bool) -> str:
        body = {"message": _question(paper), "conversation_id": person.conversation}
        text = self._text("POST", "/v1/chat", person, body)
        person.conversation = json.loads(text)["conversation_id"]
        told = json.loads(self._text("GET", f"/v1/conversations/{person.conversation}", person))
        return f"{text}{told}"

    def _list(self, person: Person, paper: Paper, *, seen: bool) -> str:
        pages, cursor = [], ""
        while cursor is not None:
            text = self._text("GET", f"/v1/documents?limit=4&cursor={cursor}", person)
            pages.append(text)
            cursor = json.loads(text)["cursor"]
        assert (paper.id in "".join(pages)) is seen, (person, paper, pages)
        return "".join(pages)

    def _read(self, person: Person, paper: Paper, *, seen: bool) -> str:
        place = f"/v1/documents/{paper.id}"
        return self._text("GET", place, person) if seen else self._none(person, place)

    def _content(self, person: Person, paper: Paper, *, seen: bool) -> str:
        place = f"/v1/documents/{paper.id}/content"
        if not seen:
            return self._none(person, place)
        url = json.loads(self._text("GET", place, person))["url"]
        return httpx2.get(url, timeout=60, trust_env=False).text

    def _passages(self, person: Person, paper: Paper, *, seen: bool) -> str:
        place = f"/v1/documents/{paper.id}/text"
        return self._text("GET", place, person) if seen else self._none(person, place)

    def _none(self, person: Person, place: str) -> str:
        self._text("GET", place, person, status=404)
        return ""

    def _text(
        self, method: str, path: str, person: Person, body: object = None, status: int = 200
    ) -> str:
        response = self._send(method, path, person.key, body)
        assert response.status_code == status, (person, path, response.text)
        return response.text

    def _send(self, method: str, path: str, key: str, body: object = None) -> httpx2.Response:
        def within_the_rate() -> httpx2.Response | None:
            response = self.stack.call(method, path, body, key=key)
            # The gateway learns of a key in moments.
            is_new = response.status_code == 403 and "not known" in response.text
            return None if is_new or response.status_code in (429, 503) else response

        return eventually(within_the_rate, "answer")


@pytest.fixture
def company(stack: Deployed, connection: Connection, tmp_path: Path) -> Iterator[Company]:
    papers = [
        Paper(tenant, city, (GROUPS[place % 5],) if place % 5 < len(GROUPS) else ())
        for tenant in TENANTS
        for place, city in enumerate(CITIES)
    ]
    for tenant in TENANTS:
        folder = tmp_path / tenant
        folder.mkdir()
        own = [paper for paper in papers if paper.tenant == tenant]
        for paper in own:
            text = f"The access code of the {paper.city} office is {paper.code}.\n"
            (folder / paper.path).write_text(text, encoding="utf-8")
        said = {paper.path: {"groups": list(paper.groups)} for paper in own}
        (folder / "metadata.json").write_text(json.dumps(said), encoding="utf-8")
        stack.nexus("upload", str(folder), "--tenant", tenant)
    kinds = [(), *((group,) for group in GROUPS), ("hr", "Sales"), ("*",)]
    people = []
    for tenant in TENANTS:
        for place, groups in enumerate(kinds):
            principal = Principal(tenant, f"reader-{place}", "user", "standard", groups=groups)
            key, _ = connection.access.keys.admit(principal)
            people.append(Person(tenant, tuple(map(str.lower, groups)), key))
    made = Company(stack, papers, people)
    for tenant in TENANTS:
        office = Principal(tenant, "office", "admin", "admin")
        made.admins[tenant], _ = connection.access.keys.admit(office)
    yield made
    for entry in list(connection.operator.clients.list_clients()):
        if entry.principal.tenant in TENANTS:
            connection.operator.clients.remove(entry.key_hash)
    print(f"\nrights, end to end: {dict(sorted(made.asked.items()))}")  # noqa: T201


def test_no_request_is_told_of_a_document_out_of_sight(company: Company) -> None:
    chance = random.Random(18)
    done = 0
    while done < REQUESTS:
        people = list(company.people)
        chance.shuffle(people)  # nobody goes on with one conversation twice at once
        batch = [
            (person, chance.choice(ROUTES), chance.choice(company.papers))
            for person in (people * TOGETHER)[: min(TOGETHER, REQUESTS - done)]
        ]
        with ThreadPoolExecutor(THREADS) as pool:
            for asked in [pool.submit(company.ask, *one) for one in batch]:
                asked.result()
        done += len(batch)
        company.change(chance)
        # The one that was asked just before, again: as it is now, in whatever is cached.
        company.ask(batch[-1][0], "search", chance.choice(company.papers))
        done += 1


def test_groups_are_given_and_taken_on_the_command_line(
    stack: Deployed, company: Company, tmp_path: Path
) -> None:
    tenant, path = TENANTS[0], "given.md"
    (tmp_path / path).write_text("The access code of the Vaasa office is ZV77.", encoding="utf-8")
    stack.nexus("upload", str(tmp_path / path), "--tenant", tenant, "--groups", "board, hr")
    place = f"/v1/documents/{document_id(tenant, path)}"
    nobody, hr, board = company.people[:3]
    codes = [stack.call("GET", place, key=one.key).status_code for one in (nobody, hr, board)]
    assert codes == [404, 200, 200]
    shown = json.loads(stack.nexus("documents", "show", path, "--tenant", tenant, "--json").stdout)
    assert shown["groups"] == ["board", "hr"]
    stack.nexus("documents", "set", path, "--tenant", tenant, "--groups", "", "--no-wait")
    assert stack.call("GET", place, key=nobody.key).status_code == 200


def _question(paper: Paper) -> str:
    return f"What is the access code of the {paper.city} office?"
