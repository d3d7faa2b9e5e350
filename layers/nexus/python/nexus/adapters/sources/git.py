"""The documents in a Git repository as a source, of one branch, over HTTPS.

It is fetched without its history (https://git-scm.com/docs/git-fetch, `--depth`), and only if its
branch has another commit than last time. Git's protocol is dulwich's; what it sends goes through
the client that asks public addresses alone (https://git-scm.com/docs/gitprotocol-http).
"""

from __future__ import annotations

import functools
import stat
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import httpx2

from nexus.adapters.sources.calling import SERVICE
from nexus.adapters.sources.credentials import password_of
from nexus.adapters.sources.formats import extensions_of, is_document
from nexus.adapters.sources.options import Options
from nexus.errors import (
    DocumentRejected,
    InvalidRequest,
    ListingOutdated,
    UpstreamRefused,
    UpstreamUnavailable,
)
from nexus.models.sources import Brought, Fetched, Found, Listed, ListingEnd, SourceSpec

if TYPE_CHECKING:
    from dulwich.repo import Repo

# Lambda's /tmp holds 512 MB, in which the pack is unpacked and indexed.
LARGEST_PACK = 400 * 1024 * 1024
_A_PART = 200
_LARGE_FILE = b"version https://git-lfs.github.com/spec/"
# Where the sites that most repositories are on show a file.
_SHOWN = {
    "github.com": "{base}/blob/{branch}/{path}",
    "gitlab.com": "{base}/-/blob/{branch}/{path}",
    "bitbucket.org": "{base}/src/{branch}/{path}",
    "codeberg.org": "{base}/src/branch/{branch}/{path}",
}


class GitSource:
    """A Source over the files of one branch below a folder, with these extensions."""

    def __init__(
        self,
        client: httpx2.Client,
        url: str,
        branch: str,
        folder: str,
        extensions: tuple[str, ...],
        link: str,
        password: Callable[[], tuple[str, str] | None],
    ) -> None:
        self._client = client
        self._url = url
        self._branch = branch
        self._folder = folder
        self._extensions = extensions
        self._link = link
        self._password = password
        self._scratch = tempfile.TemporaryDirectory(prefix="nexus-git-", ignore_cleanup_errors=True)
        self._repo: Repo | None = None

    @classmethod
    def from_spec(
        cls, spec: SourceSpec, client: httpx2.Client, secret: Callable[[], str]
    ) -> GitSource:
        """The source that a spec describes. Raises InvalidRequest naming an option."""
        options = Options(spec.options)
        url = options.text("url").removesuffix("/")
        if urlsplit(url).scheme not in ("http", "https") or "@" in urlsplit(url).netloc:
            raise InvalidRequest("A repository's address is one of https, without a user.", "url")
        base = url.removesuffix(".git")
        default = _SHOWN.get(urlsplit(url).hostname or "", "")
        made = cls(
            client,
            url,
            options.text("branch", ""),
            options.text("folder", "").strip("/"),
            extensions_of(options.texts("extensions")),
            options.text("link", default).replace("{base}", base),
            lambda: password_of(secret()) if spec.secret else None,
        )
        options.finish()
        return made

    def listed(
        self,
        since: str,
        at: str,
        known: Mapping[str, Brought],  # noqa: ARG002 - a tree is listed as a whole
    ) -> Iterator[Listed]:
        """Every file, if the branch has another commit than `since`; `at` is a commit and path."""
        branch, commit = self._newest()
        begun, _, last = at.partition(" ")
        if begun not in ("", commit):
            raise ListingOutdated("The branch moved on while its files were listed.")
        if commit == since and not at:
            yield Listed(end=ListingEnd(whole=False, cursor=since))
            return
        repo = self._fetched(commit)
        with _told():
            files = sorted(self._files(repo, commit))
        found = [self._found(path, blob, branch) for path, blob in files if path > last]
        for start in range(0, len(found), _A_PART):
            part = tuple(found[start : start + _A_PART])
            yield Listed(found=part, at=functools.partial(str, f"{commit} {part[-1].id}"))
        yield Listed(end=ListingEnd(whole=True, cursor=commit))

    def fetch(self, found: Found) -> Fetched | None:
        """A file's content, out of what was fetched. Raises DocumentRejected."""
        repo = self._repo or self._fetched(self._newest()[1])
        try:
            with _told():
                content: bytes = repo[(found.note or found.mark).encode()].as_raw_string()
        except KeyError:
            return None
        if content.startswith(_LARGE_FILE):
            raise DocumentRejected("Its content is in Git LFS, which is not read.")
        return Fetched(content)

    def _newest(self) -> tuple[str, str]:
        """The branch's name and newest commit. Raises UpstreamRefused if there is none."""
        with _told():
            found = self._git().get_refs(urlsplit(self._url).path)
        refs, head = dict(found.refs), found.symrefs.get(b"HEAD", b"")
        name = f"refs/heads/{self._branch}".encode() if self._branch else (head or b"HEAD")
        commit = refs.get(name)
        if commit is None:
            raise UpstreamRefused(SERVICE, "The repository has no such branch, or no commit.")
        return name.decode(errors="replace").removeprefix("refs/heads/"), commit.decode()

    def _fetched(self, commit: str) -> Repo:
        from dulwich.repo import Repo

        folder = tempfile.mkdtemp(dir=self._scratch.name)
        repo = Repo.init_bare(folder)
        with _told():
            self._git().fetch(
                urlsplit(self._url).path,
                repo,
                determine_wants=lambda *_given, **_how: [commit.encode()],
                depth=1,
            )
        self._repo = repo
        return repo

    def _git(self) -> Any:
        from nexus.adapters.sources.git_http import GuardedGitClient

        parts = urlsplit(self._url)
        return GuardedGitClient(
            f"{parts.scheme}://{parts.netloc}", self._client, self._password(), LARGEST_PACK
        )

    def _files(self, repo: Repo, commit: str) -> Iterator[tuple[str, str]]:
        from dulwich.object_store import iter_tree_contents

        tree = repo[commit.encode()].tree  # type: ignore[attr-defined]
        for entry in iter_tree_contents(repo.object_store, tree):
            if not stat.S_ISREG(entry.mode):  # links and submodules are no documents
                continue
            path = entry.path.decode("utf-8", errors="replace")
            inside = not self._folder or path.startswith(f"{self._folder}/")
            if inside and is_document(path, self._extensions):
                yield path, entry.sha.decode()

    def _found(self, path: str, blob: str, branch: str) -> Found:
        inner = path.removeprefix(f"{self._folder}/") if self._folder else path
        link = self._link.replace("{branch}", quote(branch)).replace("{path}", quote(path))
        return Found(id=path, path=inner, mark=blob, url=link, note=blob, by_content=True)


class _told:  # noqa: N801 - read as a verb: `with _told():`
    """Raises our errors in place of dulwich's, whatever a server's broken answer made it raise."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, err: BaseException | None, _trace: object) -> None:
        if err is None or isinstance(err, KeyError):
            return
        from dulwich.client import HTTPUnauthorized
        from dulwich.errors import GitProtocolError, NotGitRepository
        from dulwich.file import FileLocked

        if isinstance(err, HTTPUnauthorized | NotGitRepository):
            raise UpstreamRefused(
                SERVICE,
                "There is no repository at this address for these credentials: check the source's "
                "url and secret.",
            ) from err
        passing = (
            *(GitProtocolError, FileLocked, httpx2.HTTPError, OSError, ValueError, EOFError),
            *(AssertionError, zlib.error),
        )
        if isinstance(err, passing):
            raise UpstreamUnavailable(
                SERVICE, f"The repository could not be fetched ({type(err).__name__})."
            ) from err
