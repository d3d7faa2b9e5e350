"""No route tells anybody of a document out of sight, whatever changes, with either index.

A fraction of the cases runs with the other tests. All 2,000 of them take a quarter of an hour:

    NEXUS_RIGHTS_CASES=2000 .venv/bin/pytest -s tests/rights
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from nexus.models import Principal
from nexus.object_keys import document_id
from tests.rights.scripted import FOLDER_NAMES, Case, Paper, Person, Step, cases
from tests.rights.world import World, running_world, settled

CASES = int(os.environ.get("NEXUS_RIGHTS_CASES", "40"))
INDEXES = ("sqlite", "pinecone")
TENANTS = ("acme", "rival")

_numbers = itertools.count()
_told: Counter[str] = Counter()


@pytest.fixture(scope="module", params=INDEXES)
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("rights")
    with running_world(request.param, folder) as world:
        yield Stage(world)
    print(f"\nrights, {request.param}: {dict(sorted(_told.items()))}")  # noqa: T201
    _told.clear()


class Stage:
    """A world whose two tenants have papers, which stay as the case before has left them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.admins = {
            tenant: world.key(Principal(tenant, "admin", "admin", "admin")) for tenant in TENANTS
        }
        self.papers = [
            Paper(tenant, f"{folder}w{tenant}{place}.md", f"Q{tenant}{place}", (), "")
            for tenant in TENANTS
            for place, folder in enumerate(FOLDER_NAMES)
        ]
        for paper in self.papers:
            upload(world, paper)


class Played:
    """One case, as it goes on."""

    def __init__(self, stage: Stage, case: Case) -> None:
        self.world, self.papers, self.admins = stage.world, stage.papers, stage.admins
        number = next(_numbers)
        self.people = [
            Person(f"person{number}x{place}", TENANTS[other], shared, unit)
            for place, (other, shared, unit) in enumerate(case.people)
        ]
        for person in self.people:
            person.key = self.world.key(person.principal())

    def play(self, step: Step) -> None:
        """Changes something; each of the routes then has to tell what is so now."""
        paper = self.papers[step.of % len(self.papers)]
        person = self.people[step.by % len(self.people)]
        self.world.refuses = step.refuses
        if step.change == "rekey":  # another key of the same client, with other groups
            person.groups = step.groups
            person.key = self.world.key(person.principal())
        elif step.change == "upload":
            paper.groups, paper.department = step.groups, step.department
            upload(self.world, paper)
        elif step.change.startswith("patch"):
            paper.groups, paper.department = step.groups, step.department
            self.patch(paper)
            paper.settle()
            if step.change == "patch":
                self.world.ingest(paper.tenant, paper.path)
        for route in step.routes:
            asked = len(self.world.models.requests)
            answer = getattr(self, route)(person, paper)
            self.check(person, answer)
            for request in self.world.models.requests[asked:]:
                if request.path != "/embeddings":
                    self.check(person, str(request.body), told=False)
            _told[route] += 1
        _told["changes"] += 1

    def patch(self, paper: Paper) -> None:
        body = {"groups": list(paper.groups), "department": paper.department or None}
        place = f"/v1/documents/{document_id(paper.tenant, paper.path)}"
        response = self.world.documents.patch(
            place, json=body, headers={"x-api-key": self.admins[paper.tenant]}
        )
        assert response.status_code == 202, response.text

    def check(self, person: Person, answer: str, *, told: bool = True) -> None:
        """Nothing in the answer is of a document out of sight, not even that there is one."""
        for paper in self.papers:
            if person.sees(paper):
                continue
            name = paper.path.rpartition("/")[2]
            its_id = document_id(paper.tenant, paper.path)
            leaked = [one for one in (paper.code, name, its_id) if one in answer]
            assert not leaked, (person, paper, answer)
            _told["hidden from"] += told

    def search(self, person: Person, paper: Paper) -> str:
        body = {"query": question(paper), "top_k": 20}
        text = self.post(person, "/v1/search", body)
        for seen in self.papers:  # what may be seen is found at once, with whatever groups
            if person.sees(seen) and seen.groups and not person.department:
                assert seen.code in text, (person, seen, text)
                _told["found by group"] += 1
        return text

    def chat(self, person: Person, paper: Paper) -> str:
        return self.post(person, "/v1/chat", {"message": question(paper), "top_k": 20})

    def repeated(self, person: Person, paper: Paper) -> str:
        """The same request again and again, under one key for each question."""
        body = {"message": question(paper), "top_k": 20}
        return self.post(
            person, "/v1/chat", body, {"Idempotency-Key": f"{person.name}{paper.code}"}
        )

    def talk(self, person: Person, paper: Paper) -> str:
        """The next turn of the person's one conversation, and then all of it."""
        body = {"message": question(paper), "conversation_id": person.conversation}
        answer = self.post(person, "/v1/chat", body)
        person.conversation = person.conversation or self.last["conversation_id"]
        self.get(self.world.chat, person, f"/v1/conversations/{person.conversation}")
        for turn in self.last["turns"]:
            # Which of the sources that it was shown once are hidden now, it is told by their ids.
            turn["hidden_documents"] = []
        return f"{answer}\n{self.last}"

    def listing(self, person: Person, paper: Paper) -> str:
        """Page by page, each of one document; the last one says so."""
        pages: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            pages.append(self.documents(person, f"?limit=1&cursor={cursor}"))
            cursor = self.last["cursor"]
        expected = sum(person.sees(one) for one in self.papers)
        assert len(pages) == max(expected, 1), (person, pages)
        assert self.shown(pages) == expected, (person, pages)
        return "\n".join(pages)

    def read(self, person: Person, paper: Paper) -> str:
        return self.documents(person, f"/{document_id(paper.tenant, paper.path)}", paper)

    def content(self, person: Person, paper: Paper) -> str:
        return self.documents(person, f"/{document_id(paper.tenant, paper.path)}/content", paper)

    def documents(self, person: Person, place: str, paper: Paper | None = None) -> str:
        response = self.world.documents.get(
            f"/v1/documents{place}", headers={"x-api-key": person.key}
        )
        expected = 200 if paper is None or person.sees(paper) else 404
        assert response.status_code == expected, (person, paper, response.text)
        self.last: Any = response.json()
        return response.text if expected == 200 else ""

    def post(
        self, person: Person, place: str, body: dict[str, Any], more: dict[str, str] | None = None
    ) -> str:
        headers = {"x-api-key": person.key, **(more or {})}
        response = self.world.chat.post(place, json=body, headers=headers)
        assert response.status_code == 200, response.text
        self.last = response.json()
        if "cache" in self.last.get("timings", {}):
            _told["from the cache"] += 1
        return response.text

    def get(self, api: Any, person: Person, place: str) -> None:
        response = api.get(place, headers={"x-api-key": person.key})
        assert response.status_code == 200, response.text
        self.last = response.json()

    def shown(self, pages: list[str]) -> int:
        return sum(page.count('"document_id"') for page in pages)


def upload(world: World, paper: Paper) -> None:
    world.put(paper.tenant, paper.path, paper.text, paper.metadata)
    world.ingest(paper.tenant, paper.path)
    paper.settle()


def question(paper: Paper) -> str:
    return f"What is the access code of office {paper.code[1:]}?"


@settings(
    max_examples=max(1, CASES // len(INDEXES)),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(case=cases)
def test_nobody_is_told_of_a_document_out_of_sight(stage: Stage, case: Case) -> None:
    stage.world.models.requests.clear()
    with settled(0.0 if case.cached else 14.0):
        played = Played(stage, case)
        for step in case.steps:
            played.play(step)
    _told["cases"] += 1
