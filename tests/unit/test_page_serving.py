"""The page's server gives the files of one folder, each with what keeps a browser safe with it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from cli.local.access.bodies import Message
from cli.local.page.serving import Page
from functions.page.files import CHECKED, LASTING

PORT = 4778
OWN = f"127.0.0.1:{PORT}"
EVIL = "https://evil.example"
API = "http://127.0.0.1:4776"
CONFIG = {"api": f"{API}/_aws/execute-api/a/live", "sign_in": None}
SECRET = "a secret outside of the folder"


class Answer:
    def __init__(self, messages: list[Message]) -> None:
        start = next(one for one in messages if one["type"] == "http.response.start")
        self.status = int(start["status"])
        self.headers = {key.decode(): value.decode() for key, value in start["headers"]}
        self.body = b"".join(one.get("body", b"") for one in messages)


class Served:
    """A built page in a folder, with a server for it; requests go in as uvicorn hands them over."""

    def __init__(self, folder: Path, *embedders: str) -> None:
        self.folder, self.config = folder / "dist", folder / "page.json"
        (self.folder / "assets").mkdir(parents=True)
        for name, text in {
            "index.html": "<!doctype html><title>Nexus</title>",
            "embed.html": "<!doctype html><title>Nexus</title>",
            "embed.js": "customElements",
            "icon.svg": "<svg/>",
            ".hidden": SECRET,
            "assets/index-1a2b3c4d.js": "1",
            "assets/reader.mjs": "2",
            "assets/index-1a2b3c4d.css": "a{}",
        }.items():
            (self.folder / name).write_text(text)
        (folder / "secret.txt").write_text(SECRET)
        self.config.write_text(json.dumps(CONFIG))
        self.app = Page(self.folder, self.config, PORT, embedders)

    def get(self, path: str = "/", *, method: str = "GET", host: str = OWN, **said: str) -> Answer:
        sent: list[Message] = []
        headers = {"host": host, **{name.replace("_", "-"): value for name, value in said.items()}}

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": pairs}
        asyncio.run(self.app(scope, receive, send))
        return Answer(sent)


@pytest.fixture
def page(tmp_path: Path) -> Served:
    return Served(tmp_path)


@pytest.mark.parametrize(
    ("path", "kind", "kept"),
    [
        ("/", "text/html; charset=utf-8", CHECKED),
        ("/index.html", "text/html; charset=utf-8", CHECKED),
        ("/icon.svg", "image/svg+xml", CHECKED),
        ("/config.json", "application/json", CHECKED),
        ("/assets/index-1a2b3c4d.js", "text/javascript; charset=utf-8", LASTING),
        ("/assets/reader.mjs", "text/javascript; charset=utf-8", LASTING),
        ("/assets/index-1a2b3c4d.css", "text/css; charset=utf-8", LASTING),
    ],
)
def test_a_file_has_its_type_and_is_kept_for_as_long_as_its_name_lasts(
    page: Served, path: str, kind: str, kept: str
) -> None:
    answer = page.get(path)
    assert answer.status == 200
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (kind, kept)
    assert answer.headers["content-length"] == str(len(answer.body))


def test_every_answer_says_what_a_browser_may_do_with_it(page: Served) -> None:
    for path in ("/", "/config.json", "/assets/index-1a2b3c4d.js", "/nothing"):
        said = page.get(path).headers
        policy = said["content-security-policy"].split("; ")
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert f"connect-src 'self' {API}" in policy
        assert not [one for one in policy if "unsafe" in one or "*" in one or "http" in one[:4]]
        assert said["x-content-type-options"] == "nosniff"
        assert said["x-frame-options"] == "DENY"
        assert said["referrer-policy"] == "no-referrer"
        assert said["cross-origin-resource-policy"] == "same-origin"
        assert "microphone=(self)" in said["permissions-policy"]
        assert "access-control-allow-origin" not in said


def test_only_the_chat_is_framed_and_only_by_the_origins_that_the_stage_names(
    tmp_path: Path,
) -> None:
    origin = "https://intranet.example.org"
    page = Served(tmp_path, origin)
    framed = page.get("/embed.html").headers
    assert f"frame-ancestors {origin}" in framed["content-security-policy"]
    assert "x-frame-options" not in framed
    assert "frame-ancestors 'none'" in page.get("/").headers["content-security-policy"]
    loaded = page.get("/embed.js", sec_fetch_site="cross-site", sec_fetch_mode="no-cors")
    assert (loaded.status, loaded.headers["cross-origin-resource-policy"]) == (200, "cross-origin")


def test_a_file_that_is_the_same_is_not_sent_again(page: Served) -> None:
    tag = page.get("/").headers["etag"]
    again = page.get("/", if_none_match=f'W/"x", {tag}')
    assert (again.status, again.body) == (304, b"")
    assert again.headers["content-security-policy"]
    (page.folder / "index.html").write_text("<!doctype html>")
    assert page.get("/", if_none_match=tag).status == 200


def test_a_head_is_answered_without_the_file(page: Served) -> None:
    answer = page.get("/", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_nothing_can_be_sent_to_it(page: Served, method: str) -> None:
    answer = page.get("/", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/./index.html",
        "//secret.txt",
        "/assets//index-1a2b3c4d.js",
        "/..\\secret.txt",
        "/assets",
        "/assets/",
        "/.hidden",
        "/index.html\0.js",
        "/link.txt",
        "/folder/secret.txt",
        "/C:/secret.txt",
        "/" + "a/" * 400,
        "/index.html/",
        "index.html/../../secret.txt",
    ],
)
def test_there_is_no_listing_and_no_way_out_of_the_folder(page: Served, path: str) -> None:
    (page.folder / "link.txt").symlink_to(page.folder.parent / "secret.txt")
    (page.folder / "folder").symlink_to(page.folder.parent)
    answer = page.get(path)
    assert answer.status == 404
    assert SECRET.encode() not in answer.body
    assert b"index" not in answer.body


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1:80", f"127.0.0.1.evil:{PORT}"]
)
def test_a_name_that_points_here_is_no_way_in(page: Served, host: str) -> None:
    assert page.get("/config.json", host=host).status == 403


def test_another_page_leads_here_and_reads_nothing(page: Served) -> None:
    led = page.get("/", sec_fetch_site="cross-site", sec_fetch_mode="navigate")
    assert led.status == 200
    for said in (
        {"origin": EVIL},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors"},
        {"sec_fetch_site": "same-site", "sec_fetch_mode": "cors"},
    ):
        for path in ("/config.json", "/assets/index-1a2b3c4d.js", "/embed.js"):
            assert page.get(path, **said).status == 403
    own = {"origin": f"http://{OWN}", "sec_fetch_site": "same-origin", "sec_fetch_mode": "cors"}
    assert page.get("/config.json", **own).status == 200


@pytest.mark.parametrize("path", ["/", "//evil.example/", "/\r\nset-cookie:a"])
def test_this_machine_s_other_name_leads_to_the_page_and_nowhere_else(
    page: Served, path: str
) -> None:
    answer = page.get(path, host=f"localhost:{PORT}")
    assert (answer.status, answer.headers["location"]) == (308, f"http://{OWN}/")


def test_before_the_deployment_and_without_a_build_it_says_what_is_missing(page: Served) -> None:
    page.config.unlink()
    early = page.get("/config.json")
    assert (early.status, b"deployed" in early.body) == (503, True)
    assert "connect-src 'self'" in early.headers["content-security-policy"].split("; ")
    (page.folder / "index.html").unlink()
    unbuilt = page.get("/")
    assert (unbuilt.status, b"make page" in unbuilt.body) == (503, True)
