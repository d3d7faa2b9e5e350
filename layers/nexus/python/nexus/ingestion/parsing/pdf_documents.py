"""Opens PDFs with PDFium: once for all that is read of one, where its source is kept open."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nexus.errors import EncryptedDocument
from nexus.ingestion.parsing.pdf_layers import Layers
from nexus.ingestion.parsing.pdf_lines import Page
from nexus.ingestion.parsing.sources import WatchedSource

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

# PDFium keeps global state: two threads in it at once crash the process.
PDFIUM = threading.Lock()
# A smaller file is read at once, which is faster than PDFium's many reads.
_SMALL = 8 * 1024 * 1024
# A larger one is not looked through for what PDFium does not tell.
_SEARCHED = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class OpenPdf:
    """An open PDF, its layers, and pages that the next part needs again.

    These are by their index from 0, and whether they were asked which lines are bold.
    """

    document: PdfDocument
    layers: Layers
    pages: dict[tuple[int, bool], Page] = field(default_factory=dict)


@contextmanager
def opened(source: WatchedSource, size: int) -> Iterator[OpenPdf]:
    """The PDF, open until the end or as long as its source is kept; `PDFIUM` is to be held."""
    if source.closing is None:
        pdf = _open(source, size)
        try:
            yield pdf
        finally:
            pdf.document.close()
        return
    if source.opened is None:
        source.opened = _open(source, size)
        source.closing.callback(_close, source.opened)
    yield source.opened


def _open(source: WatchedSource, size: int) -> OpenPdf:
    import pypdfium2
    from pypdfium2 import raw

    content = source.stretch(0, size) if size <= _SMALL else source
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as err:
        if err.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise EncryptedDocument(
                "The file is protected by a password: remove the protection and upload it again."
            ) from err
        raise
    return OpenPdf(document, Layers(lambda: source.stretch(0, size) if size <= _SEARCHED else None))


def _close(pdf: OpenPdf) -> None:
    with PDFIUM:
        pdf.document.close()
