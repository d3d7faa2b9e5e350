"""What is said of a brought document: its metadata, with the source's rights as groups."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict

from nexus.errors import DocumentRejected, InvalidRequest
from nexus.models import DocumentMetadata
from nexus.models.sources import Brought, Found, SourceSpec
from nexus.object_keys import encode_metadata, spelled, web_address
from nexus.ports.sources import Landing

_MOST_TITLE_CHARS = 200
# A group that nobody is given: where a source says that nobody may read a document.
NOBODY = "nobody"


def describe_anew(found: Found, kept: Brought, spec: SourceSpec, landing: Landing) -> None:
    """Has what was brought before say what is told of it now, above all who may read it.

    Its content is of before: where that cannot be fetched, its rights are not to wait for it.
    """
    metadata = described(found, spec)
    said = fingerprint(metadata)
    if kept.path and said != kept.said and landing.copy(kept.path, kept.path, metadata):
        kept.said = said


def described(found: Found, spec: SourceSpec) -> dict[str, str]:
    """The user metadata of a document. Raises DocumentRejected if it does not fit.

    A web address, title, author or date that cannot be kept is left out; a group never is.
    """
    metadata = DocumentMetadata(
        title=_line(found.title),
        author=_line(found.author),
        date=found.date or None,
        groups=groups_of(found, spec),
        url=web_address(found.url) if found.url else None,
    )
    try:
        return encode_metadata(metadata)
    except InvalidRequest:
        pass
    # Rights and the address where a citation leads; all else can be read from the document.
    least = DocumentMetadata(groups=metadata.groups, url=metadata.url)
    try:
        return encode_metadata(least)
    except InvalidRequest as err:
        raise DocumentRejected(
            "Its groups take more than the 2,048 bytes that S3 keeps beside a document: name fewer "
            "in the source's group map."
        ) from err


def groups_of(found: Found, spec: SourceSpec) -> tuple[str, ...]:
    """Who may see a document: the source's groups as the map names them, or the source's default.

    Closed wherever it is unsure: a group that the map does not name becomes one of the source's
    own, "NAME:GROUP", and where the source's rights were to be taken over and it told none, or
    nobody may read, it is "NAME:nobody".
    """
    if not (spec.own_rights or spec.group_map):
        return spec.groups
    groups = found.groups or ()
    # What the map gives to nobody in particular is everybody's: {"anonymous": []}.
    if any(spec.group_map.get(group) == () for group in groups):
        return ()
    mapped: list[str] = []
    for group in groups:
        mapped += spec.group_map.get(group, (f"{spec.name}:{spelled(group) or NOBODY}",))
    return tuple(dict.fromkeys(mapped)) or (f"{spec.name}:{NOBODY}",)


def fingerprint(metadata: Mapping[str, str]) -> str:
    """What tells metadata apart: 16 hex digits."""
    return hashlib.sha256(json.dumps(metadata, sort_keys=True).encode()).hexdigest()[:16]


def asked(spec: SourceSpec) -> str:
    """What tells apart how sources are asked, and who may see what they have."""
    told = {name: value for name, value in asdict(spec).items() if name != "secret"}
    return fingerprint({name: json.dumps(value, sort_keys=True) for name, value in told.items()})


def _line(text: str) -> str | None:
    # Lone surrogates come out of JSON, and no header can hold them.
    return spelled(text.encode(errors="ignore").decode())[:_MOST_TITLE_CHARS] or None
