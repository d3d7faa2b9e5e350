"""Reads the passages, the earlier turns and the question back out of an answering prompt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.sax.saxutils import unescape

# The texts are escaped, so that the next "<" ends them or begins a sentence's number.
_SENTENCE = re.compile(r"<[0-9]{1,2}\.[0-9]{1,4}>")
_PASSAGE = re.compile(
    r"<passage number=(\"[0-9]{1,4}\"|'[0-9]{1,4}')([^<>]*)>\n"
    r"([^<]*+(?:<[0-9]{1,2}\.[0-9]{1,4}>[^<]*+)*+)\n?</passage>"
)
_TITLE = re.compile(r"""\btitle=(?:"([^"]*)"|'([^']*)')""")
_PLACE = re.compile(r"""\bplace=(?:"([^"]*)"|'([^']*)')""")
_TURN = re.compile(r"<turn>\n<asked>([^<]*)</asked>\n(?:<answered>([^<]*)</answered>\n)?</turn>")
_STANDALONE = re.compile(r"<standalone>\n([^<]*)\n</standalone>")
_QUESTION = re.compile(r"<question>\n([^<]*)\n</question>\s*\Z")
_ENTITIES = {"&quot;": '"', "&apos;": "'", "&#10;": "\n", "&#13;": "\r", "&#9;": "\t"}


@dataclass(frozen=True, slots=True)
class QuotedPassage:
    """A passage of the prompt; `number` is what a citation names."""

    number: int
    title: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerPrompt:
    """What `answer_messages` was given; `earlier` are questions and answers, oldest first.

    `standalone` is the question in words that need no turn before it, "" where it needs none.
    """

    question: str
    passages: tuple[QuotedPassage, ...]
    earlier: tuple[tuple[str, str], ...]
    standalone: str = ""


def read_prompt(text: str) -> AnswerPrompt | None:
    """The parts of a prompt that asks for a cited answer, or None if it is another prompt."""
    question = _QUESTION.search(text)
    if question is None:
        return None
    passages = tuple(
        QuotedPassage(
            int(found[1][1:-1]), _attribute(_TITLE, found[2]), _attribute(_PLACE, found[2]),
            unescape(_SENTENCE.sub("", found[3]).removesuffix("\n")),
        )
        for found in _PASSAGE.finditer(text)
    )  # fmt: skip
    earlier = tuple(
        (unescape(found[1]), unescape(found[2] or "")) for found in _TURN.finditer(text)
    )
    meant = _STANDALONE.search(text)
    standalone = unescape(meant[1]).strip() if meant else ""
    return AnswerPrompt(unescape(question[1]).strip(), passages, earlier, standalone)


def _attribute(pattern: re.Pattern[str], attributes: str) -> str:
    found = pattern.search(attributes)
    return unescape(found[1] or found[2] or "", _ENTITIES) if found else ""
