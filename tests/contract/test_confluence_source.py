"""A space of Confluence is brought with its tree, its changes and its readers, and never halved."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from nexus.adapters.sources.confluence import ConfluenceSource
from nexus.adapters.sources.network import client
from nexus.errors import ConfigurationError, UpstreamRefused, UpstreamUnavailable
from nexus.object_keys import decode_metadata
from tests.confluence_server import Wiki, WikiFile, WikiPage, as_json
from tests.scripted_site import Answer, ScriptedServer, serving
from tests.sources import World, spec

SECRET = json.dumps({"client_id": "an id", "client_secret": "a secret"})


@pytest.fixture
def wiki() -> Wiki:
    made = Wiki()
    made.pages = {
        "1": WikiPage("Home", "<p>Welcome.</p>"),
        "2": WikiPage("Leave", "<p>25 days.</p>", parent="1"),
        "3": WikiPage("Pay", "<p>Monthly.</p>", parent="1"),
        "4": WikiPage("Sick & well", "<p>Call in.</p>", parent="2"),
        "5": WikiPage("Old", "<p>Old.</p>"),
    }
    return made


@pytest.fixture
def server(wiki: Wiki) -> Iterator[ScriptedServer]:
    with serving(wiki) as running:
        wiki.origin = running.url
        yield running


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def world(server: ScriptedServer, slept: list[float]) -> Callable[..., World]:
    def made(
        secret: str = SECRET, space: str = "DOCS", more: dict[str, Any] | None = None, **said: Any
    ) -> World:
        options = {
            **(more or {}),
            "url": f"{server.url}/wiki",
            "space": space,
            "token_url": f"{server.url}/oauth/token",
        }
        found = World(spec=spec(kind="confluence", options=options, **said))
        found.source = ConfluenceSource.from_spec(  # type: ignore[assignment]
            found.spec, client(["127.0.0.1", "localhost"]), lambda: secret, slept.append
        )
        return found

    return made


def paths(world: World) -> set[str]:
    return set(world.landing.objects)


def groups(world: World) -> dict[str, tuple[str, ...]]:
    return {
        path: tuple(sorted(decode_metadata(said).groups))
        for path, (_, said) in world.landing.objects.items()
    }


def fetches(server: ScriptedServer) -> int:
    return sum("body-format" in path for path in server.paths())


def test_pages_come_as_they_stand_below_each_other_with_their_own_addresses(
    world: Callable[..., World],
) -> None:
    made = world()
    assert made.run().added == 5
    assert paths(made) == {
        "Home.html", "Home/Leave.html", "Home/Pay.html", "Home/Leave/Sick & well.html", "Old.html"
    }  # fmt: skip
    content, metadata = made.landing.objects["Home/Leave/Sick & well.html"]
    said = decode_metadata(metadata)
    assert b"<h1>Sick &amp; well</h1><p>Call in.</p>" in content
    assert (said.title, said.date) == ("Sick & well", "2026-03-04")
    assert said.url == "https://example.atlassian.net/wiki/spaces/DOCS/pages/4"


def test_a_change_a_move_and_a_removal_follow_and_nothing_else_is_fetched(
    wiki: Wiki, server: ScriptedServer, world: Callable[..., World]
) -> None:
    made = world()
    made.run()
    before = fetches(server)
    wiki.pages["3"] = WikiPage("Pay", "<p>Weekly.</p>", parent="1", version=2)
    wiki.pages["2"].parent = ""  # with what stands below it
    wiki.pages["5"].status = "trashed"
    report = made.run()
    assert (report.changed, report.moved, report.removed) == (1, 2, 1)
    assert paths(made) == {"Home.html", "Leave.html", "Home/Pay.html", "Leave/Sick & well.html"}
    assert b"Weekly" in made.landing.objects["Home/Pay.html"][0]
    assert fetches(server) == before + 1


def test_readers_are_those_whom_space_ancestors_and_page_all_let_read(
    wiki: Wiki, world: Callable[..., World]
) -> None:
    wiki.space_readers = [("group", "g-1"), ("group", "g-2"), ("user", "u-9")]
    wiki.pages["2"].groups = ("hr",)
    wiki.pages["4"].groups, wiki.pages["4"].users = ("staff",), ("u-9",)
    wiki.pages["3"].users = ("u-9",)
    made = world(group_map={"staff": ("everyone",), "hr": ("hr",)})
    made.run()
    assert groups(made) == {
        "Home.html": ("everyone", "hr", "wiki:user:u-9"),
        "Home/Leave.html": ("hr",),
        # Its own readers are none of those above it: nobody's.
        "Home/Leave/Sick & well.html": ("wiki:nobody",),
        "Home/Pay.html": ("wiki:user:u-9",),
        "Old.html": ("everyone", "hr", "wiki:user:u-9"),
    }


def test_below_a_folder_whose_readers_nobody_can_be_told_nobody_reads(
    wiki: Wiki, world: Callable[..., World]
) -> None:
    wiki.pages["2"].parent = "900"  # a folder is in no listing of pages
    made = world(own_rights=True)
    made.run()
    found = groups(made)
    assert found["Home.html"] == ("wiki:staff",)
    below = {path: readers for path, readers in found.items() if path.startswith("Leave")}
    assert len(below) == 2
    assert set(below.values()) == {("wiki:nobody",)}


def test_rights_that_change_alone_are_taken_over_without_a_fetch(
    wiki: Wiki, server: ScriptedServer, world: Callable[..., World]
) -> None:
    made = world(own_rights=True)
    made.run()
    before = fetches(server)
    assert groups(made)["Old.html"] == ("wiki:staff",)
    wiki.pages["5"].groups = ("hr",)
    made.run()
    assert groups(made)["Old.html"] == ("wiki:nobody",), "the space does not let hr read"
    assert fetches(server) == before


def test_a_token_that_expires_midway_is_renewed(
    wiki: Wiki, server: ScriptedServer, world: Callable[..., World]
) -> None:
    expired = as_json({"code": 401}, 401)
    wiki.answers["/wiki/api/v2/pages/3"] = [expired]
    made = world()
    assert made.run().added == 5
    assert wiki.issued == 2


def test_credentials_that_are_refused_are_told_and_remove_nothing(
    wiki: Wiki, server: ScriptedServer, world: Callable[..., World]
) -> None:
    made = world()
    made.run()
    wiki.tokens = set()
    server.script = lambda _asked: as_json({"error": "invalid_client"}, 401)
    again = world()
    again.landing, again.store = made.landing, made.store
    with pytest.raises(UpstreamRefused, match="check its secret"):
        again.run(confirm=True)
    assert len(made.landing.objects) == 5


def test_a_secret_that_is_none_is_told_without_quoting_it(world: Callable[..., World]) -> None:
    with pytest.raises(ConfigurationError, match="client_id") as told:
        world(secret="hunter2").run()
    assert "hunter2" not in str(told.value)


def test_it_waits_as_long_as_it_is_asked_to_and_no_longer(
    wiki: Wiki, slept: list[float], world: Callable[..., World]
) -> None:
    wiki.answers["/wiki/api/v2/spaces/77/pages"] = [
        as_json({}, 429, **{"retry-after": "11"}),
        as_json({}, 503),
    ]
    made = world()
    assert made.run().added == 5
    assert slept == [11, 2]
    wiki.answers["/wiki/api/v2/spaces"] = [as_json({}, 429, **{"retry-after": "86400"})]
    with pytest.raises(UpstreamUnavailable) as told:
        made.run()
    assert told.value.retry_after_s == 86400


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b'{"results": [', {"content-type": "application/json"}),
        Answer(200, b'{"results": [], "_li', {"content-type": "application/json"}, cut=8),
        Answer(200, b"<html>Log in</html>", {"content-type": "text/html"}),
        as_json({"_links": {}}),
        as_json({"results": None}),
    ],
)
def test_a_listing_that_is_not_whole_removes_nothing(
    wiki: Wiki, world: Callable[..., World], answer: Answer
) -> None:
    made = world()
    made.run()
    for page in ("1", "2"):
        wiki.pages[page].version += 1
    for times in range(4):
        # The second answer of three, each time it is tried.
        wiki.answers["/wiki/api/v2/spaces/77/pages"] = [answer] * (times + 1)
    with pytest.raises(UpstreamUnavailable):
        made.run(confirm=True)
    assert len(made.landing.objects) == 5


def test_a_space_that_the_account_sees_no_more_is_told_and_not_removed(
    wiki: Wiki, world: Callable[..., World]
) -> None:
    made = world()
    made.run()
    wiki.answers["/wiki/api/v2/spaces"] = [as_json({"results": [], "_links": {}})]
    with pytest.raises(UpstreamRefused, match="sees no such space"):
        made.run(confirm=True)
    assert len(made.landing.objects) == 5


def test_an_empty_space_is_removed_only_when_it_is_confirmed(
    wiki: Wiki, world: Callable[..., World]
) -> None:
    made = world()
    made.run()
    wiki.pages = {}
    assert made.run().held == 5
    assert made.run(confirm=True).removed == 5
    assert not made.landing.objects


def test_a_server_that_hangs_is_given_up(
    wiki: Wiki, server: ScriptedServer, slept: list[float], world: Callable[..., World]
) -> None:
    made = world()
    impatient = client(["127.0.0.1"])
    impatient.timeout = httpx2.Timeout(0.05)
    made.source = ConfluenceSource.from_spec(  # type: ignore[assignment]
        made.spec, impatient, lambda: SECRET, slept.append
    )
    hung: list[bool] = []

    def script(asked: Any) -> Answer:
        if asked.path.startswith("/wiki/api/v2/spaces?"):
            hung.append(True)
            released.wait(5)
        return wiki(asked)

    released = threading.Event()
    server.script = script
    try:
        with pytest.raises(UpstreamUnavailable, match="ReadTimeout"):
            made.run()
    finally:
        released.set()
    assert len(hung) > 1


def test_a_run_goes_on_where_it_stopped(
    wiki: Wiki, server: ScriptedServer, world: Callable[..., World]
) -> None:
    wiki.pages = {str(n): WikiPage(f"Page {n}", f"<p>{n}</p>") for n in range(60)}
    made = world()
    runs = 0
    while True:
        left = iter([True] * 40)
        runs += 1
        if made.run(has_time=functools.partial(next, left, False)).finished:
            break
    assert runs > 1
    assert len(made.landing.objects) == fetches(server) == 60


@pytest.fixture
def files(wiki: Wiki) -> Wiki:
    wiki.pages["2"].files = {
        "att1": WikiFile("Form.docx", b"a form"),
        "att2": WikiFile("logo.png", b"a picture"),
        "att3": WikiFile("Rules.pdf", b"rules"),
    }
    wiki.pages["4"].files = {"att4": WikiFile("../Sick/note.pdf", b"a note")}
    return wiki


FILES = {"Home/Leave/Form.docx", "Home/Leave/Rules.pdf", "Home/Leave/Sick & well/..-Sick-note.pdf"}


def test_files_of_pages_are_documents_of_their_own_beside_what_stands_below_the_page(
    files: Wiki, world: Callable[..., World]
) -> None:
    made = world()
    assert made.run().added == 8
    assert paths(made) >= FILES
    content, metadata = made.landing.objects["Home/Leave/Rules.pdf"]
    said = decode_metadata(metadata)
    assert (content, said.title, said.date) == (b"rules", "Rules", "2026-03-07")
    assert said.url == (
        "https://example.atlassian.net/wiki/pages/viewpageattachments.action?pageId=2&preview=att3"
    )
    assert sorted(files.downloaded) == ["att1", "att3", "att4"]


def test_files_change_move_and_go_with_their_page(files: Wiki, world: Callable[..., World]) -> None:
    made = world()
    made.run()
    del files.downloaded[:]
    files.pages["2"].files["att1"] = WikiFile("Form.docx", b"a new form", version=2)
    del files.pages["2"].files["att3"]
    report = made.run()
    assert (report.changed, report.removed) == (1, 1)
    assert files.downloaded == ["att1"]
    files.pages["2"].parent = ""
    made.run()
    assert made.landing.contents()["Leave/Form.docx"] == b"a new form"
    files.pages["2"].status = "trashed"
    assert made.run().removed == 2
    assert not [path for path in paths(made) if path.endswith("Form.docx")]
    assert files.downloaded == ["att1"]


def test_a_file_is_read_by_those_who_may_read_its_page(
    files: Wiki, world: Callable[..., World]
) -> None:
    files.space_readers = [("group", "g-1"), ("group", "g-2")]
    files.pages["2"].groups = ("hr",)
    made = world(own_rights=True)
    made.run()
    assert {groups(made)[path] for path in FILES} == {("wiki:hr",)}
    del files.downloaded[:]
    files.pages["2"].groups = ("staff",)
    made.run()
    assert {groups(made)[path] for path in FILES} == {("wiki:staff",)}
    assert files.downloaded == []


def test_files_are_left_out_where_it_is_said_so_or_of_other_extensions(
    files: Wiki, world: Callable[..., World]
) -> None:
    made = world(more={"attachments": "false"})
    assert made.run().added == 5
    pdf = world(more={"extensions": "pdf"})
    pdf.run()
    assert paths(pdf) & FILES == FILES - {"Home/Leave/Form.docx"}


def test_a_file_that_is_too_large_is_left_out_and_said_so_without_asking_for_it(
    files: Wiki, world: Callable[..., World]
) -> None:
    files.pages["2"].files["att1"].size = 101 * 1024 * 1024
    made = world()
    [told] = made.run().left_out
    assert told == "Home/Leave/Form.docx: It is larger than 100 MB."
    assert "att1" not in files.downloaded


def test_a_page_that_goes_while_it_is_listed_takes_its_files_along(
    files: Wiki, world: Callable[..., World]
) -> None:
    files.answers["/wiki/api/v2/pages/2/attachments"] = [as_json({"errors": []}, 404)]
    made = world()
    assert made.run().finished
    assert paths(made) & FILES == {"Home/Leave/Sick & well/..-Sick-note.pdf"}


def test_an_account_that_may_not_list_files_is_told_what_to_do(
    files: Wiki, world: Callable[..., World]
) -> None:
    made = world()
    made.run()
    files.answers["/wiki/api/v2/pages/2/attachments"] = [as_json({}, 403)]
    with pytest.raises(UpstreamRefused, match="attachments=false"):
        made.run(confirm=True)
    assert paths(made) >= FILES


def test_pages_and_their_readers_are_followed_though_the_account_may_not_list_files(
    files: Wiki, world: Callable[..., World]
) -> None:
    made = world(own_rights=True)
    made.run()
    refused = [as_json({}, 403)]
    files.answers |= {f"/wiki/api/v2/pages/{page}/attachments": [*refused] for page in files.pages}
    files.space_readers = [("group", "g-1"), ("group", "g-2")]
    files.pages["4"].groups = ("hr",)
    del files.pages["3"]
    with pytest.raises(UpstreamRefused, match="attachments=false"):
        made.run(confirm=True)
    assert groups(made)["Home/Leave/Sick & well.html"] == ("wiki:hr",)
    assert paths(made) >= FILES  # nothing is concluded from it, though a page is gone, too
    # Files are listed from the beginning once that is allowed.
    files.answers.clear()
    files.pages["2"].files["att5"] = WikiFile("New.pdf", b"new")
    assert made.run(confirm=True).finished
    assert paths(made) >= {*FILES, "Home/Leave/New.pdf"}


@pytest.mark.parametrize("answer", [as_json({"_links": {}}), as_json({}, 503)])
def test_a_list_of_files_that_is_not_whole_removes_nothing(
    files: Wiki, world: Callable[..., World], answer: Answer
) -> None:
    made = world()
    made.run()
    files.answers["/wiki/api/v2/pages/2/attachments"] = [answer] * 4
    with pytest.raises(UpstreamUnavailable):
        made.run(confirm=True)
    assert paths(made) >= FILES
