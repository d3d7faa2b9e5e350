"""Puts the functions' packages where an interpreter can run them as Lambda does.

Three ways to package one function: `built` is what the stages deploy, trimmed and with unchecked
bytecode; `untrimmed` installs the same locked packages whole, with that bytecode; `ordinary` has
no bytecode either, which is what Lambda makes of pip's: a zip sets every time to 1980, so the
bytecode is found stale, and the disk takes no new one.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cdk import packaging
from cdk.bytecode import Target, compile_folder, interpreter, uv
from cli.local.environment import emulator_python
from cli.local.layout import PROJECT, Layout
from tests.bench.deployed import Deployed, architecture

PACKAGINGS = ("built", "untrimmed", "ordinary")
# What Lambda's runtime brings; its Python loads it from bytecode.
RUNTIME = (
    *("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "urllib3", "six.py"),
    "snapshot_restore_py.py",
)
HERE = Path(__file__).parent
LANGCHAIN = HERE / "langchain.txt"
LANGCHAIN_HISTORY = HERE / "langchain_history.txt"


@dataclass(frozen=True)
class Interpreter:
    """The Python that runs the functions; `version` is what it calls itself, as "3.13.0"."""

    path: Path
    version: str

    @property
    def target(self) -> Target:
        """What packages are built for."""
        return Target(architecture(), self.version.rpartition(".")[0])

    @cached_property
    def key(self) -> str:
        """What tells its packages from another's."""
        return f"{self.target.key}-{hashlib.sha256(str(self.path).encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Runnable:
    """A handler's module, the folders that hold it and its packages, and their size."""

    module: str
    paths: tuple[Path, ...]
    size_mb: float


def asked_of(python: Path) -> Interpreter:
    """An interpreter that says what it is. Raises SystemExit if it cannot, or nothing compiles."""
    ask = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
    try:
        done = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as err:
        raise SystemExit(f"{python} does not run: name another Python with --python.") from err
    found = Interpreter(python, done.stdout.strip())
    if interpreter(found.target) is None:
        raise SystemExit("Without that Python's bytecode, a cold start is not as it is deployed.")
    return found


def runtime(python: Interpreter) -> Path:
    """The AWS SDK of the emulator's environment, by itself and compiled."""
    site = next(emulator_python(Layout()).parent.parent.glob("lib/python*/site-packages"))
    versions = sorted(path.name for path in site.glob("*.dist-info"))

    def build(folder: Path) -> None:
        for name in RUNTIME:
            source = site / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(source, folder / name)
        compile_folder(folder, python.target, "/var/lang")

    return _kept("runtime", [python.key, *versions], build)


def function(given: Deployed, way: str, python: Interpreter, scratch: Path) -> Runnable:
    """One function packaged in one of the three ways; what is not kept is made in `scratch`."""
    if way == "built":
        opt = scratch / "opt"
        # Lambda unpacks all layers into one folder.
        for layer in given.layers:
            shutil.copytree(layer / "python", opt, dirs_exist_ok=True)
        return _runnable(given.handler, given.code, opt)
    compiled = way == "untrimmed"
    locks = [packaging.DEPENDENCIES / f"{lock}.txt" for lock in given.locks]
    site = installed(locks, python, compiled=compiled)
    own, task = scratch / "own", scratch / "task"
    clean = shutil.ignore_patterns("__pycache__")
    source = PROJECT / "layers" / "nexus" / "python" / "nexus"
    shutil.copytree(source, own / "nexus", ignore=clean)
    shutil.copytree(PROJECT / "functions", task / "functions", ignore=clean)
    if compiled:
        compile_folder(own, python.target, "/opt/python")
        compile_folder(task, python.target, "/var/task")
    return _runnable(given.handler, task, own, site)


def own_handler(
    name: str,
    python: Interpreter,
    scratch: Path,
    packages: Sequence[Path] = (),
    *,
    compiled: bool = True,
    imports: Sequence[str] = (),
) -> Runnable:
    """A handler of this folder, with others of it that it imports, beside some packages."""
    scratch.mkdir(parents=True)
    for module in (name, *imports):
        shutil.copyfile(HERE / f"{module}.py", scratch / f"{module}.py")
    if compiled:
        compile_folder(scratch, python.target, "/var/task")
    return _runnable(name, scratch, *packages)


def installed(locks: Sequence[Path], python: Interpreter, *, compiled: bool) -> Path:
    """A folder of whole locked packages, as pip installs them, with unchecked bytecode or none."""

    def build(folder: Path) -> None:
        for lock in locks:
            command = [uv(), "pip", "install", "--quiet", "--no-config", "--no-deps"]
            command += ["--require-hashes", "--only-binary", ":all:", "--link-mode", "copy"]
            command += ["--target", str(folder), "--python", str(python.path), "-r", str(lock)]
            subprocess.run(command, check=True)
        # pip leaves what does not compile as it is, and this is written for Python 2.
        (folder / "olefile" / "olefile2.py").unlink(missing_ok=True)
        if compiled:
            compile_folder(folder, python.target, "/opt/python")

    contents = [path.read_text(encoding="utf-8") for path in locks]
    name = "-".join(path.stem for path in locks)
    return _kept(name, [python.key, str(compiled), *contents], build)


def size_mb(folder: Path) -> float:
    """What a folder's files hold, in megabytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _runnable(module: str, *paths: Path) -> Runnable:
    return Runnable(module, paths, sum(map(size_mb, paths)))


def _kept(name: str, inputs: Sequence[str], build: Callable[[Path], None]) -> Path:
    """A folder of `.local/bench`, built unless one of the same inputs is there."""
    digest = hashlib.sha256("\n".join(inputs).encode()).hexdigest()[:16]
    final = Layout().root / "bench" / f"{name}-{digest}"
    if not final.exists():
        final.parent.mkdir(parents=True, exist_ok=True)
        # Renamed when it is whole; where two build at once, the second finds the first's.
        with tempfile.TemporaryDirectory(dir=final.parent, prefix=".building-") as scratch:
            folder = Path(scratch) / "package"
            folder.mkdir()
            build(folder)
            with suppress(OSError):
                folder.rename(final)
    return final
