"""Reads what a model replied: its answer apart from thoughts, wrappers, own sources and signals."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from nexus.answering.citations import ANY_MARKER
from nexus.answering.notations import MOST_PASSAGES, canonical
from nexus.answering.prompts import NO_ANSWER
from nexus.answering.thoughts import without_thoughts
from nexus.ports import Finish

# Far more than any answer and its thoughts.
MOST_CHARS = 400_000

_SIGNAL = NO_ANSWER.replace("_", r"[ _\\-]{1,2}")
_QUOTES = r"[\s*_`\"'“”‘’«»#>()\[\]{}-]{0,12}"
_ALONE = re.compile(rf"{_QUOTES}{_SIGNAL}{_QUOTES}(?:{ANY_MARKER}[\s.]?)?[.!:]?{_QUOTES}", re.I)
# The signal, and then why: it is the answer, unless what follows goes on with its sentence.
_FIRST = re.compile(rf"{_QUOTES}{_SIGNAL}[*_`\"”']{{0,4}}\s{{0,3}}(?:\n|[.!](?=\s)|[(—–]|- )", re.I)
_LAST = re.compile(rf"(?:[:：,;—–-]|\A|[.!?]\s)[\s*_`\"'(\[-]{{0,6}}{_SIGNAL}{_QUOTES}[.!]?\s{{0,3}}\Z", re.I)
_HAS_SIGNAL = re.compile(_SIGNAL, re.IGNORECASE)
# Where the sentence before ends.
_SENTENCE_END = re.compile(rf"(?:[.!?…][\"'”’)*_]{{0,3}}|{ANY_MARKER}[.]?)\s{{1,4}}(?=\S)|[。！？]")

_NAMES = r"(?:final[ _-]?)?(?:answer|response|result|output|jawaban|antwort|respuesta|réponse|resposta)"
_LABEL = re.compile(
    rf"\s{{0,4}}(?:#{{1,6}}\s{{1,3}}|\*\*|__|>\s?)?(?:the\s)?{_NAMES}(?:\*\*|__)?\s?(?:[:：]|(?=\n))"
    r"(?:\*\*|__)?\s{0,6}|\s{0,4}(?:答案|回答|答え|답변|답)\s?[:：]\s{0,4}",
    re.IGNORECASE,
)
_TAGGED = re.compile(rf"<({_NAMES}|final|text)>(.{{1,100000}}?)(?:</\1>|\Z)", re.I | re.DOTALL)
_FENCED = re.compile(
    r"\s{0,8}(`{3,6}|~{3,6})[ \t]{0,2}(?:markdown|md|text|txt|plain(?:text)?|json|xml|html)?[ \t]{0,2}\n"
    r"(.{1,100000}?)\n?[ \t]{0,8}(?:\1\s{0,8}\Z|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_JSON_KEYS = ("answer", "final_answer", "response", "text", "output", "result", "content", "jawaban")
_CUT_JSON = re.compile(r"\{\s{0,20}\"(?:final_?)?(?:answer|response|text|output)\"\s{0,4}:\s{0,4}\"")

_SOURCE_WORDS = (
    r"(?:(?:cited|used|list\sof|works)\s)?(?:sources?|references?|citations?|footnotes?|notes?|"
    r"bibliography|works\scited|passages?(?:\s(?:cited|used))?|quellen?(?:angaben?)?|"
    r"quellenverzeichnis|belege|fußnoten|sumber|referensi|rujukan|daftar\s(?:pustaka|sumber)|"
    r"fuentes?|referencias?|références?|fontes?|referências|fonti|bronnen|kaynaklar|источники|"
    r"المصادر|स्रोत|参考(?:文献|资料|資料)|來源|来源|出典|资料来源|참고(?:\s?문헌)?|출처)(?:\s(?:used|cited|list))?"
)
_SOURCES = re.compile(
    rf"[ \t]{{0,4}}(?:#{{1,6}}[ \t]{{1,3}}|\*\*|__|\*|_)?{_SOURCE_WORDS}[ \t]?(?:\*\*|__|\*|_)?[ \t]?"
    r"(?:[:：](?:\*\*|__|\*|_)?(?P<rest>[^\n]{0,300})|(?P<alone>))\Z",
    re.IGNORECASE,
)
_LISTED = re.compile(
    rf"[ \t]{{0,8}}(?:[-*+•·>|][ \t]{{0,3}})?(?:{ANY_MARKER}|\[\^[^\[\]\s]{{1,20}}\]|\^?\d{{1,2}}[.):]|[-*+•·|])"
)
_DEFINITION = re.compile(
    rf"[ \t]{{0,4}}(?:[-*+•][ \t]{{1,2}})?(?:{ANY_MARKER}|\[\^[^\[\]\s]{{1,20}}\])[ \t]?[:：=]?[ \t]{{0,3}}(?=\S)"
)
_COLON_DEFINITION = re.compile(rf"[ \t]{{0,4}}(?:{ANY_MARKER}|\[\^[^\[\]\s]{{1,20}}\])[ \t]?[:：]")
_MARKER = re.compile(ANY_MARKER)
_RULE = re.compile(r"[\s*_=-]{3,80}")
_ENDED = re.compile(rf"(?:[!?…。！？।؟]|(?<!\d)\.)[\"'”’)\]*_`]{{0,4}}\s?(?:{ANY_MARKER}\s?){{0,9}}\.?\Z")
_CITED_END = re.compile(rf"{ANY_MARKER}\.?[*_|\s]{{0,4}}\Z")
_HALF_MARKER = re.compile(r"[ \t]?[\[【(][^\[\]【】()\n]{0,20}\Z|<[^<>\n]{0,20}\Z")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model says to the reader, with canonical markers; "" if it says nothing.

    `no_answer` is its signal that the passages hold none. `cut` is True for a text that ended
    before the answer did; its unfinished last sentence is left out.
    """

    text: str
    no_answer: bool = False
    cut: bool = False


def read_reply(raw: str, finish: Finish = "stop", passages: int = MOST_PASSAGES) -> Reply:
    """The parts of a model's reply; `passages` is how many it was shown. Never raises.

    Thoughts and what they name do not count. The signal counts where it stands alone, or before or
    after everything else, and not as a word of a sentence; half an answer is kept without it.
    """
    cut = finish == "length" or len(raw) > MOST_CHARS
    text = _unwrapped(without_thoughts(raw[:MOST_CHARS]))
    if _ALONE.fullmatch(text) or _FIRST.match(text):
        return Reply("", no_answer=True)
    text = canonical(_without_definitions(text), passages)
    text = _without_sources(text)
    said = _without_signal(text)
    if cut:
        said = _finished(said)
    return Reply(said, no_answer=not said and said != text and not cut, cut=cut)


def _unwrapped(text: str) -> str:
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
    if len(text) > 2 and text[0] in "\"“" and text[-1] in "\"”" and not set(text[1:-1]) & set("\"“”"):
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
        return " ".join(filter(None, (_said(one, depth + 1) for one in value[:100]))) if depth < 3 else ""
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


def _without_definitions(text: str) -> str:
    """The text without footnotes' definitions, `[^1]: Library Rules`."""
    if "]:" not in text and "] :" not in text and "]：" not in text:
        return text
    kept = [line for line in text.split("\n") if not _COLON_DEFINITION.match(line)]
    # An answer whose every line begins with its source has no definitions.
    return "\n".join(kept).strip() if any(line.strip() for line in kept) else text


def _without_sources(text: str) -> str:
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
        if line and not _LISTED.match(lines[at]) and not _RULE.fullmatch(lines[at]) and len(line) > 160:
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


def _without_signal(text: str) -> str:
    """The text without the sentences that say of a part that there is no answer."""
    if not _HAS_SIGNAL.search(text):
        return text
    kept = []
    for line in text.split("\n"):
        if _ALONE.fullmatch(line) and line.strip():
            continue
        begin = 0
        for end in _SENTENCE_END.finditer(line):
            begin = end.end()
        last = line[begin:]
        if len(last) < 500 and not _MARKER.search(last) and _LAST.search(last):
            line = line[:begin].rstrip()
            if not line:
                continue
        kept.append(line)
    return "\n".join(kept).strip()


def _finished(text: str) -> str:
    """The text without its last sentence, item or row if that was cut off."""
    if text.count("\n```") + text.startswith("```") == 1:
        text = text[: text.rfind("```")]
    text = _HALF_MARKER.sub("", text.rstrip())
    lines = text.split("\n")
    while lines:
        last = lines[-1].rstrip()
        is_row = last.lstrip().startswith("|")
        if last and (
            _CITED_END.search(last) if is_row else _ENDED.search(last) or _CITED_END.search(last)
        ):
            break
        begin = 0
        for end in [] if is_row else _SENTENCE_END.finditer(last):
            begin = end.end()
        if begin:
            lines[-1] = last[:begin].rstrip()
            break
        lines.pop()
    return "\n".join(lines).strip()
