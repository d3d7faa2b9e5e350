"""Takes HTML out of Markdown: comments, tags within a line, and blocks that a page shows otherwise.

What stands in code is left as it is, since the page shows it so.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping

FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_TICKS = re.compile(r"(?<!`)(`{1,20})(?!`)")
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|center|cite|code|del|details|div|em|figcaption|figure|font|i|img|input|ins"
    r"|kbd|mark|p|picture|q|s|samp|small|source|span|strike|strong|sub|u|var|wbr)"
    r"(?:\s[^<>]{0,1000})?/?>",
    re.I,
)
_BREAK = re.compile(r"<br\s{0,9}/?>", re.I)
_SUP = re.compile(r"<sup>([^<>]{0,100})</sup>", re.I)
_BLOCK = re.compile(r" {0,3}<(table|dl|ul|ol)(?=[\s>])", re.I)
_HIDDEN = re.compile(
    r"<(span|div|p|section)(?=\s)[^<>]{0,500}(?:\shidden(?=[\s=/>])|display\s{0,9}:\s{0,9}none"
    r"|visibility\s{0,9}:\s{0,9}hidden|font-size\s{0,9}:\s{0,9}0(?![.\d]))[^<>]{0,500}>",
    re.I,
)
# Two marks as GitHub reads them; one is a sign for "about".
_STRUCK = re.compile(
    r"(?<![~\\])~~(?![~\s])[^~]{1,1000}(?<!\s)~~(?!~)"
    r"|<(del|s|strike)(?:\s[^<>]{0,200})?>[^<>]{0,1000}</\1>",
    re.I,
)
_ELEMENT = re.compile(r"<(/?)(table|dl|ul|ol|span|div|p|section)(?=[\s>])", re.I)


def code_spans(line: str) -> list[tuple[int, int]]:
    """Where code stands within a line: from the first tick to after the last."""
    spans, at = [], 0
    marks = list(_TICKS.finditer(line))
    ends: dict[int, list[int]] = {}
    for mark in reversed(marks):
        ends.setdefault(len(mark[1]), []).append(mark.end())
    for mark in marks:
        if mark.start() < at:
            continue
        closing = ends[len(mark[1])]
        while closing and closing[-1] <= mark.end():
            closing.pop()
        if closing:
            at = closing[-1]
            spans.append((mark.start(), at))
    return spans


def without_comments(lines: list[str]) -> list[str]:
    """The lines without HTML comments; what opens one and is never closed, or is code, stays.

    A comment that begins within a line ends before the paragraph does (CommonMark 0.31, 6.6).
    """
    kept: list[str] = []
    inside, fence = False, ""
    closed_by = _closings(lines)
    for number, line in enumerate(lines):
        if not inside and (ticks := FENCE.match(line)):
            if not fence:
                fence = ticks[1]
            elif ticks[1].startswith(fence):
                fence = ""
        if fence:
            kept.append(line)
            continue
        spans = deque([] if inside or "<!--" not in line else code_spans(line))
        begins, closes = len(line) - len(line.lstrip()), line.rfind("-->")
        out: list[str] = []
        at = 0
        while at < len(line):
            found = line.find("-->" if inside else "<!--", at)
            if not inside and found >= 0:
                while spans and spans[0][1] <= found:
                    spans.popleft()
                code = spans[0][1] if spans and spans[0][0] <= found else 0
                of_block, of_paragraph = closed_by[number]
                later = of_block if found == begins else of_paragraph
                if code or not (later or closes >= found + 4):
                    out.append(line[at : code or found + 4])
                    at = code or found + 4
                    continue
            if not inside:
                out.append(line[at : found if found >= 0 else len(line)])
            if found < 0:
                break
            at, inside = found + (3 if inside else 4), not inside
        kept.append("".join(out))
    return kept


def _closings(lines: list[str]) -> list[tuple[bool, bool]]:
    """For each line, whether a comment is closed on a later one, and on one of its paragraph."""
    found: list[tuple[bool, bool]] = []
    later = in_paragraph = False
    for line in reversed(lines):
        found.append((later, in_paragraph))
        is_blank = not line.strip()
        later = later or "-->" in line
        in_paragraph = not is_blank and (in_paragraph or "-->" in line)
    found.reverse()
    return found


def without_tags(text: str) -> str:
    """A paragraph without the tags within it; a line break of HTML is one of the text."""
    if "<" not in text:
        return text
    out, at = [], 0
    for start, end in [*code_spans(text), (len(text), len(text))]:
        out.append(_untagged(text[at:start]))
        out.append(text[start:end])
        at = end
    return "".join(out)


def block_ends(lines: list[str]) -> dict[tuple[str, int], int]:
    """For each element that begins on a line, by its name and that line, the line after its end."""
    ends: dict[tuple[str, int], int] = {}
    opened: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        for match in _ELEMENT.finditer(line) if "<" in line else ():
            begun = opened.setdefault(match[2].lower(), [])
            if not match[1]:
                begun.append(number)
            elif begun:
                ends[match[2].lower(), begun.pop()] = number + 1
    return ends


def html_block(line: str, at: int, ends: Mapping[tuple[str, int], int]) -> int:
    """The line after the table or list of HTML that begins at a line; `at` itself if none does."""
    opened = _BLOCK.match(line)
    return ends.get((opened[1].lower(), at), at) if opened else at


def hidden_block(line: str, at: int, ends: Mapping[tuple[str, int], int]) -> int:
    """The line after the element that hides whole lines from this one on; `at` if none does."""
    opened = _HIDDEN.match(line.strip())
    return ends.get((opened[1].lower(), at), at) if opened else at


def lines_apart(lines: list[str], ends: Mapping[tuple[str, int], int]) -> set[int]:
    """The lines within elements that are read as HTML, or that hide what is in them."""
    apart: set[int] = set()
    behind = 0
    for at, line in enumerate(lines):
        # What a footnote opens is read with it.
        is_read = "<" in line and not line.lstrip().startswith("[^")
        opened = [*_BLOCK.finditer(line), *_HIDDEN.finditer(line)] if is_read else []
        behind = max([behind, *(ends.get((one[1].lower(), at), at) for one in opened)])
        if at < behind:
            apart.add(at)
    return apart


def without_hidden(line: str) -> tuple[str, bool]:
    """The line without what elements within it hide, and whether they hide anything."""
    if "<" not in line:
        return line, False
    spans, lowered = deque(code_spans(line)), line.lower()
    out, at = [], 0
    for opened in _HIDDEN.finditer(line):
        while spans and spans[0][1] <= opened.start():
            spans.popleft()
        is_code = bool(spans) and spans[0][0] <= opened.start()
        if is_code or opened.start() < at:
            continue
        closing = f"</{opened[1].lower()}>"
        end = lowered.find(closing, opened.end())
        if end < 0:
            break
        out.append(line[at : opened.start()])
        at = end + len(closing)
    return "".join([*out, line[at:]]), at > 0


def without_struck(line: str) -> tuple[str, bool]:
    """The line without what is struck out, as in "~~900~~ 750", and whether anything is."""
    if "~~" not in line and "<" not in line:
        return line, False
    out, at, is_struck = [], 0, False
    for start, end in [*code_spans(line), (len(line), len(line))]:
        kept, times = _STRUCK.subn("", line[at:start])
        is_struck = is_struck or times > 0
        out += [kept, line[start:end]]
        at = end
    return "".join(out), is_struck


def paragraphs_of(found: Iterator[tuple[tuple[str, ...], str]]) -> list[str]:
    """The texts of a block of HTML, each heading in it as a line above what it heads."""
    said: list[str] = []
    under: tuple[str, ...] = ()
    for heading, text in found:
        said += [title for title in heading if title not in under]
        under = heading
        said.append(text)
    return said


def _untagged(text: str) -> str:
    from nexus.ingestion.parsing.word_marks import raised

    text = _SUP.sub(lambda match: raised(match[1]), _BREAK.sub("\n", text))
    return _TAG.sub("", text)
