"""No route tells anybody of a document out of sight, whatever changes, with either index.

A fraction of the cases runs with the other tests. All 2,000 of them take some minutes:

    NEXUS_RIGHTS_CASES=2000 .venv/bin/pytest -s tests/rights
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from nexus.models import Principal
from nexus.object_keys import document_id
from tests.rights.scripted import FOLDER_NAMES, Case, Paper, Person, cases
from tests.rights.world import World, running_world, settled

CASES = int(os.environ.get("NEXUS_RIGHTS_CASES", "60"))
INDEXES = ("sqlite", "pinecone")
TENANTS = ("acme", "rival")

told: Counter[str] = Counter()


@pytest.fixture(scope="module", params=INDEXES)
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("rights")
    with running_world(request.param, folder) as world:
        yield Stage(world)
    print(f"\nrights, {request.param}: {dict(sorted(told.items()))}")  # noqa: T201
    told.clear()


class Stage:
    """A world of two tenants with papers and people, which stay as the case before left them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.admins = {
            tenant: world.key(Principal(tenant, "admin", "admin", "admin")) for tenant in TENANTS
        }
        self.papers = [
            Paper(tenant, f"{folder}w{tenant}{place}.md", f"Q{tenant}{place}v000", (), "")
            for tenant in TENANTS
            for place, folder in enumerate(FOLDER_NAMES)
        ]
        for paper in self.papers:
            self.upload(paper)
        self.people = [Person(f"p{place}", TENANTS[place % 2], (), "") for place in range(6)]
        for person in self.people:
            person.key = world.key(person.principal())

    def play(self, case: Case) -> None:
        """Changes something; each of the routes then has to tell what is so now."""
        paper, person = self.papers[case.of], self.people[case.by]
        self.world.refuses = case.refuses
        if case.rekeyed:  # another key of the same client
            person.groups, person.department = case.rekeyed
            person.key = self.world.key(person.principal())
        if case.change != "none":
            paper.groups, paper.department = case.groups, case.department
            told[case.change] += 1
        if case.change == "revise":
            paper.revise()
        if case.change in ("upload", "revise"):
            self.upload(paper)
        elif case.change != "none":
            self.patch(paper)
            paper.settle()
            if case.change == "patch":
                self.world.ingest(paper.tenant, paper.path)
        about = paper if case.about is None else self.papers[case.about]
        for route in case.routes:
            asked = len(self.world.models.requests)
            self.check(person, getattr(self, route)(person, about))
            for request in self.world.models.requests[asked:]:
                if request.path != "/embeddings":
                    self.check(person, str(request.body))
            told[route] += 1

    def upload(self, paper: Paper) -> None:
        self.world.put(paper.tenant, paper.path, paper.text, paper.metadata)
        self.world.ingest(paper.tenant, paper.path)
        paper.settle()

    def patch(self, paper: Paper) -> None:
        body = {"groups": list(paper.groups), "department": paper.department or None}
        place = f"/v1/documents/{document_id(paper.tenant, paper.path)}"
        response = self.world.documents.patch(
            place, json=body, headers={"x-api-key": self.admins[paper.tenant]}
        )
        assert response.status_code == 202, response.text

    def check(self, person: Person, answer: str) -> None:
        """Nothing in the answer is of a document out of sight, not even that there is one.

        Nor is anything of a version of before that was closed to the person, as it is now, when it
        read that.
        """
        for paper in self.papers:
            for code in paper.past:
                if code in answer:
                    told["of versions before"] += 1
                    assert person.sees(paper), (person, paper, answer)
                    read = person.read.get(code, set())
                    assert any(map(person.may_see, read)), (person, paper, code, answer)
            if person.sees(paper):
                continue
            name = paper.path.rpartition("/")[2]
            its_id = document_id(paper.tenant, paper.path)
            leaked = [one for one in (paper.code, name, its_id) if one in answer]
            assert not leaked, (person, paper, answer)

    def search(self, person: Person, paper: Paper) -> str:
        body = {"query": question(paper), "top_k": 20}
        text = self.post(person, "/v1/search", body)
        for seen in self.papers:  # what may be seen is found at once, with whatever groups
            if person.sees(seen) and seen.groups and not person.department:
                assert seen.code in text, (person, seen, text)
                told["found by group"] += 1
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
            told["hidden answers"] += "may not see" in turn["answer"]
        if len(self.last["turns"]) > 6:
            person.conversation = None
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

    def text(self, person: Person, paper: Paper) -> str:
        """What was read of it, which is all that it says."""
        text = self.documents(person, f"/{document_id(paper.tenant, paper.path)}/text", paper)
        assert paper.code in text or not person.sees(paper), (person, paper, text)
        return text

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
            told["from the cache"] += 1
        for paper in self.papers:
            if paper.code in response.text:
                said = (paper.shown_groups, paper.shown_department)
                person.read.setdefault(paper.code, set()).add(said)
        return response.text

    def get(self, api: Any, person: Person, place: str) -> None:
        response = api.get(place, headers={"x-api-key": person.key})
        assert response.status_code == 200, response.text
        self.last = response.json()

    def shown(self, pages: list[str]) -> int:
        return sum(page.count('"document_id"') for page in pages)


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
        stage.play(case)
    told["cases"] += 1
