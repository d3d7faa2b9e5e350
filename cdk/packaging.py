"""Builds what Lambda is given, layers and functions, without Docker and only if inputs changed.

Every build lands in `.local/layers/<hash of its inputs>`; a build that is there is not repeated.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from cdk.bytecode import Target, compile_folder, interpreter, uv
from cdk.trimming import trim

ROOT = Path(__file__).resolve().parent.parent
DEPENDENCIES = ROOT / "layers" / "dependencies"
CACHE = ROOT / ".local" / "layers"
# A change of how packages are made makes them anew.
_RECIPE = ("packaging.py", "trimming.py", "unused.py", "bytecode.py")
_UV_PLATFORMS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}


@dataclass(frozen=True, slots=True)
class Package:
    """A built directory to zip, and the hash of everything it was made from."""

    path: Path
    digest: str


def dependency_layer(name: str, target: Target, *more: str) -> Package:
    """The layer of `layers/dependencies/<name>.txt` and of `more` such lists, trimmed.

    It is for the target, and building it downloads wheels.
    """
    names = (name, *more)
    locks = [DEPENDENCIES / f"{one}.txt" for one in names]

    def build(folder: Path) -> None:
        site = folder / "python"
        _install(locks, site, target)
        trim(site)
        compile_folder(site, target, "/opt/python")

    return _built("-".join(names), target, locks, build)


def source_layer(target: Target) -> Package:
    """The layer of the shared package `nexus`."""
    source = ROOT / "layers" / "nexus" / "python" / "nexus"

    def build(folder: Path) -> None:
        _copy(source, folder / "python" / "nexus")
        compile_folder(folder / "python", target, "/opt/python")

    return _built("nexus", target, _sources(source), build)


def function_code(name: str, target: Target, agents: str = "") -> Package:
    """One function's own folder, under the prefix `functions/` that its handler's name has.

    With `agents`, a folder of the project, that stands beside it under its own name.
    """
    source = ROOT / "functions" / name
    shared = ROOT / "functions" / "__init__.py"
    inputs = [*_sources(source), *([shared] if shared.exists() else [])]
    if agents:
        inputs += _sources(ROOT / agents)

    def build(folder: Path) -> None:
        _copy(source, folder / "functions" / name)
        if agents:
            _copy(ROOT / agents, folder / agents)
        for script in (folder / "functions" / name).glob("*.sh"):
            script.chmod(0o755)
        if shared.exists():
            shutil.copyfile(shared, folder / "functions" / "__init__.py")
        compile_folder(folder, target, "/var/task")

    return _built(f"function-{name}", target, inputs, build)


def _sources(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if "__pycache__" not in path.parts)


def _copy(source: Path, destination: Path) -> None:
    shutil.copytree(
        source, destination, copy_function=shutil.copyfile, ignore=lambda _, names: _stale(names)
    )


def _stale(names: Iterable[str]) -> set[str]:
    return {name for name in names if name == "__pycache__" or name.endswith((".pyc", ".pyi"))}


def _built(name: str, target: Target, inputs: list[Path], build: Callable[[Path], None]) -> Package:
    digest = hashlib.sha256()
    recipe = [Path(__file__).with_name(name) for name in _RECIPE]
    compiler = "bytecode" if interpreter(target) else "no bytecode"
    digest.update(f"{name} {target.key} {compiler}\n".encode())
    for path in recipe + inputs:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(ROOT)} {content}\n".encode())
    final = CACHE / f"{name}-{digest.hexdigest()[:24]}"
    if not final.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        # One builder at a time: two that build the same layer would do the work twice.
        with (CACHE / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not final.exists():
                sys.stderr.write(f"building {name} for {target.key}\n")
                _build_aside(final, build)
    return Package(final, digest.hexdigest())


def _build_aside(final: Path, build: Callable[[Path], None]) -> None:
    # Renamed when it is whole, so that an interrupted build is never taken for a finished one.
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".building-") as scratch:
        folder = Path(scratch) / "package"
        folder.mkdir(mode=0o755)
        build(folder)
        folder.rename(final)


def _install(locks: list[Path], site: Path, target: Target) -> None:
    command = [uv(), "pip", "install", "--quiet", "--no-config", "--require-hashes", "--no-deps"]
    command += ["--only-binary", ":all:", "--link-mode", "copy", "--target", str(site)]
    if target.is_host:
        command += ["--python", sys.executable]
    else:
        command += ["--python-platform", _UV_PLATFORMS[target.architecture]]
        command += ["--python-version", target.python_version]
    for lock in locks:
        command += ["-r", str(lock)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        names = " and ".join(lock.name for lock in locks)
        raise SystemExit(f"The layer of {names} could not be built: {done.stderr.strip()}")
