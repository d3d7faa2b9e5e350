"""The documents of a Git repository are fetched once a commit, and a file that moved is moved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from dulwich import porcelain
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import make_wsgi_chain

from nexus.adapters.sources.git import GitSource
from nexus.adapters.sources.network import client
from nexus.errors import InvalidRequest, UpstreamRefused, UpstreamUnavailable
from nexus.object_keys import decode_metadata
from tests.scripted_site import Answer, Asked, serving
from tests.sources import World, spec


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


class Hosted:
    """A repository behind HTTP, as dulwich's own server serves it; `asked` are its requests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.repo = porcelain.init(folder)
        self.asked: list[str] = []
        self.authorizations: list[str] = []
        app = make_wsgi_chain(DictBackend({"/docs": self.repo}))  # type: ignore[arg-type]

        def noting(environ: dict[str, Any], start: Any) -> Any:
            self.asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
            self.authorizations.append(environ.get("HTTP_AUTHORIZATION", ""))
            return app(environ, start)

        self.server = make_server("127.0.0.1", 0, noting, handler_class=Quiet)
        self.url = f"http://127.0.0.1:{self.server.server_port}/docs"

    def commit(self, files: Mapping[str, str | bytes | None]) -> None:
        """Writes or removes (None) files, and commits."""
        written: list[str] = []
        for name, content in files.items():
            path = self.folder / name
            if content is None:
                porcelain.remove(self.repo, [str(path)])
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            written.append(str(path))
        porcelain.add(self.repo, written)
        who = b"A <a@example.org>"
        porcelain.commit(self.repo, message=b"m", author=who, committer=who)

    def fetches(self) -> int:
        return sum(one.startswith("POST") for one in self.asked)


@pytest.fixture
def hosted(tmp_path: Path) -> Iterator[Hosted]:
    made = Hosted(tmp_path / "repo")
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def world(hosted: Hosted) -> Callable[..., World]:
    def made(secret: str = "", **options: Any) -> World:
        said = {"url": hosted.url, **options}
        found = World(spec=spec(kind="git", options=said, secret="s" if secret else ""))
        found.source = GitSource.from_spec(  # type: ignore[assignment]
            found.spec, client(["127.0.0.1"]), lambda: secret
        )
        return found

    return made


FIRST = {"README.md": "# Read me", "docs/a.md": "# A", "docs/b.md": "# B", "src/x.py": "pass"}


def test_documents_are_brought_with_their_addresses_and_programs_are_not(
    hosted: Hosted, world: Callable[..., World]
) -> None:
    hosted.commit(FIRST)
    made = world(link="https://git.example.org/blob/{branch}/{path}")
    assert made.run().added == 3
    assert made.landing.contents() == {
        "README.md": b"# Read me", "docs/a.md": b"# A", "docs/b.md": b"# B"
    }  # fmt: skip
    urls = {decode_metadata(said).url for _, said in made.landing.objects.values()}
    assert "https://git.example.org/blob/master/docs/a.md" in urls


def test_a_branch_that_did_not_move_is_not_fetched(
    hosted: Hosted, world: Callable[..., World]
) -> None:
    hosted.commit(FIRST)
    made = world()
    made.run()
    del hosted.asked[:]
    assert made.run().finished
    packs = [one for one in hosted.asked if one.startswith("POST")]
    assert len(packs) <= 1, "the refs alone, in the second version of the protocol"
    assert len(made.landing.objects) == 3


def test_a_change_a_move_and_a_removal_follow(hosted: Hosted, world: Callable[..., World]) -> None:
    hosted.commit(FIRST)
    made = world()
    made.run()
    puts = made.landing.puts
    hosted.commit(
        {"docs/a.md": None, "guide/renamed.md": "# A", "README.md": None, "docs/b.md": "# B, more"}
    )
    report = made.run()
    assert (report.moved, report.changed, report.removed, report.added) == (1, 1, 1, 0)
    assert made.landing.contents() == {"guide/renamed.md": b"# A", "docs/b.md": b"# B, more"}
    assert made.landing.puts == puts + 1, "what moved was copied"


def test_only_a_folder_and_some_extensions_where_they_are_said(
    hosted: Hosted, world: Callable[..., World]
) -> None:
    hosted.commit({**FIRST, "docs/c.txt": "c"})
    made = world(folder="/docs/", extensions="txt")
    made.run()
    assert made.landing.contents() == {"c.txt": b"c"}


def test_a_token_is_sent_as_a_password(hosted: Hosted, world: Callable[..., World]) -> None:
    hosted.commit(FIRST)
    world(secret="a-token").run()
    # base64 of "x-access-token:a-token"
    assert set(hosted.authorizations) == {"Basic eC1hY2Nlc3MtdG9rZW46YS10b2tlbg=="}


def test_a_branch_that_is_not_there_is_told_and_removes_nothing(
    hosted: Hosted, world: Callable[..., World]
) -> None:
    hosted.commit(FIRST)
    made = world()
    made.run()
    other = world(branch="gone")
    other.landing, other.store = made.landing, made.store
    with pytest.raises(UpstreamRefused, match="no such branch"):
        other.run(confirm=True)
    assert len(made.landing.objects) == 3


def test_files_in_git_lfs_are_left_out_and_said_so(
    hosted: Hosted, world: Callable[..., World]
) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    hosted.commit({"a.md": "# A", "large.pdf": pointer})
    made = world()
    report = made.run()
    assert (report.added, report.failed) == (1, 1)
    assert "Git LFS" in report.left_out[0]


def test_a_branch_that_moves_while_it_is_brought_is_listed_anew(
    hosted: Hosted, world: Callable[..., World]
) -> None:
    hosted.commit({f"{n:03}.md": f"# {n}" for n in range(250)})
    made = world()
    left = iter([True] * 230)
    assert not made.run(has_time=lambda: next(left, False)).finished
    hosted.commit({"000.md": "# changed", "001.md": None})
    made.source = world().source
    assert made.run().finished
    held = made.landing.contents()
    assert (held["000.md"], "001.md" in held, len(held)) == (b"# changed", False, 249)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(404), UpstreamRefused),
        (Answer(401), UpstreamRefused),
        (Answer(500), UpstreamUnavailable),
        (Answer(200, b"<html>Sign in</html>", {"content-type": "text/html"}), Exception),
        (
            Answer(
                200,
                b"001e# service=git-upload-pack\n0000" + b"00" * 40,
                {"content-type": "application/x-git-upload-pack-advertisement"},
                cut=50,
            ),
            Exception,
        ),
    ],
)
def test_a_server_that_answers_oddly_removes_nothing(
    hosted: Hosted, world: Callable[..., World], answer: Answer, error: type[Exception]
) -> None:
    hosted.commit(FIRST)
    made = world()
    made.run()

    def odd(asked: Asked) -> Answer:
        return answer

    with serving(odd) as server:
        broken = GitSource.from_spec(
            spec(kind="git", options={"url": f"{server.url}/docs"}), client(["127.0.0.1"]), str
        )
        made.source = broken  # type: ignore[assignment]
        with pytest.raises((UpstreamRefused, UpstreamUnavailable)) as told:
            made.run(confirm=True)
    assert isinstance(told.value, error)
    assert len(made.landing.objects) == 3


def test_an_address_with_a_user_or_of_another_protocol_is_refused() -> None:
    for url in ("https://me:secret@example.org/r", "file:///etc", "ssh://git@example.org/r"):
        with pytest.raises(InvalidRequest):
            GitSource.from_spec(spec(kind="git", options={"url": url}), client([]), str)


def test_the_repository_is_not_reached_where_addresses_are_private(hosted: Hosted) -> None:
    hosted.commit(FIRST)
    source = GitSource.from_spec(spec(kind="git", options={"url": hosted.url}), client([]), str)
    with pytest.raises(UpstreamUnavailable):
        list(source.listed("", "", {}))
    assert not hosted.asked
    assert Repo(str(hosted.folder)).head()
