"""Takes away the sources that a model lists itself at the end of its answer."""

from __future__ import annotations

import re

from nexus.answering.citations import ANY_MARKER

_SOURCE_WORDS = (
    r"(?:(?:cited|used|list\sof|works)\s)?(?:sources?|references?|citations?|footnotes?|notes?|"
    r"bibliography|works\scited|passages?(?:\s(?:cited|used))?|quellen?(?:angaben?)?|"
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
    for at in range(len(lines) - 1, 0, -1):
        line = lines[at].strip()
        heading = _SOURCES.match(lines[at])
        after = [one for one in lines[at + 1 :] if one.strip() and not _RULE.fullmatch(one)]
        if heading and (heading["rest"] is not None or after):
            rest = (heading["rest"] or "").strip("* _")
            if rest or all(_LISTED.match(one) or len(one) < 80 for one in after):
                return _trimmed(lines[:at])
        if (
            line
            and not _LISTED.match(lines[at])
            and not _RULE.fullmatch(lines[at])
            and len(line) > 160
        ):
            break
    # A list without a heading: lines that begin with their marker, under a text that has its own.
    at = len(lines)
    while at > 1 and (not lines[at - 1].strip() or _DEFINITION.match(lines[at - 1])):
        at -= 1
    listed = [line for line in lines[at:] if line.strip()]
    above = "\n".join(lines[:at])
    if listed and _MARKER.search(above) and not any(_CITED_END.search(line[6:]) for line in listed):
        cited = set(_MARKER.findall(above))
        if any(_MARKER.search(line) and _MARKER.findall(line)[0] in cited for line in listed):
            return _trimmed(lines[:at])
    return text


def _trimmed(lines: list[str]) -> str:
    while lines and (not lines[-1].strip() or _RULE.fullmatch(lines[-1])):
        lines = lines[:-1]
    return "\n".join(lines)
