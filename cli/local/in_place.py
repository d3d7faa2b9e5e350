"""Lets the emulator's workers share one folder for each layer, where possible the built one itself.

A layer is a folder below `.local/layers`, named by the hash of all that it was made from. By itself
the CDK CLI zips it into the emulator's bucket, and each worker of each function unpacks it anew.
Here the bucket gets a zip with nothing but the folder's name, and the workers read that folder.

The emulator's own Python loads this, where nothing of ours is installed: standard library only.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import threading
import zipfile
from functools import cache
from pathlib import Path

# The only member of a zip that names a folder; a layer's own lie below `python/`.
_MEMBER = "read-in-place"
_NAME = re.compile(r"[a-z_]{1,64}-[0-9a-f]{24}")
_LONGEST = 1024  # bytes: a longer zip names no folder, and is not opened to see


def naming(folder: Path) -> bytes:
    """A zip that stands for a built layer; the same folder always makes the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr(zipfile.ZipInfo(_MEMBER), folder.name)
    return content.getvalue()


def is_layer(folder: Path, packages: Path) -> bool:
    """Whether a folder is one that the CDK app built below `packages`, to be read by its name."""
    return folder.parent == packages and _NAME.fullmatch(folder.name) is not None


class LayerFolders:
    """The folders in which the workers find their layers.

    `packages` holds the built layers; other layers are unpacked, once each, into `unpacked`.
    """

    def __init__(self, packages: Path, unpacked: Path) -> None:
        self._packages = packages
        self._unpacked = unpacked
        self._unpacking = threading.Lock()

    def folder(self, content: bytes) -> Path:
        """The folder of a layer's zip. Raises FileNotFoundError if it names one that is gone."""
        built = self.built(content)
        if built is None:
            return self._unpack(content)
        if not built.is_dir():
            raise FileNotFoundError(f"The built layer {built} is gone: run `nexus up` again.")
        return built

    def built(self, content: bytes | None) -> Path | None:
        """The built layer that a zip names; None if it holds a layer itself."""
        if not content or len(content) > _LONGEST:
            return None
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as file:
                if file.namelist() != [_MEMBER]:
                    return None
                folder = self._packages / file.read(_MEMBER).decode(errors="replace")
        except zipfile.BadZipFile:
            return None
        return folder if is_layer(folder, self._packages) else None

    def _unpack(self, content: bytes) -> Path:
        folder = self._unpacked / hashlib.sha256(content).hexdigest()
        with self._unpacking:
            if not folder.exists():
                draft = folder.with_suffix(f".{os.getpid()}")
                with zipfile.ZipFile(io.BytesIO(content)) as file:
                    file.extractall(draft)  # which leads no member out of the folder
                draft.rename(folder)
        return folder


@cache
def size_of(folder: Path) -> int:
    """Bytes of all files below a built layer, which never changes; Lambda limits them."""
    return sum(
        Path(top, name).lstat().st_size for top, _, names in os.walk(folder) for name in names
    )
