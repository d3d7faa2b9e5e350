"""Reads what a model replied: its answer apart from thoughts, wrappers, own sources and signals."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nexus.answering.citations import ANY_MARKER, MARKER
from nexus.answering.notations import MOST_PASSAGES, canonical
from nexus.answering.prompts import NO_ANSWER
from nexus.answering.source_lists import without_definitions, without_sources
from nexus.answering.thoughts import without_thoughts
from nexus.answering.wrappers import unwrapped
from nexus.ports import Finish

# Far more than any answer and its thoughts.
MOST_CHARS = 400_000

_SIGNAL = NO_ANSWER.replace("_", r"[ _\\-]{1,2}")
_QUOTES = r"[\s*_`\"'“”‘’«»#>()\[\]{}-]{0,12}"
_ALONE = re.compile(rf"{_QUOTES}{_SIGNAL}{_QUOTES}(?:{ANY_MARKER}[\s.]?)?[.!:]?{_QUOTES}", re.I)
# The signal, and then why: it is the answer, unless what follows goes on with its sentence.
_FIRST = re.compile(rf"{_QUOTES}{_SIGNAL}[*_`\"”']{{0,4}}\s{{0,3}}(?:\n|[.!](?=\s)|[(—–]|- )", re.I)
_LAST = re.compile(
    rf"(?:[:：,;—–-]|\A|[.!?]\s)[\s*_`\"'(\[-]{{0,6}}{_SIGNAL}{_QUOTES}[.!]?\s{{0,3}}\Z", re.I
)
_HAS_SIGNAL = re.compile(_SIGNAL, re.IGNORECASE)
# Where the sentence before ends.
_SENTENCE_END = re.compile(
    rf"(?:[.!?…][\"'”’)*_]{{0,3}}|{ANY_MARKER}[.]?)\s{{1,4}}(?=\S)|[。！？](?:{ANY_MARKER}){{0,9}}"
)

_ENDED = re.compile(
    rf"(?:[!?…。！？।؟]|(?<!\d)\.)[\"'”’)\]*_`]{{0,4}}\s?(?:{ANY_MARKER}\s?){{0,9}}\.?\Z"
)
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
    text = unwrapped(without_thoughts(raw[:MOST_CHARS]))
    if _ALONE.fullmatch(text) or _FIRST.match(text):
        return Reply("", no_answer=True)
    text = canonical(without_definitions(text), passages)
    text = without_sources(text)
    said = _without_signal(text)
    if cut:
        said = _finished(said)
    return Reply(said, no_answer=not said and said != text and not cut, cut=cut)


def says_no_answer(text: str) -> bool:
    """Whether a text holds, anywhere, the signal that there is no answer, or of a part of one."""
    return _HAS_SIGNAL.search(text) is not None


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
        if len(last) < 500 and not MARKER.search(last) and _LAST.search(last):
            if begin:
                kept.append(line[:begin].rstrip())
        else:
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
