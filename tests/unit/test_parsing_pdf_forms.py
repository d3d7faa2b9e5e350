"""What a PDF paints by way of forms is hidden or not as what it paints; attached files are told."""

from __future__ import annotations

import io

import pypdfium2  # type: ignore[import-untyped]
import pytest

from tests.unit.documents_made import lines, pdf, read

_RESOURCES = (
    "/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    " /ExtGState << /Clear << /ca 0 >> >> /XObject << /X {inner} 0 R >> >>"
)
_BOX = "[0 0 595 842]"


def _words(y: int, words: str) -> str:
    return f"BT /F 12 Tf 60 {y} Td ({words}) Tj ET "


def page_of_forms(depth: int, drawings: int) -> bytes:
    """A page whose form holds a form, so deep, of which the last says something and hides more."""
    kinds = [f"/Type /XObject /Subtype /Form /BBox {_BOX} "] * depth
    streams = ["/X Do " for _ in range(depth - 1)]
    streams.append(
        "".join(f"{20 + at} 20 10 10 re f " for at in range(drawings))
        + _words(700, "Valid until June.")
        + "/Clear gs "
        + _words(650, "For ever.")
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox {_BOX} /Contents 4 0 R "
        f"{_RESOURCES.format(inner=5)} >>",
    ]
    for number, (kind, stream) in enumerate(
        zip(["", *kinds], [_words(740, "Offer") + "/X Do", *streams], strict=True), 5
    ):
        known = _RESOURCES.format(inner=number) if kind else ""
        objects.append(f"<< {kind}{known} /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body = "".join(f"{at} 0 obj\n{one}\nendobj\n" for at, one in enumerate(objects, 1))
    return f"%PDF-1.7\n{body}trailer\n<< /Root 1 0 R >>\n%%EOF\n".encode()


@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize("drawings", [0, 400])
def test_transparent_words_in_forms_are_left_out_and_the_others_read(depth: int, drawings: int):
    document = read(page_of_forms(depth, drawings))
    assert lines(document) == ["Offer", "Valid until June."]
    assert [one.what for one in document.warnings] == ["hidden text is left out"]


def test_files_that_are_attached_to_a_pdf_are_told() -> None:
    document = pypdfium2.PdfDocument(pdf([[(700, "The cover letter of a tender.")]]))
    document.new_attachment("prices.csv").set_data(b"Lot,Bid\n1,5200\n")
    file = io.BytesIO()
    document.save(file)
    found = read(file.getvalue(), "a.pdf")
    assert lines(found) == ["The cover letter of a tender."]
    assert [(one.what, one.where) for one in found.warnings] == [
        ("attached files are not read", "prices.csv")
    ]
