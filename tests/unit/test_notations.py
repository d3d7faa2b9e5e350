"""However a model marks its sources, they become canonical markers; nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.answering.citations import Citation, citations_in
from nexus.answering.notations import canonical

SAID = "The fine is IDR 1,000 per day"


@pytest.mark.parametrize(
    ("written", "marker"),
    [
        # Canonical, and close to it.
        *((same, same) for same in ("[1]", "[2.3]", "[2.3-4]", "[1][2]", "[1.2][3.1-2]")),
        *((one, "[1]") for one in ("【1】", "［１］", "〔1〕", "〖1〗", "[ 1 ]", "`[1]`")),
        ("[**1**]", "[1]"),
        *((one, "[1]") for one in ("【1†source】", "[1†source]", "【1:3†L1-L4】", "【1†L10-L12】")),
        *((one, "[1]") for one in ("[[1]]", "\\[1\\]", "[^1]", "[^1^]", "^[1]", "[#1]", "[@1]")),
        *((one, "[1]") for one in ("[1](#p1)", "[1](https://x.org/a)", "[[1]](#p1)", "[1]()")),
        *((one, "[1]") for one in ("<sup>1</sup>", "<sup>[1]</sup>", "<cite>1</cite>", "¹", "^1^")),
        *((one, "[1]") for one in ("<ref>1</ref>", '<ref id="1"/>', "\\cite{1}", "$^{1}$", "①")),
        # With a word before the number.
        *((one, "[1]") for one in ("[Passage 1]", "[passage: 1]", "[doc1]", "[Doc. 1]", "[doc_1]")),
        *((one, "[1]") for one in ("[Source 1]", "[Quelle 1]", "[Sumber 1]", "[fuente 1]")),
        ("[来源1]", "[1]"),
        *((one, "[1]") for one in ("[cite: 1]", "[citation:1]", "[ref 1]", "[Document #1]")),
        *((one, "[1]") for one in ("(Passage 1)", "(passage 1)", "(Source: 1)", "(see passage 1)")),
        *((one, "[1]") for one in ("(1)", "（1）", "(doc 1)", "(siehe Quelle 1)")),
        ("(lihat Sumber 1)", "[1]"),
        *((one, "[1]") for one in ("([1])", "(see [1])", "*[1]*", "**[1]**", "[S1]", "[P1]")),
        ('[passage number="1"]', "[1]"),
        # Several.
        *((one, "[1][2]") for one in ("([1], [2])", "[1], [2]", "**[1][2]**", "[1] and [2]")),
        *((one, "[1][2]") for one in ("[1, 2]", "[1,2]", "[1; 2]", "[1 and 2]", "[1-2]", "[1–2]")),
        *((one, "[1][2]") for one in ("(1, 2)", "[Passage 1, Passage 2]", "(Sources: 1, 2)")),
        ("¹˒²", "[1][2]"),
        *((one, "[1][2]") for one in ("[1][2]", "【1】【2】", "(1)(2)", "[^1][^2]", "[1](2)")),
        ("[1 und 2]", "[1][2]"),
        *((one, "[1][2][3]") for one in ("[1-3]", "[1]-[3]", "[1] – [3]", "[1, 2, 3]", "[1,2][3]")),
        # Sentences.
        *((one, "[2.3]") for one in ("<2.3>", "(2.3)", "【2.3】", "[2:3]", "[doc 2, sentence 3]")),
        *((one, "[2.3]") for one in ("[Passage 2.3]", "[2, sentence 3]", "[^2.3]", "（２．３）")),
        *((one, "[2.3-4]") for one in ("[2.3–4]", "[2.3-2.4]", "[2.3]-[2.4]", "<2.3-4>")),
        ("[2.3 - 4]", "[2.3-4]"),
        ("[1,2.3]", "[1][2.3]"),
        ("[1.1, 2.3-4]", "[1.1][2.3-4]"),
        ("[2.3][1, 3]", "[2.3][1][3]"),
        # Beyond the five passages, and of sources without a number.
        *((one, "") for one in ("[7]", "【7】", "[9.1]", "[Passage 9]", "[^8]", "<sup>9</sup>")),
        *((one, "") for one in ("(Source: Library Rules)", "[Quelle: Ordnung, S. 3]")),
        ("\ue200cite\ue202turn0search1\ue201", ""),
        ("[1, 9]", "[1]"),
        ("[4-9]", "[4][5]"),
    ],
)  # fmt: skip
def test_a_notation_becomes_its_marker(written: str, marker: str) -> None:
    blank = f" {marker}" if marker else ""
    assert canonical(f"{SAID} {written}.", 5) == f"{SAID}{blank}."
    assert canonical(f"{SAID}{written}.", 5) == f"{SAID}{blank}."
    assert canonical(f"{SAID}. {written}", 5).rstrip() == f"{SAID}.{blank}"
    row = canonical(f"| {SAID} {written} | x |", 5)
    assert row == f"| {SAID}{blank} | x |"
    assert canonical(f"- {SAID} {written}\n- Next", 5) == f"- {SAID}{blank}\n- Next"


@pytest.mark.parametrize(
    "text",
    [
        "(1) Bring the form.\n(2) Pay the fee.",
        "1) Bring the form.\n2) Pay the fee.",
        "Bring (1) the form and (2) the fee.",
        "① Bring the form.",
        "The rules (2024) are old, and those of [2019] older.",
        "He wrote [sic] that they were [almost] free [...] and […].",
        "Section 5 (2) and Pasal 5 ayat (2).",
        "As § 12 (1).",
        "Within two (2) weeks, or one (1).",
        "The ID of the password, (1-255).",
        "An area of 20 m², of 3 km² and of 10²; 5 m<sup>2</sup>.",
        "Call (021) 555-1234.",
        "`a[1]` and `list[2]` are code.",
        "```\na[1] = b(2)\n```",
        "An average of 3.5 (3.5 of 4) [x].",
        "- [ ] to do\n- [x] done",
        "The price (in 2 parts) is low (5 %).",
        "f(1) = 2 and a12(1).",
    ],
)
def test_what_is_no_citation_stays(text: str) -> None:
    assert canonical(text, 5) == text


def test_a_grade_in_brackets_stays_where_the_text_cites_otherwise() -> None:
    assert canonical("A grade of (2.5). [1]", 5) == "A grade of (2.5). [1]"


def test_raised_digits_are_two_markers_where_there_is_no_twelfth_passage() -> None:
    assert canonical(f"{SAID}.¹²", 5) == f"{SAID}.[1][2]"
    assert canonical(f"{SAID}.¹²", 12) == f"{SAID}.[12]"


def test_scripts_without_blanks_get_none() -> None:
    assert canonical("每天罚款一千【1】。", 5) == "每天罚款一千[1]。"


def test_markers_are_read_as_citations() -> None:
    assert citations_in("A [2]. B [2.3][2.3-4] [2.3].") == (
        Citation(2), Citation(2, 3, 3), Citation(2, 3, 4),
    )  # fmt: skip


@given(
    st.lists(
        st.sampled_from(
            ["[", "]", "(", ")", "1", "2", ".", "-", " ", "†", "【", "】", "^", "Passage ", "a",
             "`", "<sup>", "</sup>", "\n", ",", "¹", "\\", "https://x"]
        ),
        max_size=25,
    ).map("".join)
)  # fmt: skip
def test_what_was_made_canonical_is_left_alone(text: str) -> None:
    once = canonical(text, 3)
    assert all(citation.passage <= 3 for citation in citations_in(once)) or "`" in text
