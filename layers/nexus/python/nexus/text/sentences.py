"""Finds the borders of sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

# The stops that end a sentence, tried once from where they begin; or, of what begins with stops,
# from its first.
_END = r"[\"'”’)\]]*+(?=\s++[\"'“‘(\[*_]*+[A-Z0-9À-Þ{`])"
# Those of scripts that put no blank behind them, or have no capitals, end it anywhere.
_FULL_STOP = r"[。！？।॥]++[”’」』）]*+"
_SENTENCE = re.compile(
    rf"[.!?…]{{2,}}+{_END}|[^\n]+?(?:(?<![.!?…])[.!?…]++{_END}|{_FULL_STOP}|(?=\n|\Z))"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|no|nos|vs|fig|approx|dept|e\.g|i\.e|cf|jl|gg|rp|hlm|tlp|bpk|drs|"
    r"ir|s\.d|a\.n|d\.a|u\.p|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)|\b[A-Z])\.$",
    re.IGNORECASE,
)
# "15. September", as German numbers the days of a month: what ends before the month is no sentence.
DAY_BEFORE_MONTH = re.compile(
    r"(?<!\d)\d{1,2}\.(?=\s+(?:Jan(?:uar|\.)|Jänner|Feb(?:ruar|\.)|März|April|Mai|Juni|Juli|"
    r"Aug(?:ust|\.)|Sept(?:ember|\.)|Okt(?:ober|\.)|Nov(?:ember|\.)|Dez(?:ember|\.))(?!\w))"
)


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence or line, without the white space around it."""
    begin: int | None = None
    for match in _SENTENCE.finditer(text):
        piece = match.group()
        if begin is None:
            begin = match.start() + len(piece) - len(piece.lstrip())
        end = match.start() + len(piece.rstrip())
        ends_line = match.end() == len(text) or text[match.end()] == "\n"
        if not ends_line and (
            _ABBREVIATION.search(text, max(begin, end - 8), end)
            or DAY_BEFORE_MONTH.match(text, max(begin, end - 3))
            or DAY_BEFORE_MONTH.match(text, max(begin, end - 2))
        ):
            continue
        if begin < end:
            yield begin, end
        begin = None
