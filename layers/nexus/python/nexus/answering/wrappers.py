"""Takes off what a model puts around its whole answer: a label, a tag, a fence, JSON."""

from __future__ import annotations

import json
import re

_NAMES = (
    r"(?:final[ _-]?)?(?:answer|response|result|output|jawaban|antwort|respuesta|réponse|resposta)"
)
_LABEL = re.compile(
    rf"\s{{0,4}}(?:#{{1,6}}\s{{1,3}}|\*\*|__|>\s?)?(?:the\s)?{_NAMES}(?:\*\*|__)?\s?(?:[:：]|(?=\n))"
    r"(?:\*\*|__)?\s{0,6}|\s{0,4}(?:答案|回答|答え|답변|답)\s?[:：]\s{0,4}",
    re.IGNORECASE,
)
_TAGGED = re.compile(rf"<({_NAMES}|final|text)>(.{{1,100000}}?)(?:</\1>|\Z)", re.I | re.DOTALL)
_FENCED = re.compile(
    r"\s{0,8}(`{3,6}|~{3,6})[ \t]{0,2}(?:markdown|md|text|txt|plain(?:text)?|json|xml|html)?"
    r"[ \t]{0,2}\n(.{1,100000}?)\n?[ \t]{0,8}(?:\1\s{0,8}\Z|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_JSON_KEYS = (
    "answer",
    "final_answer",
    "response",
    "text",
    "output",
    "result",
    "content",
    "jawaban",
)
_CUT_JSON = re.compile(
    r"\{\s{0,20}\"(?:final_?)?(?:answer|response|text|output)\"\s{0,4}:\s{0,4}\""
)


def unwrapped(text: str) -> str:
    """The answer without what is put around the whole of it."""
    for _ in range(3):  # a labelled fence with JSON in it
        once = _once_unwrapped(text).strip()
        if once == text:
            break
        text = once
    return text


def _once_unwrapped(text: str) -> str:
    if fence := _FENCED.fullmatch(text):
        text = fence[2]
    if text.lstrip().startswith(("{", "[{")):
        return _from_json(text)
    if tagged := _TAGGED.search(text):
        return tagged[2]
    if (label := _LABEL.match(text)) and label.end() < len(text):
        return text[label.end() :]
    if len(text) > 2 and text[0] in '"“' and text[-1] in '"”' and not set(text[1:-1]) & set('"“”'):
        return text[1:-1]
    return text


def _from_json(text: str) -> str:
    try:
        return _said(json.loads(text)) or text
    except (ValueError, RecursionError):
        pass
    if (begun := _CUT_JSON.match(text)) is None:
        return text
    # A string that was cut off, perhaps within an escape.
    rest = text[begun.end() :]
    for end in range(len(rest), max(0, len(rest) - 7), -1):
        try:
            return str(json.loads(f'"{rest[:end]}"', strict=False))
        except ValueError:
            continue
    return text


def _said(value: object, depth: int = 0) -> str:
    """The answer in a JSON value: a string, or sentences with what each cites."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return (
            " ".join(filter(None, (_said(one, depth + 1) for one in value[:100])))
            if depth < 3
            else ""
        )
    if not isinstance(value, dict):
        return ""
    for key in (*_JSON_KEYS, "sentence", "claim") if depth else _JSON_KEYS:
        if key in value and depth < 3:
            said = _said(value[key], depth + 1)
            cited = value.get("citations", value.get("sources")) if depth else None
            numbers = cited if isinstance(cited, list) else [cited]
            markers = "".join(f"[{n}]" for n in numbers[:20] if isinstance(n, (int, float)))
            return f"{said} {markers}".rstrip()
    return ""
