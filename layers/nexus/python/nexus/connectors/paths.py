"""Where a source's document lands: a path that a key can have, and that no other document has."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable

from nexus.errors import DocumentRejected

# Bytes of a path below the prefix. Tenant and prefix take the rest of S3's 1,024.
MOST_BYTES = 700
_MOST_NAME_BYTES = 200


def clean_path(path: str) -> str:
    """A source's path without what a key should not have; "" if nothing of it is left.

    Control characters, empty parts, "." and ".." go, parts are composed (NFC), and what is too long
    is cut and told apart by a hash.
    """
    parts = [_part(part) for part in path.replace("\\", "/").split("/")]
    cleaned = "/".join(part for part in parts if part not in ("", ".", ".."))
    if len(cleaned.encode()) <= MOST_BYTES:
        return cleaned
    name = cleaned.rpartition("/")[2]
    return f"{_digest(cleaned)}/{name}"


def unique_path(wanted: str, document: str, is_taken: Callable[[str], bool]) -> str:
    """The wanted path, or if another document has it, one that the document's id tells apart.

    Raises DocumentRejected for a path of which nothing is left.
    """
    path = clean_path(wanted)
    if not path:
        raise DocumentRejected("The source gave the document no name.")
    if not is_taken(path):
        return path
    folder, slash, name = path.rpartition("/")
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    return f"{folder}{slash}{stem}~{_digest(document)[:12]}{dot}{extension}"


def _part(part: str) -> str:
    kept = "".join(char for char in part if unicodedata.category(char) not in ("Cc", "Cs"))
    kept = unicodedata.normalize("NFC", kept).strip()
    if len(kept.encode()) <= _MOST_NAME_BYTES:
        return kept
    stem, dot, extension = kept.rpartition(".")
    if not stem or len(extension.encode()) > 10:
        stem, dot, extension = kept, "", ""
    cut = stem.encode()[: _MOST_NAME_BYTES - 30].decode(errors="ignore")
    return f"{cut}~{_digest(kept)[:12]}{dot}{extension}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:24]
