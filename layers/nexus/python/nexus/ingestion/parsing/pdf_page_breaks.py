"""Puts a sentence that goes on over a page break on the page that it begins on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nexus.ingestion.parsing.pdf_layout import starts_item
from nexus.ingestion.parsing.pdf_lines import HYPHEN, HYPHENS, Line, Page
from nexus.ingestion.parsing.pdf_running import MARGIN

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s+[^a-z\s]|\s*$)")
_ENDED = re.compile(r"[.!?:;…。！？][\"'”’)\]]*$")
# A shorter line is a heading or a label.
_FEWEST_WORDS = 3
# Dots that lead to a number, in a table of contents.
_LEADER = "...."
# A sentence goes on for so many lines at most.
_MOST_LINES = 8
# What is passed over at a page's foot or head: lines in the margin of so few words, and letters
# smaller than the text's by so much, as notes are set.
_FEW_WORDS, _SMALLER = 8, 0.9
_MOST_PASSED = 12
# So many lines right below each other are no page's head or foot.
_FEWEST_LINES = 4
_FULL = 0.92


def with_whole_sentences(pages: Sequence[Page]) -> list[Page]:
    """The pages with each sentence on the page that it begins on."""
    changed = list(pages)
    for at in range(1, len(changed)):
        above, below = changed[at - 1 : at + 1]
        last = _last(above.lines, above)
        first = None if last is None else _first(below.lines, below)
        if last is None or first is None or not _goes_on(above.lines, last, below.lines[first]):
            continue
        before, after = list(above.lines), list(below.lines)
        words, used, rest = _rest_of_sentence(after, first)
        begun = before[last]
        text = begun.text
        if text.endswith(HYPHENS) and text[-2:-1].isalpha():
            text = text[:-1] + HYPHEN
        joint = "" if text.endswith(HYPHEN) else " "
        before[last] = begun._replace(text=text + joint + words)
        after[first : first + used] = rest
        changed[at - 1 : at + 1] = replace(above, lines=before), replace(below, lines=after)
    return changed


def _last(lines: Sequence[Line], page: Page) -> int | None:
    """The last line of the page's running text."""
    sizes = sorted([line.first_size for line in lines if not line.table])
    body = sizes[len(sizes) // 2] if sizes else max((line.size for line in lines), default=0.0)
    for at in range(len(lines) - 1, max(-1, len(lines) - 1 - _MOST_PASSED), -1):
        line = lines[at]
        is_small = line.first_size < _SMALLER * body
        counts = line.top < page.height * MARGIN and _counts(line) and not _is_text(lines, at, -1)
        if line.is_note or is_small or counts:
            continue
        if at and _is_head(line, lines[at - 1], page):
            continue
        return at if line.size and not line.table and not line.is_row else None
    return None


def _is_head(line: Line, before: Line, page: Page) -> bool:
    """Whether the line is the page's head, which many programs draw after its text."""
    is_above = line.bottom > max(page.height * (1 - MARGIN), before.top)
    return is_above and len(line.text.split()) <= _FEW_WORDS


def _first(lines: Sequence[Line], page: Page) -> int | None:
    """The first line of the page's running text."""
    for at, line in enumerate(lines[:_MOST_PASSED]):
        is_head = line.bottom > page.height * (1 - MARGIN) and _counts(line)
        if line.is_note or (is_head and not _is_text(lines, at, 1)):
            continue
        return at if line.size and not line.table and not line.is_row else None
    return None


def _counts(line: Line) -> bool:
    """Whether a line is short and holds a number, as one that counts the pages does."""
    return len(line.text.split()) <= _FEW_WORDS and any(map(str.isdigit, line.text))


def _is_text(lines: Sequence[Line], at: int, step: int) -> bool:
    """Whether a line that would be passed over begins, or ends, a column of text."""
    count = 1
    while count < _FEWEST_LINES and 0 <= (near := at + step) < len(lines):
        above, below = (lines[at], lines[near]) if step > 0 else (lines[near], lines[at])
        if abs(above.left - below.left) >= below.size or not _is_next(above, below):
            return False
        at, count = near, count + 1
    return count == _FEWEST_LINES


def _goes_on(lines: Sequence[Line], last: int, first: Line) -> bool:
    line = lines[last]
    if (
        _ENDED.search(line.text[-8:])
        or len(line.text.split()) < _FEWEST_WORDS
        or _LEADER in first.text.replace(" ", "")
        or _LEADER in line.text.replace(" ", "")
        or abs(line.first_size - first.first_size) >= 0.12 * line.first_size
        or line.is_bold != first.is_bold
        or starts_item(first.text)
    ):
        return False
    if first.text[:1].islower():
        return True
    if line.text.endswith((*HYPHENS, HYPHEN)) or not any(map(str.isalpha, first.text[:1])):
        return False
    column = [one for one in lines if abs(one.left - line.left) < line.size and not one.table]
    edge = max(one.right for one in column)
    width = edge - line.left
    return len(column) > 2 and line.right - line.left >= _FULL * width


def _is_next(above: Line, line: Line) -> bool:
    """Whether the line stands right below the other, in letters as high."""
    gap = above.bottom - line.top
    same = abs(above.first_size - line.first_size) < 0.12 * above.first_size
    return same and -above.size < gap < above.size


def _rest_of_sentence(lines: Sequence[Line], first: int) -> tuple[str, int, list[Line]]:
    """The words up to the sentence's end, how many lines they take, and what is left of the last.

    Of one that does not end, these are as many lines as a sentence has.
    """
    words, used = "", 0
    for line in lines[first : first + _MOST_LINES]:
        above = lines[first + used - 1] if used else None
        if line.table or line.is_row or not line.size or (above and not _is_next(above, line)):
            break
        used += 1
        end = _SENTENCE_END.search(line.text)
        joint = "" if not words or words.endswith(HYPHEN) else " "
        if words.endswith(HYPHENS) and words[-2:-1].isalpha():
            words, joint = words[:-1] + HYPHEN, ""
        if end is None:
            words += joint + line.text
            continue
        words += joint + line.text[: end.end()]
        left = line.text[end.end() :].strip()
        return words, used, [line._replace(text=left)] if left else []
    return words, used, []
