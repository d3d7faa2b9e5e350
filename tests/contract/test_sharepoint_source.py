"""A library of SharePoint is brought by its changes alone, with its readers, and never halved."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import httpx2
import pytest

from nexus.adapters.sources.network import client
from nexus.adapters.sources.sharepoint import SharePointSource
from nexus.errors import InvalidRequest, UpstreamUnavailable
from nexus.models.sources import Brought, Found
from nexus.object_keys import decode_metadata
from tests.confluence_server import as_json
from tests.graph_server import Drive, group
from tests.growth.measuring import superlinear
from tests.scripted_site import Answer, ScriptedServer, serving
from tests.sources import World, spec

SECRET = json.dumps({"tenant_id": "contoso", "client_id": "an id", "client_secret": "a secret"})


@pytest.fixture
def drive() -> Drive:
    made = Drive()
    made.folder("hr")
    made.folder("pay", "hr")
    for name, parent in {"leave": "hr", "grades": "pay", "bonus": "pay"}.items():
        made.file(name, name.encode(), parent)
    made.file("readme", b"read me")
    made.file("logo", b"a picture", called="logo.png")
    return made


@pytest.fixture
def server(drive: Drive) -> Iterator[ScriptedServer]:
    with serving(drive) as running:
        drive.origin = running.url
        yield running


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def world(server: ScriptedServer, slept: list[float]) -> Callable[..., World]:
    def made(**said: Any) -> World:
        options = {"graph_url": f"{server.url}/v1.0", "token_url": server.url, "drive": "d"}
        found = World(spec=spec(kind="sharepoint", options=options, **said))
        found.source = SharePointSource.from_spec(  # type: ignore[assignment]
            found.spec, client(["127.0.0.1", "localhost"]), lambda: SECRET, slept.append
        )
        return found

    return made


ALL = {"hr/leave.docx", "hr/pay/grades.docx", "hr/pay/bonus.docx", "readme.docx"}


def groups(world: World) -> dict[str, tuple[str, ...]]:
    return {
        path: tuple(sorted(decode_metadata(said).groups))
        for path, (_, said) in world.landing.objects.items()
    }


def test_documents_come_with_their_folders_and_addresses_and_pictures_do_not(
    drive: Drive, world: Callable[..., World]
) -> None:
    made = world()
    assert made.run().added == 4
    assert set(made.landing.objects) == ALL
    content, metadata = made.landing.objects["hr/leave.docx"]
    said = decode_metadata(metadata)
    assert (content, said.title, said.date) == (b"leave", "leave", "2026-05-06")
    assert said.url == "https://contoso.sharepoint.com/Shared%20Documents/leave.docx"


def test_only_what_changed_is_asked_for_and_fetched(
    drive: Drive, server: ScriptedServer, world: Callable[..., World]
) -> None:
    made = world()
    made.run()
    del server.asked[:], drive.fetched[:]
    assert made.run().finished
    assert len([path for path in server.paths() if "delta" in path]) == 1
    drive.file("leave", b"more leave", "hr")
    drive.file("new", b"new", "pay")
    drive.file("readme", b"read me", "hr")  # moved
    drive.drop("bonus")
    report = made.run()
    assert (report.changed, report.added, report.moved, report.removed) == (1, 1, 1, 1)
    assert drive.fetched == ["leave", "new"]
    assert made.landing.contents() == {
        "hr/leave.docx": b"more leave",
        "hr/pay/grades.docx": b"grades",
        "hr/pay/new.docx": b"new",
        "hr/readme.docx": b"read me",
    }


def test_a_folder_that_is_renamed_or_removed_takes_its_documents_with_it(
    drive: Drive, world: Callable[..., World]
) -> None:
    made = world()
    made.run()
    del drive.fetched[:]
    drive.folder("pay", "hr", called="Salaries")
    assert made.run().moved == 2
    assert set(made.landing.objects) == {
        "hr/leave.docx", "hr/Salaries/grades.docx", "hr/Salaries/bonus.docx", "readme.docx"
    }  # fmt: skip
    drive.folder("pay", "root!0", called="Salaries")
    made.run()
    assert "Salaries/grades.docx" in made.landing.objects
    assert not drive.fetched
    drive.drop("pay")  # Graph tells nothing of what was in it
    assert made.run().removed == 2
    assert set(made.landing.objects) == {"hr/leave.docx", "readme.docx"}


def test_a_file_that_is_told_before_its_folder_lands_in_it(
    drive: Drive, world: Callable[..., World]
) -> None:
    made = world()
    made.run()
    drive.file("early", b"early", "late")
    for number in range(3):
        drive.file(f"other{number}", b"x")
    drive.folder("late", "hr")
    made.run()
    assert made.landing.contents()["hr/late/early.docx"] == b"early"


def test_changes_that_graph_forgot_are_listed_anew_and_what_went_meanwhile_goes(
    drive: Drive, world: Callable[..., World]
) -> None:
    made = world()
    made.run()
    del drive.fetched[:]
    drive.drop("bonus")
    drive.file("leave", b"more leave", "hr")
    drive.forgotten = len(drive.log)
    report = made.run()
    assert (report.removed, report.changed, report.unchanged) == (1, 1, 2)
    assert drive.fetched == ["leave"]


def test_readers_are_taken_over_and_followed_though_no_document_changed(
    drive: Drive, world: Callable[..., World]
) -> None:
    link = {"id": "l", "roles": ["read"], "link": {"scope": "organization", "type": "view"}}
    person = {"id": "p", "roles": ["write"], "grantedToV2": {"user": {"email": "a@contoso.com"}}}
    drive.permissions = {
        "leave": [group("HR"), person],
        "grades": [group("HR", "owner")],
        "readme": [link],
    }
    made = world(group_map={"HR": ("hr",), "organization": ()})
    made.run()
    assert groups(made) == {
        "hr/leave.docx": ("hr", "wiki:user:a@contoso.com"),
        "hr/pay/grades.docx": ("hr",),
        "hr/pay/bonus.docx": ("wiki:nobody",),
        "readme.docx": (),
    }
    del drive.fetched[:]
    drive.permissions["readme"] = [group("HR")]
    made.run()
    assert groups(made)["readme.docx"] == ("hr",)
    assert not drive.fetched


def test_a_token_that_expires_midway_is_renewed(drive: Drive, world: Callable[..., World]) -> None:
    drive.answers["/items/grades/content"] = [as_json({"error": {"code": "expired"}}, 401)]
    made = world()
    assert made.run().added == 4
    assert drive.issued == 2


def test_it_waits_as_long_as_it_is_asked_to(
    drive: Drive, slept: list[float], world: Callable[..., World]
) -> None:
    drive.answers["/root/delta"] = [as_json({}, 429, **{"retry-after": "13"})]
    made = world()
    assert made.run().added == 4
    assert slept == [13]


@pytest.mark.parametrize(
    "answer",
    [
        as_json({"value": []}),  # neither more to come nor an end
        as_json({}),
        Answer(200, b'{"value": [', {"content-type": "application/json"}),
        as_json({"error": {"code": "serviceNotAvailable"}}, 503),
    ],
)
def test_a_listing_that_is_not_whole_removes_nothing(
    drive: Drive, world: Callable[..., World], answer: Answer
) -> None:
    made = world()
    made.run()
    drive.forgotten = len(drive.log) + 1  # so that everything is listed anew
    drive.file("late", b"late")
    gone = as_json({"error": {"code": "resyncChangesApplyDifferences"}}, 410)
    drive.answers["/root/delta"] = [gone, *[answer] * 4]
    with pytest.raises(UpstreamUnavailable):
        made.run(confirm=True)
    assert set(made.landing.objects) == ALL


def test_a_run_goes_on_where_it_stopped_and_fetches_nothing_twice(
    drive: Drive, world: Callable[..., World]
) -> None:
    for number in range(20):
        drive.file(f"f{number}", b"%d" % number, "pay")
    made = world()
    runs = 0
    while True:
        left = iter([True] * 9)
        runs += 1
        if made.run(has_time=functools.partial(next, left, False)).finished:
            break
    assert runs > 2
    assert sorted(drive.fetched) == sorted({*drive.fetched})
    assert len(made.landing.objects) == 24


def test_looking_at_readers_goes_on_where_it_stopped(
    drive: Drive, world: Callable[..., World]
) -> None:
    drive.page = 100
    for number in range(60):
        drive.file(f"f{number}", b"%d" % number, "pay")
    made = world(own_rights=True)
    made.run()
    drive.permissions = {name: [group("HR")] for name in drive.contents}
    # Time for one part of the documents of before, and a little of the next.
    reports = [made.run(functools.partial(next, iter([True] * 55), False)) for _ in range(2)]
    assert [one.finished for one in reports] == [False, True]
    assert set(groups(made).values()) == {("wiki:HR",)}


def test_looking_at_documents_of_before_takes_time_that_grows_with_them() -> None:
    def answered(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.startswith("/token"):
            return httpx2.Response(200, json={"access_token": "t", "expires_in": 3600})
        return httpx2.Response(200, json={"value": [], "@odata.deltaLink": "https://graph/d"})

    options = {"graph_url": "https://graph", "token_url": "https://graph/token", "drive": "d"}
    source = SharePointSource.from_spec(
        spec(kind="sharepoint", options=options),
        httpx2.Client(transport=httpx2.MockTransport(answered)),
        lambda: SECRET,
        lambda _seconds: None,
    )
    since = json.dumps({"link": "https://graph/d", "folders": {"root": ["", ""]}})
    note = json.dumps({"parent": "root", "name": "a.docx"})
    known = {
        one: Brought(Found(one, "a.docx", "", note=note))
        for one in map("{:09}".format, range(16_000))
    }

    def looked_at(text: str) -> None:
        some = {one: known[one] for one in islice(known, len(text))}
        parts = list(source.listed(since, "", some))
        assert len(parts) == len(text) // 50 + 2

    assert superlinear(looked_at, "x".__mul__, (16_000,)) is None


def test_it_has_to_be_said_which_drive() -> None:
    for options in ({}, {"drive": "d", "user": "a@contoso.com"}, {"drive": "d", "nonsense": "x"}):
        with pytest.raises(InvalidRequest):
            SharePointSource.from_spec(
                spec(kind="sharepoint", options=options), client([]), lambda: SECRET
            )
