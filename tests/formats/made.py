"""Files of the formats beside those of office programs, made in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_ODF_SPACES = " ".join(
    f'xmlns:{name}="{_ODF}{room}:1.0"'
    for name, room in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"),
        ("style", "style"), ("presentation", "presentation"), ("meta", "meta"),
        ("fo", "xsl-fo-compatible"),
    )
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of these files, in this order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def message(
    body: str = "",
    html: str = "",
    subject: str = "Perubahan jadwal — kelas",
    files: Mapping[str, bytes] | None = None,
) -> EmailMessage:
    """A message as a mail program saves it."""
    made = EmailMessage()
    made["Subject"] = subject
    made["From"] = "Sari Wulandari <sari@example.org>"
    made["To"] = "staf@example.org"
    made["Date"] = "Mon, 02 Mar 2026 09:00:00 +0700"
    made.set_content(body or "Isi.")
    if html:
        made.add_alternative(html, subtype="html")
    for name, content in (files or {}).items():
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made


def mhtml(page: bytes, encoding: str = "quoted-printable", charset: str = "utf-8") -> bytes:
    """A page as a browser saves it in one file; `page` is encoded already."""
    lines = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://campus.example/fees\r\n"
        "Subject: Fees\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\n'
        f"Content-Type: text/html; charset={charset}\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    rest = (
        "\r\n--b\r\nContent-Type: text/css\r\nContent-Location: cid:css-1\r\n\r\n"
        "body { color: STYLESHEET }\r\n--b--\r\n"
    )
    return lines.encode() + page + rest.encode()


def epub(
    chapters: Mapping[str, str],
    titles: Mapping[str, str] | None = None,
    extra: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A book of these chapters, by file name, with a table of contents."""
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="i{n}"/>' for n in range(len(chapters)))
    entries = "".join(f'<li><a href="{k}">{v}</a></li>' for k, v in (titles or {}).items())
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Panduan Asrama</dc:title></metadata>'
        f'<manifest>{items}<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" '
        f'properties="nav"/></manifest><spine><itemref idref="nav"/>{spine}</spine></package>'
    )
    nav = f'<html xmlns="http://www.w3.org/1999/xhtml"><body><nav><ol>{entries}</ol></nav></body></html>'
    pages = {
        f"OEBPS/{name}": f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>'
        for name, body in chapters.items()
    }
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "OEBPS/book.opf": package,
            "OEBPS/nav.xhtml": nav,
            **pages,
            **(extra or {}),
        }
    )


def rtf(body: str) -> bytes:
    """A rich text as Word writes it."""
    head = (
        r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}}"
        r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2 heading 2;}}"
        r"{\info{\title Panduan}{\author Nobody}}{\header RUNNING HEADER}\pard\plain "
    )
    return (head + body + "}").encode("latin-1")


def open_document(
    body: str, styles: str = "", kind: str = "text", title: str = "", named: str = ""
) -> bytes:
    """A text or presentation of this XML; `styles` are automatic ones, `named` the file's own."""
    content = (
        f"<office:document-content {_ODF_SPACES}>"
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
        "</office:document-content>"
    )
    meta = (
        f"<office:document-meta {_ODF_SPACES}><dc:title>{title}</dc:title></office:document-meta>"
    )
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": content,
            "styles.xml": f"<office:document-styles {_ODF_SPACES}><office:styles>{named}"
            "</office:styles></office:document-styles>",
            "meta.xml": meta,
        }
    )
