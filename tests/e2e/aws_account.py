"""An AWS account for tests: the emulator, called as AWS is, through AWS's own variables."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from cli.local import processes, stack
from cli.local.emulator import client_environment, health_url, start_emulator
from cli.local.environment import emulator_python
from cli.local.layout import PROJECT, Layout
from cli.local.node import cdk_command

# Not the emulator's own: what forgets the person's region would work in another one.
REGION = "eu-west-1"


@dataclass(frozen=True)
class AwsAccount:
    """A copy of the project whose `.venv/bin/nexus` works in an account of its own."""

    project: Path
    environ: dict[str, str]
    emulator: int  # its process

    def client(self, service: str) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.environ["AWS_ENDPOINT_URL"],
            region_name=REGION,
            aws_access_key_id=self.environ["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environ["AWS_SECRET_ACCESS_KEY"],
        )

    def configure(self, stage: str, **values: Any) -> None:
        """Changes a stage in cdk.json, as a person would."""
        file = self.project / "cdk.json"
        configured = json.loads(file.read_text(encoding="utf-8"))
        configured["context"]["stages"][stage] |= values
        file.write_text(json.dumps(configured, indent=2), encoding="utf-8")

    def nexus(self, *arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
        """Runs the CLI where nobody can be asked; `changes` are variables, None takes one out."""
        environ = {**self.environ, **{k: v for k, v in changes.items() if v is not None}}
        for name in [name for name, value in changes.items() if value is None]:
            environ.pop(name, None)
        return subprocess.run(
            [".venv/bin/nexus", *arguments],
            cwd=self.project,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )

    def stacks(self) -> set[str]:
        found = self.client("cloudformation").describe_stacks()["Stacks"]
        return {one["StackName"] for one in found}

    def buckets(self, stage: str) -> list[str]:
        found = self.client("s3").list_buckets()["Buckets"]
        return [one["Name"] for one in found if one["Name"].startswith(f"nexus-{stage}-")]


@contextmanager
def aws_account(root: Path, port: int, **servers: str) -> Iterator[AwsAccount]:
    """The emulator on a port, with its files under `root`, ended afterwards."""
    shared, own = Layout(), Layout(root / "local")
    python = emulator_python(shared)
    cdk_command(shared)
    shutil.rmtree(root, ignore_errors=True)
    own.make_private()
    (own.root / "node").symlink_to(shared.node)
    emulator = start_emulator(own, python, port)
    try:
        stack._wait_for(emulator, health_url(port), own.log("emulator"))
        project = _copy(root / "project")
        account = AwsAccount(project, _environ(own, port, project) | servers, emulator.pid)
        for stage in ("dev", "prod"):
            account.configure(stage, **_of_this_machine())
        yield account
    finally:
        processes.stop(emulator)


def _of_this_machine() -> dict[str, Any]:
    # The emulator runs functions with this machine's Python, whatever the template asks for, and
    # SnapStart needs a newer one than some machines have. It refuses a stack for an alarm on an
    # expression, or for a saved query: what watches a stage is tested in its template.
    arm = platform.machine().lower() in ("arm64", "aarch64")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {
        "architecture": "arm64" if arm else "x86_64",
        "python_version": version,
        "snap_start": [],
        "monitored": False,
        "releases": "at_once",
    }


def _environ(layout: Layout, port: int, project: Path) -> dict[str, str]:
    foreign = ("OPENAI_", "PINECONE_", "NEXUS_", "RERANK_")
    found = client_environment(layout, port)
    kept = {name: value for name, value in found.items() if not name.startswith(foreign)}
    kept.pop("AWS_DEFAULT_REGION")
    source = [str(project), str(project / "layers" / "nexus" / "python")]
    return kept | {
        "AWS_REGION": REGION,
        "NEXUS_LOCAL_DIR": str(layout.root),
        "PYTHONPATH": os.pathsep.join(source),
        "COLUMNS": "160",
    }


def _copy(project: Path) -> Path:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    for name in filter(None, listed):
        source = PROJECT / name
        if source.is_file() and not name.startswith("tests/"):
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, project / name)
    (project / ".venv").symlink_to(PROJECT / ".venv")
    layers = PROJECT / ".local" / "layers"  # what was built already
    layers.mkdir(parents=True, exist_ok=True)
    (project / ".local").mkdir()
    (project / ".local" / "layers").symlink_to(layers)
    return project
