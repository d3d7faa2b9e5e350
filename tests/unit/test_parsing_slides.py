"""Slides are read as they are shown: any chart, diagrams, boxes in versions; not what is hidden."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pptx
import pytest
from pptx.chart.data import BubbleChartData, CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml import parse_xml
from pptx.util import Inches, Pt

from nexus.errors import EmptyDocument
from nexus.ingestion.parsing import parse
from nexus.models import ParsedDocument
from tests.unit.documents_made import LIMIT, lines, read

_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_D = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_BOX = (Inches(1), Inches(3), Inches(4), Inches(1))


def deck() -> tuple[Any, Any]:
    """A presentation with one slide that has a title and a text."""
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = "Mahasiswa"
    slide.shapes.add_textbox(Inches(1), Inches(2), Inches(4), Inches(0.5)).text_frame.text = "Naik."
    return made, slide


def saved(made: Any) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def of(made: Any) -> ParsedDocument:
    return read(saved(made), "a.pptx")


@pytest.mark.parametrize(
    "renamed",
    [
        "bar3DChart",
        "line3DChart",
        "pie3DChart",
        "area3DChart",
        "surfaceChart",
        "surface3DChart",
        "ofPieChart",
        "stockChart",
    ],
)
def test_a_chart_of_any_kind_says_its_numbers(renamed: str) -> None:
    made, slide = deck()
    data = CategoryChartData()
    data.categories = ["2025", "2026"]
    data.add_series("Hukum", (110, 123.5))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *_BOX, data).chart
    plot = chart._chartSpace.find(f".//{{{chart._chartSpace.nsmap['c']}}}barChart")
    plot.tag = plot.tag.replace("barChart", renamed)
    assert lines(of(made)) == ["Naik.", "2025; Hukum: 110", "2026; Hukum: 123.5"]


def test_points_of_a_chart_that_are_missing_or_no_numbers_say_nothing() -> None:
    made, slide = deck()
    data = CategoryChartData(number_format="0%")
    data.categories = ["A", "B", "C"]
    data.add_series("x", (0.25, None, 0.5))
    data.add_series("y", (None, None, 1))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.LINE, *_BOX, data).chart
    point = next(chart._chartSpace.iter(f"{{{chart._chartSpace.nsmap['c']}}}val"))
    next(point.iter(f"{{{chart._chartSpace.nsmap['c']}}}v")).text = "#DIV/0!"
    assert lines(of(made)) == ["Naik.", "C; x: 50%; y: 100%"]


def test_scattered_and_nested_categories_are_read() -> None:
    made, slide = deck()
    points = XyChartData()
    points.add_series("Harga").add_data_point(1.5, 20)
    slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *_BOX, points)
    bubbles = BubbleChartData()
    bubbles.add_series("Kota").add_data_point(2, 30, 5)
    slide.shapes.add_chart(XL_CHART_TYPE.BUBBLE, *_BOX, bubbles)
    nested = CategoryChartData()
    law = nested.add_category("Hukum")
    law.add_sub_category("S1")
    law.add_sub_category("S2")
    nested.add_series("Kuota", (40, 7))
    slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *_BOX, nested)
    assert lines(of(made)) == [
        "Naik.", "1.5; Harga: 20", "2; Kota: 30", "Hukum S1; Kuota: 40", "Hukum S2; Kuota: 7",
    ]  # fmt: skip


def test_a_chart_without_numbers_is_warned_of_and_fails_nothing() -> None:
    made, slide = deck()
    data = CategoryChartData()
    data.categories = ["2025"]
    data.add_series("Hukum", (110,))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.PIE, *_BOX, data).chart
    for series in list(chart._chartSpace.iter(f"{{{chart._chartSpace.nsmap['c']}}}ser")):
        series.getparent().remove(series)
    found = of(made)
    assert lines(found) == ["Naik."]
    assert [(one.what, one.where) for one in found.warnings] == [("a chart is not read", "slide 1")]


def test_a_damaged_chart_fails_nothing() -> None:
    made, slide = deck()
    data = CategoryChartData()
    data.categories = ["2025"]
    data.add_series("Hukum", (110,))
    slide.shapes.add_chart(XL_CHART_TYPE.PIE, *_BOX, data)
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(made))) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part[: len(part) // 3] if "charts/chart" in name else part)
    found = read(broken.getvalue(), "a.pptx")
    assert lines(found)[0] == "Naik."
    assert "ppt/charts/chart" in found.warnings[0].where


def test_a_damaged_slide_fails_nothing() -> None:
    made, _ = deck()
    broken = made.slides.add_slide(made.slide_layouts[6])
    tree = broken._element.find(f"{{{_P}}}cSld")
    tree.remove(tree.find(f"{{{_P}}}spTree"))
    found = of(made)
    assert lines(found) == ["Naik."]
    assert [(one.what, one.where) for one in found.warnings] == [
        ("the slide is damaged and not read", "slide 2")
    ]


def _diagram(slide: Any, data: str) -> None:
    from pptx.opc.package import Part
    from pptx.opc.packuri import PackURI

    xml = f'<dgm:dataModel xmlns:dgm="{_D}" xmlns:a="{_A}">{data}</dgm:dataModel>'.encode()
    part = Part(PackURI("/ppt/diagrams/data7.xml"), "application/xml", slide.part.package, xml)
    name = slide.part.relate_to(part, "http://schemas.openxmlformats.org/x/diagramData")
    slide.shapes._spTree.append(
        parse_xml(
            f'<p:graphicFrame xmlns:p="{_P}" xmlns:a="{_A}"><p:nvGraphicFramePr><p:cNvPr id="99" '
            'name="D"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="0" '
            'y="0"/><a:ext cx="1" cy="1"/></p:xfrm><a:graphic><a:graphicData uri="x"><dgm:relIds '
            f'xmlns:dgm="{_D}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
            f'relationships" r:dm="{name}"/></a:graphicData></a:graphic></p:graphicFrame>'
        )
    )


def _point(name: str, text: str, kind: str = "node") -> str:
    return (
        f'<dgm:pt modelId="{name}" type="{kind}"><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p>'
        "</dgm:t></dgm:pt>"
    )


def _link(parent: str, child: str, order: int) -> str:
    return (
        f'<dgm:cxn modelId="{parent}{child}" srcId="{parent}" destId="{child}" srcOrd="{order}"/>'
    )


def test_a_diagram_keeps_what_hangs_on_what() -> None:
    made, slide = deck()
    _diagram(
        slide,
        "<dgm:ptLst>" + _point("0", "", "doc") + _point("1", "Rektor") + _point("3", "Dekan B")
        + _point("2", "Dekan A") + _point("4", "Prodi") + _point("9", "unseen", "pres")
        + "</dgm:ptLst><dgm:cxnLst>" + _link("0", "1", 0) + _link("1", "3", 1) + _link("1", "2", 0)
        + _link("2", "4", 0) + "</dgm:cxnLst>",
    )  # fmt: skip
    assert lines(of(made)) == ["Naik.", "Rektor\n  Dekan A\n    Prodi\n  Dekan B"]


@pytest.mark.parametrize(
    "data",
    [
        "<dgm:ptLst>" + _point("1", "Rektor") + "</dgm:ptLst>",
        "<dgm:ptLst>" + _point("1", "Rektor") + "</dgm:ptLst><dgm:cxnLst>" + _link("1", "1", 0)
        + "</dgm:cxnLst>",
    ],
)  # fmt: skip
def test_a_diagram_without_links_or_in_a_circle_is_read_once(data: str) -> None:
    made, slide = deck()
    _diagram(slide, data)
    assert lines(of(made)) == ["Naik.", "Rektor"]


def test_a_box_in_two_versions_with_a_formula_is_read_once() -> None:
    made, slide = deck()
    box = (
        '<p:sp><p:nvSpPr><p:cNvPr id="{0}" name="T"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>'
        "<p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>Kapasitas </a:t></a:r>{1}</a:p></p:txBody>"
        "</p:sp>"
    )
    m = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    formula = (
        f'<a14:m xmlns:a14="urn:a14"><m:oMath xmlns:m="{m}"><m:f><m:num><m:r><m:t>V</m:t></m:r>'
        "</m:num><m:den><m:r><m:t>t</m:t></m:r></m:den></m:f></m:oMath></a14:m>"
    )
    slide.shapes._spTree.append(
        parse_xml(
            '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/'
            f'2006" xmlns:p="{_P}" xmlns:a="{_A}"><mc:Choice Requires="a14">'
            f"{box.format(31, formula)}</mc:Choice><mc:Fallback>{box.format(31, '')}</mc:Fallback>"
            "</mc:AlternateContent>"
        )
    )
    assert lines(of(made)) == ["Naik.", "Kapasitas V/t"]


def test_automatic_numbers_stand_where_the_slide_shows_them() -> None:
    made, slide = deck()
    frame = slide.shapes.add_textbox(*_BOX).text_frame
    for at, (text, kind, level) in enumerate([
        ("satu", "arabicPeriod", 0), ("dua", "arabicPeriod", 0), ("rinci", "alphaLcParenBoth", 1),
        ("tiga", "arabicPeriod", 0), ("bebas", "", 0), ("lain", "romanUcParenR", 0),
    ]):  # fmt: skip
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.text = text
        paragraph.level = level
        if kind:
            numbering = parse_xml(f'<a:buAutoNum xmlns:a="{_A}" type="{kind}"/>')
            paragraph._p.get_or_add_pPr().append(numbering)
    assert lines(of(made))[1] == "1. satu\n2. dua\n(a) rinci\n3. tiga\nbebas\nI) lain"


def _hidden(slide: Any) -> Any:
    box = slide.shapes.add_textbox(Inches(1), Inches(4), Inches(4), Inches(1))
    box.text_frame.text = "rahasia 777"
    return box


def _off(slide: Any) -> None:
    _hidden(slide).left = Inches(-9)


def _below(slide: Any) -> None:
    _hidden(slide).top = Inches(30)


def _switched_off(slide: Any) -> None:
    _hidden(slide)._element.nvSpPr.cNvPr.set("hidden", "1")


def _white(slide: Any) -> None:
    _hidden(slide).text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor(255, 255, 255)


def _tiny(slide: Any) -> None:
    _hidden(slide).text_frame.paragraphs[0].runs[0].font.size = Pt(1)


@pytest.mark.parametrize("hide", [_off, _below, _switched_off, _white, _tiny])
def test_what_nobody_sees_on_a_slide_is_left_out_and_said_so(hide: Any) -> None:
    made, slide = deck()
    hide(slide)
    found = of(made)
    assert lines(found) == ["Naik."]
    assert [one.where for one in found.warnings] == ["slide 1"]
    asked = parse(
        saved(made), "a.pptx", "", max_bytes=LIMIT, max_unpacked_bytes=LIMIT, read_hidden=True
    )
    assert lines(asked) == ["Naik.", "rahasia 777"]


def _filled(slide: Any) -> None:
    box = _hidden(slide)
    box.fill.solid()
    box.fill.fore_color.rgb = RGBColor(0, 0, 90)
    box.text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor(255, 255, 255)


def _on_a_shape(slide: Any) -> None:
    slide.shapes.add_shape(1, Inches(0), Inches(3), Inches(9), Inches(3))
    _white(slide)


def _on_a_dark_background(slide: Any) -> None:
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = RGBColor(0, 0, 90)
    _white(slide)


@pytest.mark.parametrize("show", [_filled, _on_a_shape, _on_a_dark_background])
def test_white_letters_on_something_dark_are_read(show: Any) -> None:
    made, slide = deck()
    show(slide)
    assert "rahasia 777" in lines(of(made))


def test_a_slide_of_pictures_alone_is_refused_by_that_name() -> None:
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    slide.shapes.add_picture(io.BytesIO(_PNG), 0, 0, Inches(9), Inches(6))
    with pytest.raises(EmptyDocument, match=r"Slide 1: a picture is not read .*OCR"):
        of(made)


_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)
