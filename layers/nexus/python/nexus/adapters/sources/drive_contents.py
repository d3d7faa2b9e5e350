"""Fetches a file of Google Drive: as it is, or exported where it is of a kind of Google's own.

https://developers.google.com/workspace/drive/api/guides/manage-downloads (alt=media, and 10 MB of
an export at most), .../guides/ref-export-formats and .../guides/handle-errors; `exportLinks`:
https://developers.google.com/workspace/drive/api/reference/rest/v3/files.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx2

from nexus.adapters.sources.calling import SERVICE, Caller, Refusal
from nexus.errors import DocumentRejected, DocumentTooLarge, UpstreamUnavailable
from nexus.models.sources import Fetched

_OFFICE = "application/vnd.openxmlformats-officedocument"
# What Google's own documents are exported as; others of its kinds hold no text to search.
EXPORTS = {
    "application/vnd.google-apps.document": f"{_OFFICE}.wordprocessingml.document",
    "application/vnd.google-apps.spreadsheet": f"{_OFFICE}.spreadsheetml.sheet",
    "application/vnd.google-apps.presentation": f"{_OFFICE}.presentationml.presentation",
}
# A file's name in Drive is any title, with an extension or without: its type tells it, too.
EXTENSIONS = {
    **dict(zip(EXPORTS, ("docx", "xlsx", "pptx"), strict=True)),
    **dict(zip(EXPORTS.values(), ("docx", "xlsx", "pptx"), strict=True)),
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/epub+zip": "epub",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "text/plain": "txt",
    "text/markdown": "md",
    "text/html": "html",
    "text/csv": "csv",
}
_NOT_GIVEN = {
    "cannotDownloadFile": "Its owner lets nobody who only reads it download it.",
    "cannotDownloadAbusiveFile": "Google calls it malware or spam, and gives it to nobody.",
    "cannotExportFile": "Its owner lets nobody who only reads it export it.",
    "fileNotDownloadable": "It has no content that could be downloaded.",
    "fileNotExportable": "It is of a kind that Google exports in no format that is read here.",
    "insufficientFilePermissions": "The source's account may see that it is there, not read it.",
}
_TOO_LARGE = "exportSizeLimitExceeded"
# Where the links lead that export what is over 10 MB: credentials go to no other host.
_EXPORT_HOST = ("https", "docs.google.com")


def content(caller: Caller, address: str, kind: str) -> Fetched | None:
    """The bytes of the file that an address of the API names; None if it is gone.

    Raises DocumentTooLarge, and DocumentRejected for what nobody may download.
    """
    target = EXPORTS.get(kind)
    if target is None:
        url = httpx2.URL(address, params={"alt": "media", "supportsAllDrives": "true"})
    else:
        url = httpx2.URL(f"{address}/export", params={"mimeType": target})
    try:
        got = caller.content(str(url))
    except Refusal as err:
        if err.reason in _NOT_GIVEN:
            raise DocumentRejected(_NOT_GIVEN[err.reason]) from err
        if err.reason != _TOO_LARGE or target is None:
            raise
        got = _by_link(caller, address, target)
    return None if got is None else Fetched(got[0], target or got[1])


def _by_link(caller: Caller, address: str, target: str) -> tuple[bytes, str] | None:
    """An export of more than the 10 MB that the API gives, by the link that Drive tells for it."""
    told = caller.maybe_json(address, supportsAllDrives="true", fields="exportLinks")
    if told is None:
        return None
    links = told.get("exportLinks")
    link = str(links.get(target, "")) if isinstance(links, dict) else ""
    if _place(link) not in (_EXPORT_HOST, _place(address)):
        raise DocumentTooLarge("Google exports 10 MB of it at most: make it smaller.")
    got = caller.content(link)
    if got is not None and not got[1].startswith(target):
        # Where credentials are not taken, a page to sign in comes in the document's place.
        raise UpstreamUnavailable(SERVICE, "Google answered an export with something else.")
    return got


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
