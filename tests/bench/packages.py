"""Puts the functions' packages where an interpreter can run them as Lambda does.

Three ways to package one function: `built` is what the stages deploy, trimmed and with unchecked
bytecode; `untrimmed` installs the same locked packages whole, with that bytecode; `ordinary` has
no bytecode either, which is what Lambda makes of pip's: a zip sets every time to 1980, so the
bytecode is found stale, and the disk takes no new one.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cdk import packaging
from cdk.bytecode import Target, compile_folder, uv
from cli.local.environment import emulator_python
from cli.local.layout import PROJECT, Layout

# The dependency layers of each function, as `cdk.layers` gives them to a stage on Pinecone.
LAYERS = {
    "chat": ("service", "api", "index_pinecone"),
    "ingest": ("service", "parsing", "index_pinecone"),
    "reindex": ("service",),
}
PACKAGINGS = ("built", "untrimmed", "ordinary")
HOST = Target("host", f"{sys.version_info[0]}.{sys.version_info[1]}")
# What Lambda's runtime brings; its Python loads it from bytecode.
RUNTIME = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "urllib3", "six.py")
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Runnable:
    """A handler's module, the folders that hold it and its packages, and their size."""

    module: str
    paths: tuple[Path, ...]
    size_mb: float


def runtime(folder: Path) -> Path:
    """The AWS SDK of the emulator's environment, by itself and compiled."""
    site = next(emulator_python(Layout()).parent.parent.glob("lib/python*/site-packages"))
    folder.mkdir()
    for name in RUNTIME:
        source = site / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, folder / name)
    compile_folder(folder, HOST, "/var/lang")
    return folder


def function(name: str, way: str, folder: Path) -> Runnable:
    """One function packaged in one of the three ways, below `folder`."""
    task, opt = folder / "task", folder / "opt"
    if way == "built":
        layers = [packaging.source_layer(HOST)]
        layers += [packaging.dependency_layer(layer, HOST) for layer in LAYERS[name]]
        # Lambda unpacks all layers into one folder.
        for layer in layers:
            shutil.copytree(layer.path / "python", opt, dirs_exist_ok=True)
        shutil.copytree(packaging.function_code(name, HOST).path, task)
    else:
        for lock in LAYERS[name]:
            _install(packaging.DEPENDENCIES / f"{lock}.txt", opt)
        clean = shutil.ignore_patterns("__pycache__")
        source = PROJECT / "layers" / "nexus" / "python" / "nexus"
        shutil.copytree(source, opt / "nexus", ignore=clean)
        shutil.copytree(PROJECT / "functions" / name, task / "functions" / name, ignore=clean)
        if way == "untrimmed":
            compile_folder(opt, HOST, "/opt/python")
            compile_folder(task, HOST, "/var/task")
    return Runnable(f"functions.{name}.handler", (task, opt), size_mb(task) + size_mb(opt))


def own_handler(name: str, folder: Path, beside: Runnable | None = None) -> Runnable:
    """A handler of this folder, with the packages of another function if given."""
    folder.mkdir(parents=True)
    shutil.copyfile(HERE / f"{name}.py", folder / f"{name}.py")
    compile_folder(folder, HOST, "/var/task")
    paths = (folder, *(beside.paths[1:] if beside else ()))
    return Runnable(name, paths, sum(map(size_mb, paths)))


def size_mb(folder: Path) -> float:
    """What a folder's files hold, in megabytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _install(lock: Path, site: Path) -> None:
    command = [uv(), "pip", "install", "--quiet", "--no-config", "--require-hashes", "--no-deps"]
    command += ["--only-binary", ":all:", "--link-mode", "copy", "--target", str(site)]
    subprocess.run([*command, "--python", sys.executable, "-r", str(lock)], check=True)
