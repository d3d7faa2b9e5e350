"""Takes an answer apart into sentences, list items, rows and code, and puts it together again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from nexus.answering.citations import ANY_MARKER, MARKER, renumber, single_markers
from nexus.text.sentences import sentence_spans

Kind = Literal["sentence", "heading", "row", "code", "layout"]
Style = Literal["default", "concise", "detailed", "summary"]

# The most words of a style, markers not counted; one that is absent has no limit.
WordLimits = Mapping[Style, int]
WORD_LIMITS: WordLimits = {"concise": 40, "detailed": 250, "summary": 180}

_LEADING = re.compile(rf"(?:\s*{ANY_MARKER})+[.]?")
_CLOSE_MARKERS = re.compile(rf"(?<=[.!?…])(?:{ANY_MARKER})+(?=\s|$)")
_LINE_PREFIX = re.compile(r"[ \t]*(?:>[ \t]*)*(?:(?:[-*+•·]|\(?\d{1,3}[.)])[ \t]+)?")
_HEADING = re.compile(r"#{1,6}\s|\*\*[^*]+\*\*:?\s*$|__[^_]+__:?\s*$")
# A cited sentence's end: what begins like a heading, as a shell's prompt does, is none.
_CITED_SENTENCE = re.compile(r"[.!?。！？][\"'”’)*_]{0,3}\s{0,3}\[\d")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})[\w+#.-]*\s*$")
_RULE = re.compile(r"[\s|:+=*_-]+$")
_MANY_BREAKS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an answer that is kept or removed whole.

    `before` is what parts it from the piece before it, `prefix` its list bullet or indentation.
    A row's `table` is the number of its table, from 1; `line` is the line it begins.
    """

    kind: Kind
    text: str
    before: str = ""
    prefix: str = ""
    line: int = 0
    table: int = 0
    is_item: bool = False

    @property
    def words(self) -> int:
        """How many words a reader counts."""
        return len(renumber(self.text, {}).split())

    @property
    def markers(self) -> tuple[int, ...]:
        """The numbers it cites, each once, in order."""
        return tuple(dict.fromkeys(map(int, MARKER.findall(self.text))))

    @property
    def marks(self) -> int:
        """How many markers it has, each as often as it is written."""
        return len(MARKER.findall(self.text))


def pieces_of(text: str) -> list[Piece]:
    """The pieces of an answer, in order; together they are the whole text."""
    found: list[Piece] = []
    lines = text.split("\n")
    at = table = 0
    while at < len(lines):
        line = lines[at]
        if fence := _FENCE.match(line):
            end = at + 1
            while end < len(lines) and not lines[end].strip().startswith(fence[1]):
                end += 1
            found.append(Piece("code", "\n".join(lines[at : end + 1]), line=at))
            at = end + 1
            continue
        if _is_row(line):
            table += not (at and _is_row(lines[at - 1]))
            kind: Kind = "layout" if _RULE.match(line) else "row"
            found.append(Piece(kind, line, line=at, table=table))
        elif not line.strip() or _RULE.match(line):
            found.append(Piece("layout", line, line=at))
        else:
            found += _line_pieces(line, at)
        at += 1
    return found


def joined(pieces: list[Piece]) -> str:
    """The pieces as a text, without blank lines that removed pieces left behind."""
    lines: list[str] = []
    current: int | None = None
    for piece in pieces:
        if piece.line != current:
            lines.append(piece.prefix + piece.text)
            current = piece.line
        else:
            lines[-1] += (piece.before or " ") + piece.text
    return _MANY_BREAKS.sub("\n\n", "\n".join(lines)).strip("\n").rstrip()


def limit_words(text: str, style: Style, limits: WordLimits = WORD_LIMITS) -> str:
    """The text cut to its style's words at the end of a sentence, item or row.

    Markers do not count and stay with their sentence. The first sentence stays even if it alone is
    longer: half a sentence may say the opposite of the whole.
    """
    limit = limits.get(style)
    if limit is None or len(renumber(text, {}).split()) <= limit:
        return text
    kept: list[Piece] = []
    left, said = limit, False
    for piece in pieces_of(single_markers(text)):
        if piece.kind != "layout":
            bullets = len(piece.prefix.split()) if piece.prefix else 0
            left -= piece.words + bullets
            if left < 0 and said:
                break
            said = True
        kept.append(piece)
    while kept and said and len(kept) > 1 and _announces(kept[-1]):
        kept.pop()
    return joined(kept)


def _announces(piece: Piece) -> bool:
    """Whether a piece only says that something follows."""
    return piece.kind in ("heading", "layout") or piece.text.rstrip("*_ ").endswith(":")


def _is_row(line: str) -> bool:
    stripped = line.strip()
    return stripped.startswith("|") and stripped.count("|") > 1


def _line_pieces(line: str, at: int) -> Iterator[Piece]:
    match = _LINE_PREFIX.match(line)
    prefix = match.group() if match else ""
    body = line[len(prefix) :]
    if not body:
        yield Piece("sentence", line, line=at)
        return
    is_item = bool(prefix.strip(" \t>"))
    if not is_item and _HEADING.match(body) and not _CITED_SENTENCE.search(body):
        yield Piece("heading", body, prefix=prefix, line=at)
        return
    for before, sentence in _sentences(body):
        yield Piece("sentence", sentence, before, "" if before else prefix, at, 0, is_item)


def _sentences(body: str) -> Iterator[tuple[str, str]]:
    """Each sentence with its markers, and the blanks before it."""
    body = _CLOSE_MARKERS.sub(r" \g<0>", body)
    end = 0
    for start, stop in _whole(body, list(sentence_spans(body))):
        yield body[end:start], body[start:stop]
        end = stop


def _whole(body: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans with the markers that follow each one drawn into it."""
    drawn: list[tuple[int, int]] = []
    for start, stop in spans:
        begin = max(start, drawn[-1][1] if drawn else 0)
        while begin < len(body) and body[begin].isspace():
            begin += 1
        following = _LEADING.match(body, begin)
        if drawn and following:
            drawn[-1] = (drawn[-1][0], following.end())
            begin = following.end()
            while begin < len(body) and body[begin].isspace():
                begin += 1
        after = _LEADING.match(body, stop)
        end = after.end() if after else stop
        if begin < end:
            drawn.append((begin, end))
    if drawn:
        drawn[-1] = (drawn[-1][0], max(drawn[-1][1], len(body.rstrip())))
    return drawn
