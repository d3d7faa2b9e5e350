"""Where the local stack keeps its files."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
# Where the CDK app builds layers and functions, whatever NEXUS_LOCAL_DIR says.
PACKAGES = PROJECT / ".local" / "layers"
# The built page, which the repository holds.
BUILT_PAGE = PROJECT / "web" / "dist"


@dataclass(frozen=True)
class Layout:
    """The folders and files under `.local/` (or NEXUS_LOCAL_DIR), where the local stack writes."""

    root: Path = field(
        default_factory=lambda: Path(os.environ.get("NEXUS_LOCAL_DIR") or PROJECT / ".local")
    )

    @property
    def run_file(self) -> Path:
        """What is running now; absent when nothing is."""
        return self.root / "run.json"

    @property
    def port_file(self) -> Path:
        """The port that the emulator's saved state speaks of."""
        return self.root / "port.json"

    @property
    def deployed_file(self) -> Path:
        """Digest of what was last deployed."""
        return self.root / "deployed.json"

    @property
    def assembly(self) -> Path:
        """What the CDK app last synthesized."""
        return self.root / "cdk.out"

    @property
    def synced_file(self) -> Path:
        """The files that sync uploaded, so that it removes only those."""
        return self.root / "synced.json"

    @property
    def credentials_file(self) -> Path:
        """What the calls of this run are signed with, readable only by this user."""
        return self.root / "credentials.json"

    @property
    def page_config(self) -> Path:
        """What the page is told of the deployment: its `config.json`."""
        return self.root / "page.json"

    @property
    def people_file(self) -> Path:
        """The people who can sign in, and the hint with which the form is filled in for one."""
        return self.root / "demo-people.json"

    @property
    def unclean_file(self) -> Path:
        """There while the emulator runs; left behind when it could not save its state."""
        return self.root / "unclean"

    @property
    def aws_config(self) -> Path:
        """AWS configuration file that points at the emulator, with the credentials of this run."""
        return self.root / "aws-config"

    @property
    def logs(self) -> Path:
        """Logs of the emulator, the model server and the deployment."""
        return self.root / "logs"

    @property
    def emulator(self) -> Path:
        """The emulator's own virtual environment."""
        return self.root / "emulator"

    @property
    def node(self) -> Path:
        """The installed CDK CLI."""
        return self.root / "node"

    @property
    def state(self) -> Path:
        """What the emulator saves when it stops."""
        return self.root / "state"

    @property
    def objects(self) -> Path:
        """Contents of the emulator's buckets."""
        return self.root / "objects"

    @property
    def scratch(self) -> Path:
        """Unpacked functions while the emulator runs; emptied at each start."""
        return self.root / "scratch"

    @property
    def models(self) -> Path:
        """The converted embedding model."""
        return self.root / "models"

    @property
    def sqlite(self) -> Path:
        """The local vector index."""
        return self.root / "index.sqlite"

    def make_private(self) -> None:
        """Makes the folder, for this user alone: it holds documents, keys and credentials."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.root.chmod(0o700)

    def log(self, name: str) -> Path:
        """Path of a log, its folder made."""
        self.logs.mkdir(parents=True, exist_ok=True)
        return self.logs / f"{name}.log"


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty if the file is absent or unreadable."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def write_json(path: Path, value: dict[str, Any], *, private: bool = False) -> None:
    """Replaces a JSON file as a whole: a reader sees the old content or the new.

    A `private` one can be read by this user only.
    """
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False), private=private)


def write_text(path: Path, text: str, *, private: bool = False) -> None:
    """Replaces a text file as a whole; a `private` one can be read by this user only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)  # left by a process that was killed, with rights of its own
    draft.touch(0o600 if private else 0o666)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def emptied(folder: Path) -> Path:
    """The folder, made if absent, without what it held."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
