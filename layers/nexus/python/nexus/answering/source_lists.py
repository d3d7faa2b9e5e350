"""Takes away the sources that a model lists itself at the end of its answer."""

from __future__ import annotations

import re

from nexus.answering.citations import ANY_MARKER

_SOURCE_WORDS = (
    r"(?:(?:cited|used|list\sof|works)\s)?(?:sources?|references?|citations?|footnotes?|"
    r"bibliography|works\scited|passages?\s(?:cited|used)|quellen?(?:angaben?)?|"
    r"quellenverzeichnis|belege|fußnoten|sumber|referensi|rujukan|daftar\s(?:pustaka|sumber)|"
    r"fuentes?|referencias?|références?|fontes?|referências|fonti|bronnen|kaynaklar|источники|"
    r"المصادر|स्रोत|参考(?:文献|资料|資料)|來源|来源|出典|资料来源|참고(?:\s?문헌)?|출처)(?:\s(?:used|cited|list))?"
)
_SOURCES = re.compile(
    rf"[ \t]{{0,4}}(?:#{{1,6}}[ \t]{{1,3}}|\*\*|__|\*|_)?{_SOURCE_WORDS}[ \t]?"
    r"(?:\*\*|__|\*|_)?[ \t]?"
    r"(?:[:：](?:\*\*|__|\*|_)?(?P<rest>[^\n]{0,300})|(?P<alone>))\Z",
    re.IGNORECASE,
)
_LISTED = re.compile(
    rf"[ \t]{{0,8}}(?:[-*+•·>|][ \t]{{0,3}})?"
    rf"(?:{ANY_MARKER}|\[\^[^\[\]\s]{{1,20}}\]|\^?\d{{1,2}}[.):]|[-*+•·|])"
)
_DEFINITION = re.compile(
    rf"[ \t]{{0,4}}(?:[-*+•][ \t]{{1,2}})?(?:{ANY_MARKER}|\[\^[^\[\]\s]{{1,20}}\])"
    r"[ \t]?[:：=]?[ \t]{0,3}(?=\S)"
)
_COLON_DEFINITION = re.compile(rf"[ \t]{{0,4}}(?:{ANY_MARKER}|\[\^[^\[\]\s]{{1,20}}\])[ \t]?[:：]")
_MARKER = re.compile(ANY_MARKER)
_RULE = re.compile(r"[\s*_=-]{3,80}")
# "Sources: tuition and gifts. [1]" is a sentence that happens to speak of sources.
_SENTENCE = re.compile(rf"[.!?。]\s?(?:{ANY_MARKER}\s?){{1,9}}\Z")
# No answer has more sources, nor longer titles of them.
_MOST_LINES, _LONGEST_TITLE = 60, 160
# A line of text that cites, and so is none of a list.
_CITED_END = re.compile(rf"{ANY_MARKER}\.?[*_|\s]{{0,4}}\Z")


def without_definitions(text: str) -> str:
    """The text without footnotes' definitions, `[^1]: Library Rules`."""
    if "]:" not in text and "] :" not in text and "]：" not in text:
        return text
    kept = [line for line in text.split("\n") if not _COLON_DEFINITION.match(line)]
    # An answer whose every line begins with its source has no definitions.
    return "\n".join(kept).strip() if any(line.strip() for line in kept) else text


def without_sources(text: str) -> str:
    """The text without the list of sources that a model adds at its end."""
    lines = text.split("\n")
    at = _heading_of_sources(lines) or _bare_list(lines)
    if at is None:
        return text
    while at and (not lines[at - 1].strip() or _RULE.fullmatch(lines[at - 1])):
        at -= 1
    return "\n".join(lines[:at])


def _heading_of_sources(lines: list[str]) -> int | None:
    """The line from which on there are only sources, if one says so."""
    below = False
    for at in range(len(lines) - 1, max(0, len(lines) - _MOST_LINES), -1):
        line = lines[at].strip()
        if not line or _RULE.fullmatch(line):
            continue
        heading = _SOURCES.match(lines[at])
        if heading and (below or heading["rest"] is not None):
            return None if _SENTENCE.search(heading["rest"] or "") else at
        if len(line) >= _LONGEST_TITLE and not _LISTED.match(lines[at]):
            return None
        below = True
    return None


def _bare_list(lines: list[str]) -> int | None:
    """The first of the last lines that begin with their marker, under a text that has its own."""
    at = len(lines)
    while at > 1 and (not lines[at - 1].strip() or _DEFINITION.match(lines[at - 1])):
        at -= 1
    listed = [line for line in lines[at:] if line.strip()]
    cited = set(_MARKER.findall("\n".join(lines[:at])))
    if not cited or any(_CITED_END.search(line[6:]) for line in listed):
        return None
    return at if any(cited.intersection(_MARKER.findall(line)) for line in listed) else None
