"""How documents are named in the bucket, and how their metadata is spelled there.

A document is the object `documents/{tenant}/{path}`. What its uploader says of it travels as S3
user metadata (`x-amz-meta-title, -author, -department, -date, -tags, -groups, -url`), which may
hold only ASCII: values are percent-encoded UTF-8 where they need it, so plain ASCII stays as typed,
but for a web address, which has escapes of its own and stands as it is. Tags and groups are
separated by commas; a comma inside one is `%2C`.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import string
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

from nexus.errors import InvalidRequest, NotFound
from nexus.models import DocumentMetadata

DOCUMENTS_PREFIX = "documents/"
MAX_KEY_BYTES = 1024  # S3's limit on a key
GROUPS = "groups"
METADATA_NAMES = frozenset({"title", "author", "department", "date", "tags", GROUPS, "url"})
MAX_METADATA_BYTES = 2048  # S3's limit on all names and values of an object's user metadata

_TENANT = re.compile(r"[a-z0-9-]{1,64}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Printable ASCII that may stay as it is: all but "%", which starts an escape.
_SAFE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")
_SAFE_IN_LIST = _SAFE.replace(",", "")
_SAFE_IN_ADDRESS = "".join(chr(code) for code in range(0x21, 0x7F))

MOST_ADDRESS_CHARS = 1_000
# What no web address holds as it is (RFC 3986, appendix A), and what would end one in HTML.
_FOREIGN = re.compile(r"[\s\x00-\x1f\x7f\"<>\\^`{|}\ud800-\udfff]")
_HOST = frozenset(string.ascii_letters + string.digits + ".-_:")


def tenant_prefix(tenant: str) -> str:
    """The beginning of every key of a tenant. Raises InvalidRequest naming `tenant`."""
    if not _TENANT.fullmatch(tenant):
        raise InvalidRequest("A tenant is 1 to 64 of a-z, 0-9 and '-'.", "tenant")
    return f"{DOCUMENTS_PREFIX}{tenant}/"


def object_key(tenant: str, path: str) -> str:
    """The key of a tenant's document. Raises InvalidRequest naming `tenant` or `path`."""
    key = tenant_prefix(tenant) + path
    if not path or path.endswith("/"):
        raise InvalidRequest("A document's path is not empty and does not end with '/'.", "path")
    if path != _without_controls(path):
        raise InvalidRequest("A document's path holds no control characters.", "path")
    if len(key.encode()) > MAX_KEY_BYTES:
        raise InvalidRequest(f"A document's key is at most {MAX_KEY_BYTES} bytes long.", "path")
    return key


def parse_key(key: str) -> tuple[str, str]:
    """The tenant and the path that a key names. Raises NotFound if it names no document."""
    tenant, slash, path = key.removeprefix(DOCUMENTS_PREFIX).partition("/")
    try:
        if slash and object_key(tenant, path) == key:
            return tenant, path
    except InvalidRequest as err:
        raise NotFound("The key does not name a document.") from err
    raise NotFound("The key does not name a document.")


def document_id(tenant: str, path: str) -> str:
    """A document's id: 24 hex digits that stay the same for its key."""
    return hashlib.sha256(f"{tenant}/{path}".encode()).hexdigest()[:24]


def encode_metadata(metadata: DocumentMetadata) -> dict[str, str]:
    """S3 user metadata (without `x-amz-meta-`) that says the same; empty fields are left out.

    Raises InvalidRequest naming `date` if it is not YYYY-MM-DD, `groups` if one of them is empty,
    `url` if it is no web address, or `metadata` if the whole is over S3's 2,048 bytes.
    """
    if metadata.date is not None and not _is_date(metadata.date):
        raise InvalidRequest("A document's date is a calendar date as YYYY-MM-DD.", "date")
    if not all(map(spelled, metadata.groups)):
        raise InvalidRequest("A group is a name: it does not only hold blanks.", "groups")
    if metadata.url and web_address(metadata.url) is None:
        raise InvalidRequest(
            "A document's web address begins with http:// or https://, names a host and no user, "
            "and is at most 1,000 characters long.",
            "url",
        )
    values = {
        "title": _encode(metadata.title or "", _SAFE),
        "author": _encode(metadata.author or "", _SAFE),
        "department": _encode(metadata.department or "", _SAFE),
        "date": metadata.date or "",
        "tags": _encode_list(metadata.tags),
        GROUPS: _encode_list(metadata.groups),
        "url": web_address(metadata.url or "") or "",
    }
    encoded = {name: value for name, value in values.items() if value}
    if sum(len(name) + len(value) for name, value in encoded.items()) > MAX_METADATA_BYTES:
        raise InvalidRequest(
            f"A document's metadata is at most {MAX_METADATA_BYTES} bytes when encoded.", "metadata"
        )
    return encoded


def decode_metadata(values: Mapping[str, str]) -> DocumentMetadata:
    """What an object's user metadata says; what is unknown or invalid is dropped.

    No group is: one that nobody can have, such as an empty one, closes the document to everybody.
    """
    known = {name.lower(): value for name, value in values.items()}
    date = known.get("date", "").strip()
    tags = (_decode(tag) for tag in known.get("tags", "").split(","))
    return DocumentMetadata(
        title=_decode(known.get("title", "")) or None,
        author=_decode(known.get("author", "")) or None,
        department=_decode(known.get("department", "")) or None,
        date=date if _is_date(date) else None,
        tags=tuple(dict.fromkeys(filter(None, tags))),
        url=web_address(known.get("url", "")),
        groups=_decode_groups(known.get(GROUPS, "")),
    )


def web_address(text: str) -> str | None:
    """The address in ASCII, if it is a whole one of http or https; else None.

    One that names a user is none: it hides where it leads. At most 1,000 characters.
    """
    text = text.strip()
    if len(text) > MOST_ADDRESS_CHARS or _FOREIGN.search(text):
        return None
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:  # a UnicodeError is one, too
        return None
    if parts.scheme not in ("http", "https") or not host or not set(host) <= _HOST:
        return None
    if "@" in parts.netloc:
        return None
    place = f"[{host}]" if ":" in host else host
    address = parts._replace(netloc=f"{place}{port}").geturl()
    whole = quote(address, safe=_SAFE_IN_ADDRESS)
    return whole if len(whole) <= MOST_ADDRESS_CHARS else None


def spelled(name: str) -> str:
    """The one spelling in which a title, a department, a tag or a group is kept.

    That is one line without control characters and outer blanks, composed as most systems write it
    (NFC): macOS sends accents decomposed.
    """
    # Titles and tags end up in tables and prompts.
    words = filter(None, map(_without_controls, name.split()))
    return unicodedata.normalize("NFC", " ".join(words))


def compared(name: str) -> str:
    """The form in which departments, tags and groups are compared: its one spelling, in no case.

    Two names that Unicode holds for a canonical caseless match are equal (Unicode Standard, 3.13).
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", spelled(name)).casefold())


def _encode_list(values: tuple[str, ...]) -> str:
    return ",".join(filter(None, (_encode(value, _SAFE_IN_LIST) for value in values)))


def _decode_groups(value: str) -> tuple[str, ...]:
    # What is nothing once it is spelled stays as it was sent: without it, the document would be
    # everybody's.
    value = value.strip()
    parts = (part.strip() for part in value.split(","))
    groups = tuple(dict.fromkeys(_decode(part) or part for part in parts if part))
    return groups or ((value,) if value else ())


def _encode(value: str, safe: str) -> str:
    return quote(spelled(value), safe=safe)


def _decode(value: str) -> str:
    return spelled(unquote(value))


def _without_controls(value: str) -> str:
    return "".join(char for char in value if unicodedata.category(char) != "Cc")


def _is_date(value: str) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True
