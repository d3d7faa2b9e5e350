"""Ties an answer to its passages: reads `[n]` markers, finds the quotes, numbers the sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nexus.models import Passage, Source

MARKER = re.compile(r"\[(\d{1,2})\]")
# Models also write several numbers in one pair of brackets.
GROUP = re.compile(r"\[(\d{1,2}(?:\s*,\s*\d{1,2})+)\]")
# Markers that stand together, with the blanks before and between them, and what comes next.
RUN = re.compile(r"([ \t]*)(\[\d{1,2}\](?:[ \t]*\[\d{1,2}\])*)(?=(.?))")
NUMBER = re.compile(r"\d+")
WORD = re.compile(r"\w+", re.UNICODE)
# A sentence ends after . ! or ? before a space and a capital, a digit or a quote; or with its line.
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[\"'“(]?[A-Z0-9À-Þ])|\n+")
# What may follow a word without a blank, the end of the line among it.
STOPS = " \t.,;:!?"
QUOTE_CHARS = 400


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """An answer whose markers count from 1, and the sources they name, in that order."""

    text: str
    sources: tuple[Source, ...]


def cite(text: str, passages: Sequence[Passage]) -> CitedAnswer:
    """Renumbers the answer's markers in order of appearance and quotes what each cites.

    `[1, 2]` is read as `[1][2]`. Markers that name no passage are dropped, and nothing else of the
    answer changes. An answer without a valid marker is given one for the
    passage that shares most words with it, so that no answer is without a source.
    """
    text = GROUP.sub(lambda group: f"[{']['.join(NUMBER.findall(group[1]))}]", text)
    claims: dict[int, list[str]] = {}
    for sentence in _sentences_with_markers(text):
        for number in map(int, MARKER.findall(sentence)):
            if 1 <= number <= len(passages):
                claims.setdefault(number, []).append(MARKER.sub("", sentence))
    if not claims and passages:
        best = max(range(len(passages)), key=lambda i: _overlap(text, passages[i].text))
        text = f"{_renumbered(text, {}).rstrip()} [{best + 1}]"
        claims = {best + 1: [text]}
    renumbered = {old: new for new, old in enumerate(claims, start=1)}

    sources = tuple(
        Source(new, passages[old - 1], quote(claims[old], passages[old - 1].text))
        for old, new in renumbered.items()
    )
    return CitedAnswer(_renumbered(text, renumbered).strip(), sources)


def quote(claims: Sequence[str], text: str) -> str:
    """The stretch of `text`, verbatim and ≤ 400 characters, that the claims rest on.

    It is the sentence that shares most words with the first claim, drawn out to those of the other
    claims where the whole is short enough.
    """
    parts = sentences(text) or [text]
    spans = []
    for claim in claims:
        best = max(parts, key=lambda sentence: _overlap(claim, sentence))
        start = text.find(best)
        spans.append((start, start + len(best)))
    start, end = spans[0]
    for other_start, other_end in spans[1:]:
        if max(end, other_end) - min(start, other_start) <= QUOTE_CHARS:
            start, end = min(start, other_start), max(end, other_end)
    return text[start : min(end, start + QUOTE_CHARS)]


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text, each verbatim."""
    return [part.strip() for part in SENTENCE.split(text) if part.strip()]


def _renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """The text with its markers' numbers exchanged, and without those that have no new one."""

    def rewrite(run: re.Match[str]) -> str:
        blanks, markers, following = run.groups()
        new = [numbers.get(int(old)) for old in NUMBER.findall(markers)]
        kept = "".join(f"[{number}]" for number in new if number)
        # What is dropped takes its blanks along, unless they part two words.
        return f"{blanks}{kept}" if kept or following not in STOPS else ""

    return RUN.sub(rewrite, text)


def _sentences_with_markers(text: str) -> list[str]:
    """The sentences of an answer, each with the markers that stand before or after its stop."""
    return sentences(re.sub(r"([.!?])((?:\s*\[\d{1,2}\])+)", r"\2\1", text))


def _overlap(claim: str, sentence: str) -> float:
    """The share of the claim's words that the sentence has, less a little for its length."""
    wanted = {word.lower() for word in WORD.findall(claim)}
    found = {word.lower() for word in WORD.findall(sentence)}
    return len(wanted & found) / (len(wanted) or 1) - len(found) / 10_000
