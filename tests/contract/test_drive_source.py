"""A shared drive or folder of Google is brought by its changes, with its readers, never halved."""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nexus.adapters.sources.drive import DriveSource
from nexus.adapters.sources.network import client
from nexus.errors import (
    ConfigurationError,
    InvalidRequest,
    UpstreamRefused,
    UpstreamUnavailable,
)
from nexus.object_keys import decode_metadata
from tests.confluence_server import as_json
from tests.drive_server import (
    ACCOUNT,
    DOCX,
    FOLDER,
    GOOGLE,
    ROOT,
    GoogleDrive,
    granted,
    refused,
)
from tests.scripted_site import Answer, ScriptedServer, serving
from tests.sources import World, spec


@pytest.fixture
def drive() -> GoogleDrive:
    made = GoogleDrive()
    made.folder("hr")
    made.folder("pay", "hr")
    made.file("leave", b"leave", "hr")
    made.file("grades", b"grades", "pay")
    made.document("bonus", b"bonus", "pay")
    made.file("readme", b"read me")
    made.file("logo", b"a picture", called="logo.png", kind="image/png")
    made.note("sketch", f"{GOOGLE}.drawing")
    return made


@pytest.fixture
def server(drive: GoogleDrive) -> Iterator[ScriptedServer]:
    with serving(drive) as running:
        drive.origin = running.url
        yield running


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def world(server: ScriptedServer, slept: list[float]) -> Callable[..., World]:
    def made(
        secret: str = json.dumps(ACCOUNT), options: dict[str, Any] | None = None, **said: Any
    ) -> World:
        base = {"drive_url": f"{server.url}/drive/v3", "token_url": f"{server.url}/token"}
        found = World(
            spec=spec(kind="drive", options={**base, **(options or {"drive": ROOT})}, **said)
        )
        found.source = DriveSource.from_spec(  # type: ignore[assignment]
            found.spec, client(["127.0.0.1", "localhost"]), lambda: secret, slept.append
        )
        return found

    return made


ALL = {"hr/leave.pdf", "hr/pay/grades.pdf", "hr/pay/bonus.docx", "readme.pdf"}


def groups(world: World) -> dict[str, tuple[str, ...]]:
    return {
        path: tuple(sorted(decode_metadata(said).groups))
        for path, (_, said) in world.landing.objects.items()
    }


def paths(world: World) -> set[str]:
    return set(world.landing.objects)


def test_documents_come_with_their_folders_and_addresses_and_pictures_do_not(
    world: Callable[..., World],
) -> None:
    made = world()
    assert made.run().added == 4
    assert paths(made) == ALL
    content, metadata = made.landing.objects["hr/leave.pdf"]
    said = decode_metadata(metadata)
    assert (content, said.title, said.date) == (b"leave", "leave", "2026-05-06")
    assert said.url == "https://docs.google.com/file/d/leave/view"


def test_google_s_own_documents_are_exported_as_office_files(
    drive: GoogleDrive, server: ScriptedServer, world: Callable[..., World]
) -> None:
    made = world()
    made.run()
    [asked] = [path for path in server.paths() if "/export?" in path]
    assert asked.endswith("wordprocessingml.document")
    before = list(drive.fetched)
    drive.document("bonus", b"more bonus", "pay", at="59")
    assert made.run().changed == 1
    assert made.landing.contents()["hr/pay/bonus.docx"] == b"more bonus"
    assert drive.fetched == [*before, "bonus"]


def test_only_what_changed_is_asked_for_and_fetched(
    drive: GoogleDrive, server: ScriptedServer, world: Callable[..., World]
) -> None:
    made = world()
    made.run()
    del server.asked[:], drive.fetched[:]
    assert made.run().finished
    assert [path.partition("?")[0].rpartition("/")[2] for path in server.paths()] == [
        ROOT,
        "changes",
    ]
    drive.file("leave", b"more leave", "hr")
    drive.file("new", b"new", "pay")
    drive.file("readme", b"read me", "hr")  # moved
    drive.drop("bonus")
    report = made.run()
    assert (report.changed, report.added, report.moved, report.removed) == (1, 1, 1, 1)
    assert sorted(drive.fetched) == ["leave", "new"]
    assert made.landing.contents() == {
        "hr/leave.pdf": b"more leave",
        "hr/pay/grades.pdf": b"grades",
        "hr/pay/new.pdf": b"new",
        "hr/readme.pdf": b"read me",
    }
    drive.trash("leave")
    drive.file("readme", b"read me", "a folder of somebody else's")
    assert made.run().removed == 2


def test_a_folder_that_is_renamed_moved_or_trashed_takes_its_documents_with_it(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    made = world()
    made.run()
    del drive.fetched[:]
    drive.folder("pay", "hr", called="Salaries")
    assert made.run().moved == 2
    assert "hr/Salaries/grades.pdf" in paths(made)
    drive.folder("pay", called="Salaries")
    assert made.run().moved == 2
    assert "Salaries/bonus.docx" in paths(made)
    assert not drive.fetched
    drive.trash("pay")  # Drive need not tell anything of what is in it
    assert made.run().removed == 2
    assert paths(made) == {"hr/leave.pdf", "readme.pdf"}
    drive.folder("pay", "hr")  # taken out of the trash
    assert made.run().added == 2
    assert paths(made) == ALL


def test_a_document_that_leaves_a_folder_while_that_is_renamed_goes(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    made = world()
    made.run()
    drive.folder("pay", "hr", called="Salaries")
    drive.file("grades", b"grades", "somewhere")
    assert made.run().removed == 1
    assert paths(made) == {"hr/leave.pdf", "hr/Salaries/bonus.docx", "readme.pdf"}


def test_a_folder_that_comes_from_elsewhere_comes_with_all_that_is_in_it(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    drive.folder("old", "somewhere")
    drive.folder("older", "old")
    drive.file("deep", b"deep", "older")
    made = world()
    made.run()
    assert paths(made) == ALL
    drive.folder("old", "hr")
    made.run()
    assert paths(made) == {*ALL, "hr/old/older/deep.pdf"}
    drive.folder("old", "somewhere")
    made.run()
    drive.folder("older", "somewhere")  # unseen, as it stands nowhere that is looked at
    drive.folder("old", "pay")
    made.run()
    assert paths(made) == ALL


def test_a_folder_that_left_and_came_back_in_one_run_comes_with_what_is_new_below_it(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    made = world()
    made.run()
    drive.folder("hr", "elsewhere")
    drive.file("new", b"new", "pay")
    made.run(functools.partial(next, iter([True, False]), False))  # it told of both
    drive.folder("hr")
    assert made.run().finished
    assert paths(made) == {*ALL, "hr/pay/new.pdf"}


def test_a_folder_that_moves_to_another_drive_is_listed_anew_as_its_changes_are_told_there(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    drive.shared = False
    made = world(options={"folder": "hr"})
    made.run()
    drive.file("new", b"new", "pay")
    drive.shared = True
    drive.log[:] = ["pay"]  # that drive counts its changes by itself
    made.run()
    drive.file("more", b"more", "pay")
    assert made.run().finished
    assert paths(made) == {
        *("leave.pdf", "pay/grades.pdf", "pay/bonus.docx"),
        *("pay/new.pdf", "pay/more.pdf"),
    }


def test_what_moves_while_everything_is_listed_is_not_missed(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    drive.folder("a", "pay")
    drive.file("moving", b"moving", "a")

    def move() -> None:
        # From what is still to be listed to what is listed already.
        drive.folder("a")
        drive.when_listed = lambda: None

    made = world()
    made.run()
    drive.forgotten = len(drive.log) + 1  # so that everything is listed anew
    made_again = World(spec=made.spec, landing=made.landing, store=made.store)
    made_again.source = made.source
    drive.log += ["readme"] * 2
    drive.when_listed = move
    made_again.run(confirm=True)
    assert paths(made_again) == {*ALL, "a/moving.pdf"}


def test_a_folder_alone_can_be_a_source_and_one_of_my_drive_too(
    drive: GoogleDrive, server: ScriptedServer, world: Callable[..., World]
) -> None:
    made = world(options={"folder": "pay"})
    made.run()
    assert paths(made) == {"grades.pdf", "bonus.docx"}
    drive.file("leave", b"more leave", "hr")
    drive.file("new", b"new", "pay")
    made.run()
    assert paths(made) == {"grades.pdf", "bonus.docx", "new.pdf"}
    drive.shared = False
    del server.asked[:]
    mine = world(options={"folder": "pay"})
    mine.run()
    assert paths(mine) == paths(made)
    assert not [path for path in server.paths() if "driveId=" in path]


def test_a_shortcut_brings_the_document_that_it_leads_to_and_no_document_twice(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    drive.file("elsewhere", b"elsewhere", "somewhere")
    drive.permissions["elsewhere"] = [granted("group", "board@example.org")]
    drive.folder("far", "somewhere")
    drive.shortcut("s1", "elsewhere", "hr", called="The statutes")
    drive.shortcut("s2", "leave", "pay")
    drive.shortcut("s3", "far", called="Far.pdf")
    made = world(own_rights=True)
    made.run()
    assert paths(made) == {*ALL, "hr/The statutes.pdf"}
    said = decode_metadata(made.landing.objects["hr/The statutes.pdf"][1])
    assert said.url == "https://docs.google.com/file/d/elsewhere/view"
    assert said.groups == ("wiki:board@example.org",)
    drive.file("elsewhere", b"elsewhere, changed", "somewhere")
    drive.permissions["elsewhere"] = []
    made.run()
    assert made.landing.contents()["hr/The statutes.pdf"] == b"elsewhere, changed"
    assert groups(made)["hr/The statutes.pdf"] == ("wiki:nobody",)
    drive.trash("elsewhere")
    made.run()
    assert paths(made) == ALL
    drive.file("elsewhere", b"elsewhere", "somewhere")
    made.run()
    assert "hr/The statutes.pdf" in paths(made)
    drive.drop("elsewhere")
    made.run()
    assert paths(made) == ALL


def test_changes_that_drive_forgot_are_listed_anew_and_what_went_meanwhile_goes(
    drive: GoogleDrive, world: Callable[..., World]
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


def test_readers_are_taken_over_as_groups_and_followed_though_no_document_changed(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    drive.permissions = {
        "leave": [
            granted("group", "HR@example.org"),
            granted("user", "ann@example.org", role="writer"),
            granted("user", "gone@example.org", deleted=True),
        ],
        "grades": [
            granted("group", "hr@example.org", role="fileOrganizer"),
            granted("user", "was@example.org", expirationTime="2020-01-01T00:00:00Z"),
            granted("domain", "example.org", view="metadata"),
        ],
        "bonus": [granted("domain", "example.org")],
        "readme": [granted("anyone", allowFileDiscovery=False)],
    }
    made = world(group_map={"hr@example.org": ("hr",), "anyone": ()})
    made.run()
    assert groups(made) == {
        "hr/leave.pdf": ("hr", "wiki:user:ann@example.org"),
        "hr/pay/grades.pdf": ("hr",),
        "hr/pay/bonus.docx": ("wiki:domain:example.org",),
        "readme.pdf": (),
    }
    del drive.fetched[:]
    drive.permissions["readme"] = [granted("group", "hr@example.org")]
    drive.permissions["bonus"] = []
    made.run()
    assert groups(made)["readme.pdf"] == ("hr",)
    assert groups(made)["hr/pay/bonus.docx"] == ("wiki:nobody",)
    assert not drive.fetched


def test_rights_are_narrowed_even_if_the_content_cannot_be_fetched(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    drive.permissions["leave"] = [granted("domain", "example.org")]
    made = world(own_rights=True)
    made.run()
    drive.permissions["leave"] = [granted("group", "board@example.org")]
    drive.file("leave", b"now with salaries", "hr")
    drive.answers["/files/leave"] = [
        as_json({"permissions": drive.permissions["leave"]}),
        *[refused(503, "backendError")] * 4,
    ]
    assert made.run().failed == 1
    assert groups(made)["hr/leave.pdf"] == ("wiki:board@example.org",)
    assert made.landing.contents()["hr/leave.pdf"] == b"leave"
    made.run()
    assert made.landing.contents()["hr/leave.pdf"] == b"now with salaries"


def test_where_readers_may_not_be_seen_nobody_reads(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    drive.answers["/files/leave/permissions"] = [refused(403, "insufficientFilePermissions")]
    drive.permissions["readme"] = [granted("group", "hr@example.org")]
    made = world(own_rights=True)
    made.run()
    assert groups(made)["hr/leave.pdf"] == ("wiki:nobody",)
    assert groups(made)["readme.pdf"] == ("wiki:hr@example.org",)


def test_the_key_signs_what_google_asks_for_and_names_a_person_only_where_it_is_said(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    world().run()
    world(options={"drive": ROOT, "user": "ann@example.org"}).run()
    plain, delegated = drive.claims
    assert plain["iss"] == ACCOUNT["client_email"]
    assert plain["scope"] == "https://www.googleapis.com/auth/drive.readonly"
    assert plain["exp"] - plain["iat"] == 3600
    assert abs(plain["iat"] - time.time()) < 60
    assert "sub" not in plain
    assert delegated["sub"] == "ann@example.org"


def test_a_token_that_expires_midway_is_renewed(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    drive.answers["/files/grades"] = [refused(401, "authError")]
    made = world()
    assert made.run().added == 4
    assert len(drive.claims) == 2


@pytest.mark.parametrize(
    "secret",
    ["hunter2", "{}", json.dumps({**ACCOUNT, "private_key": "hunter2"})],
)
def test_a_secret_that_is_none_is_told_without_quoting_it(
    world: Callable[..., World], secret: str
) -> None:
    with pytest.raises(ConfigurationError, match="private_key") as told:
        world(secret=secret).run()
    assert "hunter2" not in str(told.value)


def test_credentials_that_are_refused_are_told_and_remove_nothing(
    server: ScriptedServer, world: Callable[..., World]
) -> None:
    made = world()
    made.run()
    server.script = lambda _asked: as_json({"error": "invalid_grant"}, 400)
    again = world()
    again.landing, again.store = made.landing, made.store
    with pytest.raises(UpstreamRefused, match="check its secret"):
        again.run(confirm=True)
    assert paths(made) == ALL


@pytest.mark.parametrize(
    "limited", [refused(403, "userRateLimitExceeded"), refused(429, "rateLimitExceeded")]
)
def test_it_waits_when_it_asks_too_often_as_drive_says_it(
    drive: GoogleDrive, slept: list[float], world: Callable[..., World], limited: Answer
) -> None:
    drive.answers["/drive/v3/files"] = [limited, limited, refused(500, "backendError")]
    made = world()
    assert made.run().added == 4
    assert slept == [1, 2, 4]
    drive.answers["/changes"] = [as_json({}, 429, **{"retry-after": "86400"})]
    with pytest.raises(UpstreamUnavailable):
        made.run()


def test_a_refusal_that_is_no_limit_is_told_at_once(
    drive: GoogleDrive, slept: list[float], world: Callable[..., World]
) -> None:
    drive.answers["/drive/v3/changes/startPageToken"] = [refused(403, "accessNotConfigured")]
    with pytest.raises(UpstreamRefused, match="right to read"):
        world().run()
    assert slept == []


@pytest.mark.parametrize(
    "answer",
    [
        as_json({"kind": "drive#fileList"}),
        as_json({"files": None}),
        as_json({"files": ["x"]}),
        as_json({"files": [{"name": "without an id"}]}),
        as_json({"files": [], "incompleteSearch": True}),
        Answer(200, b'{"files": [', {"content-type": "application/json"}),
        Answer(200, b'{"files": [], "incom', {"content-type": "application/json"}, cut=8),
        refused(503, "backendError"),
    ],
)
def test_a_listing_that_is_not_whole_removes_nothing(
    drive: GoogleDrive, world: Callable[..., World], answer: Answer
) -> None:
    made = world()
    made.run()
    drive.forgotten = len(drive.log) + 1  # so that everything is listed anew
    drive.log += ["readme"]
    first = as_json({"files": [drive.files["hr"]], "nextPageToken": "1"})
    drive.answers["/drive/v3/files"] = [
        *[as_json({"id": ROOT, "mimeType": FOLDER, "driveId": ROOT})] * 2,
        *[first, *[answer] * 4],
    ]
    with pytest.raises(UpstreamUnavailable):
        made.run(confirm=True)
    assert paths(made) == ALL


@pytest.mark.parametrize(
    "answer",
    [
        as_json({"changes": []}),  # neither more to come nor an end
        as_json({"newStartPageToken": "1"}),
        as_json({"changes": [None], "newStartPageToken": "1"}),
    ],
)
def test_changes_that_are_not_whole_conclude_nothing(
    drive: GoogleDrive, world: Callable[..., World], answer: Answer
) -> None:
    made = world()
    made.run()
    drive.drop("bonus")
    drive.answers["/changes"] = [answer]
    with pytest.raises(UpstreamUnavailable):
        made.run(confirm=True)
    assert paths(made) == ALL
    assert made.run().removed == 1


@pytest.mark.parametrize(
    "told", [None, {"id": ROOT, "mimeType": FOLDER, "trashed": True}, {"id": ROOT, "mimeType": "x"}]
)
def test_a_drive_that_the_account_sees_no_more_is_told_and_not_removed(
    drive: GoogleDrive, world: Callable[..., World], told: dict[str, Any] | None
) -> None:
    made = world()
    made.run()
    answer = refused(404, "notFound") if told is None else as_json(told)
    drive.answers[f"/files/{ROOT}"] = [answer]
    with pytest.raises(UpstreamRefused, match="share it with"):
        made.run(confirm=True)
    assert paths(made) == ALL


def test_an_export_over_10_mb_comes_by_its_link_and_to_no_strange_host(
    drive: GoogleDrive, server: ScriptedServer, world: Callable[..., World]
) -> None:
    drive.largest_export = 3
    made = world()
    assert made.run().added == 4
    assert made.landing.contents()["hr/pay/bonus.docx"] == b"bonus"
    strange: list[str] = []

    def script(asked: Any) -> Answer:
        strange.append(asked.path)
        return Answer(200, b"caught", {"content-type": DOCX})

    with serving(script) as other:
        drive.link_host = other.url
        drive.document("bonus", b"more bonus", "pay", at="59")
        [told] = made.run().left_out
    assert "10 MB" in told
    assert strange == []


def test_a_page_to_sign_in_is_not_taken_for_an_export(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    drive.largest_export = 3
    drive.answers["/export/bonus"] = [Answer(200, b"<html>", {"content-type": "text/html"})]
    made = world()
    assert made.run().failed == 1
    assert "hr/pay/bonus.docx" not in paths(made)


def test_what_is_too_large_or_may_not_be_downloaded_is_left_out_and_said_so(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    for number in range(6):
        drive.file(f"closed{number}", b"x", size=str(200 * 1024 * 1024))
    for number in range(6, 12):
        drive.file(f"closed{number}", b"x")
        drive.answers[f"/files/closed{number}"] = [refused(403, "cannotDownloadFile")]
    made = world()
    report = made.run()
    assert (report.added, report.failed, report.finished) == (4, 12, True)
    assert sum("larger than 100 MB" in one for one in report.left_out) == 6
    assert any("download" in one for one in report.left_out)
    assert not [name for name in drive.fetched if name.startswith("closed")]


def test_hostile_names_and_links_stay_names_and_no_links(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    drive.files.clear()
    drive.note(ROOT, FOLDER, "")
    drive.folder("up", called="..")
    drive.file("a", b"a", "up", called="../../b\\c/d\x00.pdf", webViewLink="javascript:alert(1)")
    drive.file("e", b"e", called="Same.pdf", webViewLink="https://user@evil.example/")
    drive.file("f", b"f", called="Same.pdf", webViewLink={"not": "a text"})
    drive.folder("it's", called="Apostrophe's")
    drive.file("g", b"g", "it's", called="n" * 2000 + ".pdf")
    drive.file("h/../i", b"h", called="Odd id.pdf")
    made = world(options={"folder": ROOT})
    assert made.run().added == 5
    found = made.landing.objects
    assert {content for content, _ in found.values()} == {b"a", b"e", b"f", b"g", b"h"}
    assert not [path for path in found if ".." in path.split("/") or "\x00" in path]
    assert {path for path, (content, _) in found.items() if content == b"a"} == {"..-..-b-c-d.pdf"}
    links = {decode_metadata(said).url for content, said in found.values() if content in b"aef"}
    assert links == {None}


def test_a_name_without_an_extension_gets_that_of_its_type(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    drive.file("a", b"a", called="Report v1.2")
    drive.file("b", b"b", called="server.log", kind="text/plain")
    drive.file("c", b"c", called="Minutes", kind="text/plain")
    made = world()
    made.run()
    assert paths(made) == {*ALL, "Report v1.2.pdf", "Minutes.txt"}


def test_a_run_goes_on_where_it_stopped_and_fetches_nothing_twice(
    drive: GoogleDrive, world: Callable[..., World]
) -> None:
    drive.page = 20
    for number in range(60):
        drive.file(f"f{number}", b"%d" % number, "pay")
    made = world(own_rights=True)

    def finish() -> int:
        runs = 0
        while True:
            left = iter([True] * 55)
            runs += 1
            if made.run(has_time=functools.partial(next, left, False)).finished:
                return runs

    assert finish() > 1
    assert sorted(drive.fetched) == sorted({*drive.fetched})
    assert len(paths(made)) == 64
    for name in drive.files:
        drive.permissions[name] = [granted("group", "hr@example.org")]
    assert finish() > 1
    assert set(groups(made).values()) == {("wiki:hr@example.org",)}


def test_it_has_to_be_said_which_drive() -> None:
    for options in (
        {},
        {"drive": "d", "folder": "f"},
        {"drive": "d", "nonsense": "x"},
        {"folder": "https://drive.google.com/drive/folders/f"},
    ):
        with pytest.raises(InvalidRequest):
            DriveSource.from_spec(
                spec(kind="drive", options=options), client([]), lambda: json.dumps(ACCOUNT)
            )
