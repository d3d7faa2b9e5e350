"""Whatever happens in Google Drive, and wherever a run stops, the bucket ends as the folder is."""

from __future__ import annotations

import functools
import json
from typing import Any

import httpx2
from hypothesis import given, settings
from hypothesis import strategies as st

from nexus.adapters.sources.drive import DriveSource
from nexus.object_keys import decode_metadata
from tests.drive_server import ACCOUNT, FOLDER, ROOT, GoogleDrive, granted
from tests.scripted_site import Asked
from tests.sources import World, spec

FOLDERS = ("fa", "fb", "fc", "fd")
FILES = ("a", "b", "c", "d")
PARENTS = (*FOLDERS, ROOT, "elsewhere")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("folder"), st.sampled_from(FOLDERS), st.sampled_from(PARENTS)),
        st.tuples(st.just("file"), st.sampled_from(FILES), st.sampled_from(PARENTS)),
        st.tuples(st.just("link"), st.sampled_from(("s", "t")), st.sampled_from(FILES)),
        st.tuples(st.just("trash"), st.sampled_from((*FOLDERS, *FILES)), st.just("")),
        st.tuples(st.just("drop"), st.sampled_from((*FOLDERS, *FILES, "s")), st.just("")),
        st.tuples(st.just("share"), st.sampled_from(FILES), st.sampled_from(("x@e", "y@e"))),
    ),
    max_size=8,
)


def is_inside(drive: GoogleDrive, name: str) -> bool:
    """Whether a file stands below the root, with nothing above it in the trash."""
    seen: set[str] = set()
    while name != ROOT:
        file = drive.files.get(name)
        if file is None or file["trashed"] or name in seen:
            return False
        seen.add(name)
        name = file["parents"][0]
    return True


def path_of(drive: GoogleDrive, name: str, last: str) -> str:
    parts = [last]
    while (name := drive.files[name]["parents"][0]) != ROOT:
        parts.append(drive.files[name]["name"])
    return "/".join(reversed(parts))


def happen(drive: GoogleDrive, step: tuple[str, str, str], number: int) -> None:
    what, name, other = step
    if what == "folder":
        above = other
        while above != name and above != ROOT and above in drive.files:
            above = drive.files[above]["parents"][0]
        if above == name:  # no folder stands in itself
            return
        drive.folder(name, other, called=f"{name}{number % 3}")
    elif what == "file":
        drive.file(name, b"%d" % (number % 3), other)
    elif what == "link" and other in drive.files:
        drive.shortcut(name, other, "fa" if number % 2 else ROOT)
    elif what == "trash" and name in drive.files:
        drive.trash(name)
    elif what == "drop" and name in drive.files:
        drive.drop(name)
    elif what == "share":
        drive.permissions[name] = [granted("group", other)]


def expected(drive: GoogleDrive) -> dict[str, tuple[bytes, tuple[str, ...]]]:
    found = {}
    for name, file in drive.files.items():
        if name == ROOT or file["mimeType"] == FOLDER or not is_inside(drive, name):
            continue
        target = file.get("shortcutDetails", {}).get("targetId", name)
        if target not in drive.files or drive.is_trashed(target):
            continue
        if target != name and is_inside(drive, target):
            continue  # it is there by itself
        readers = tuple(f"wiki:{one['emailAddress']}" for one in drive.permissions.get(target, ()))
        groups = readers or ("wiki:nobody",)
        found[path_of(drive, name, f"{name}.pdf")] = (drive.contents[target], groups)
    return found


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(STEPS, st.integers(0, 12)), min_size=1, max_size=4), st.booleans())
def test_the_bucket_ends_as_the_folder_is(
    days: list[tuple[list[tuple[str, str, str]], int]], forgets: bool
) -> None:
    drive = GoogleDrive(origin="https://drive.example.org")

    def answered(request: httpx2.Request) -> httpx2.Response:
        path = request.url.raw_path.decode()
        answer = drive(Asked(request.method, path, dict(request.headers), request.content))
        return httpx2.Response(answer.status, content=answer.body, headers=dict(answer.headers))

    options: dict[str, Any] = {
        "drive_url": f"{drive.origin}/drive/v3",
        "token_url": f"{drive.origin}/token",
        "drive": ROOT,
    }
    made = World(spec=spec(kind="drive", options=options, own_rights=True))
    made.source = DriveSource.from_spec(  # type: ignore[assignment]
        made.spec,
        httpx2.Client(transport=httpx2.MockTransport(answered)),
        lambda: json.dumps(ACCOUNT),
        lambda _seconds: None,
    )
    number = 0
    for steps, time in days:
        for step in steps:
            number += 1
            happen(drive, step, number)
        if forgets and number % 2:
            drive.forgotten = len(drive.log)
            drive.log.append(ROOT)
        made.run(functools.partial(next, iter([True] * time), False), confirm=True)
    for _ in range(3):  # the last may have stopped midway, or been told in the wrong order
        if made.run(confirm=True).finished and agrees(made, drive):
            break
    assert agrees(made, drive), (days, forgets, drive.log, expected(drive))


def agrees(made: World, drive: GoogleDrive) -> bool:
    held = {
        path: (content, decode_metadata(said).groups)
        for path, (content, said) in made.landing.objects.items()
    }
    return held == expected(drive)
