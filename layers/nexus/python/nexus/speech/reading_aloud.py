"""Makes of an answer what a voice can read: without the signs of citations and of Markdown."""

from __future__ import annotations

import re

# Polly takes 3,000 characters that are billed, OpenAI's endpoint 4,096.
MOST_CHARS = 2_900

_CITED = re.compile(r" ?\[\d{1,3}(?:[.,;] ?\d{1,3}){0,20}\]")
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\([^)\[\s]{1,2000}\)")
_ADDRESS = re.compile(r"https?://\S{1,2000}")
_MARKS = re.compile(r"^[ \t]{0,8}(?:#{1,6}|[-*+•>]|\|)[ \t]{1,8}|[*_`|]{1,3}", re.MULTILINE)
_RULE = re.compile(r"^[ \t|:-]{3,200}$", re.MULTILINE)
_BLANKS = re.compile(r"[ \t]{2,200}")
_END = re.compile(r"[.!?。؟।](?=\s|$)|\n")


def read_aloud(answer: str) -> tuple[str, bool]:
    """What is spoken of an answer, and whether that is all of it; a long one ends at a sentence."""
    text = _LINK.sub(r"\1", _CITED.sub("", answer))
    text = _MARKS.sub("", _RULE.sub("", _ADDRESS.sub("", text)))
    lines = (_BLANKS.sub(" ", line).strip() for line in text.splitlines())
    spoken = "\n".join(line for line in lines if line)
    if len(spoken) <= MOST_CHARS:
        return spoken, True
    ends = [match.end() for match in _END.finditer(spoken, 0, MOST_CHARS)]
    return spoken[: ends[-1] if ends else MOST_CHARS].strip(), False
