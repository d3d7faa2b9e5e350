"""Mending a damaged office file takes little time and memory, and refuses nothing read before."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable

import pytest
from docx import Document
from lxml import etree

from nexus.ingestion.parsing.mending import mended
from nexus.ingestion.parsing.recovered_xml import is_well_formed, rewritten, up_to_the_fault
from tests.unit.documents_made import lines, read

_RELATIONS = "word/_rels/document.xml.rels"


def _changed(change: Callable[[str, bytes], bytes], **added: bytes) -> bytes:
    """A document of one paragraph with each part as `change` makes it."""
    document, saved, into = Document(), io.BytesIO(), io.BytesIO()
    document.add_paragraph("Boats moor at pier nine.")
    document.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, part in added.items():
            new.writestr(name, part)
    return into.getvalue()


def _cut(name: str, part: bytes) -> bytes:
    return part[:-60] if name == "word/document.xml" else part


def test_a_comment_among_the_relationships_stops_nothing():
    def change(name: str, part: bytes) -> bytes:
        part = part.replace(b"<Relationship ", b"<!-- x --><?y z?><Relationship ", 1)
        return _cut(name, part)

    found = read(_changed(change), "a.docx")
    assert lines(found) == ["Boats moor at pier nine."]
    assert [one.where for one in found.warnings] == ["part word/document.xml"]


@pytest.mark.parametrize("target", [b"Styles.XML", b"%73tyles.xml", b"/Word\\styles.xml"])
def test_a_part_that_is_named_in_another_case_or_escaped_is_found(target: bytes):
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b'"styles.xml"', b'"' + target + b'"') if name == _RELATIONS else part

    content, warnings = mended(_changed(lambda name, part: _cut(name, change(name, part))))
    assert [one.where for one in warnings] == ["part word/document.xml"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b'Target="/word/styles.xml"' in archive.read(_RELATIONS)
        assert b"customXml" in archive.read(_RELATIONS)
    assert lines(read(_changed(change), "a.docx")) == ["Boats moor at pier nine."]


def test_what_is_rewritten_is_the_same_xml():
    part = (
        b'<?xml version="1.0"?><!-- c --><a xmlns="u:1" xmlns:w="u:2" w:q="&quot;&#10;&lt;">'
        b'<w:b xml:space="preserve" xmlns:w="u:3" w:n="1"> x &amp; <c/>&#13;</w:b><w:d/></a>'
    )
    found, count = rewritten((part,), 100)
    assert etree.tostring(etree.fromstring(found), method="c14n", with_comments=False) == (
        etree.tostring(etree.fromstring(part), method="c14n", with_comments=False)
    )
    assert count == 4


@pytest.mark.parametrize(
    ("part", "kept"),
    [
        (b"<a><b>one & two</b><c>three</c></a>", b"three"),
        (b"<a><b>one</b><c:", b"one"),
        (b"<a><b>one\x01</b><w:c>three</w:c></a>", b"three"),
        (b"<a><b>one</b></wrong><c>three</c>", b"one"),
    ],
)
def test_damaged_xml_is_read_on_as_far_as_it_goes(part: bytes, kept: bytes):
    found, _ = rewritten((part,), 100)
    assert kept in found
    assert is_well_formed((found,))


def test_a_part_of_more_elements_than_are_rewritten_is_kept_up_to_its_fault():
    part = b"<d>" + b"<r><v>1</v></r>" * 200 + b"<r>& <v>2</v>"
    assert rewritten((part,), 100)[0] == b""
    blocks = [part[at : at + 7] for at in range(0, len(part), 7)]
    assert up_to_the_fault(blocks) == b"<d>" + b"<r><v>1</v></r>" * 200 + b"</d>"


def test_a_part_with_a_dtd_is_left_as_it_is():
    assert is_well_formed((b'<!DOCTYPE a [<!ENTITY e "', b'x">]><a>&e;', b"</b>"))


def test_mending_a_part_of_millions_of_elements_takes_little_memory():
    program = (
        "import io, resource, zipfile; from nexus.ingestion.parsing.mending import mended;"
        "f = io.BytesIO(); z = zipfile.ZipFile(f, 'w', zipfile.ZIP_DEFLATED);"
        "z.writestr('word/document.xml', '<d>' + '<a/>' * 2_000_000); z.close();"
        "import lxml.etree; size = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "before = size(); mended(f.getvalue()); print((size() - before) // 1024)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert int(ran.stdout) < 150  # megabytes; its tree takes 500


def test_ten_thousand_relationships_to_nothing_are_told_once_each():
    gone = b"".join(
        b'<Relationship Id="z%d" Type="t" Target="g%d"/>' % (n, n) for n in range(9_999)
    )

    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"</Rel", gone + b"</Rel") if name == _RELATIONS else part

    found = read(_changed(change), "a.docx")
    assert lines(found) == ["Boats moor at pier nine."]
    assert len(found.warnings) <= 50


def test_once_enough_was_rewritten_no_further_part_is_looked_at_that_closely(
    monkeypatch: pytest.MonkeyPatch,
):
    looked_at: list[int] = []

    def counted(*given, **named):
        looked_at.append(given[1])
        return rewritten(*given, **named)

    monkeypatch.setattr("nexus.ingestion.parsing.mending._MOST_ELEMENTS", 1_000)
    monkeypatch.setattr("nexus.ingestion.parsing.mending.rewritten", counted)
    broken = b"<a>" + b"<b/>" * 2_000
    mended(_changed(lambda _, part: part, **{f"word/{at}.xml": broken for at in range(9)}))
    assert looked_at == [1_000]


def test_declaring_many_prefixes_at_each_element_counts_as_many_elements():
    declared = b" ".join(b"xmlns:p%d='u%d'" % (at, at) for at in range(150))
    part = b"<a %s>" % declared + b"<b xmlns:q='v'/>" * 1_000
    assert rewritten([part], 5_000) == (b"", rewritten([part], 5_000)[1])


def test_elements_open_by_the_million_take_little_memory():
    code = (
        "import resource\n"
        "from nexus.ingestion.parsing.recovered_xml import is_well_formed, up_to_the_fault\n"
        "from nexus.ingestion.parsing import sheet_notes\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "part = b'<a>' * 3_000_000\n"
        "assert not is_well_formed([part]) and not up_to_the_fault([part])\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 150
