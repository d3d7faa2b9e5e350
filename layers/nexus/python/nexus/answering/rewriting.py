"""Has a cheap language model say what a question means in its conversation, and doubts it.

What the model writes is only searched for, and shown to the model that answers as material: it
decides nothing and speaks to nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nexus.answering.prompts import rewriting_messages
from nexus.answering.routing import route_of
from nexus.answering.thoughts import without_thoughts
from nexus.models import Turn, Usage
from nexus.ports import ChatModel
from nexus.text.inert import without_inert
from nexus.text.sanitising import visible
from nexus.text.segments import words_of
from nexus.text.sentences import sentence_spans
from nexus.text.stems import content_stems

# A rewritten question takes some thirty; what a model thinks before it counts, too.
MOST_TOKENS = 1_000
# So many of the last turns are shown whole; of those before, the question and how its answer began.
WHOLE_TURNS = 3
LONGEST_ANSWER = 600
LONGEST_BEGINNING = 160
# What is longer than this, in characters, or than so many times the question and the longest one
# before it together, is no rewritten question.
LONGEST = 400
TIMES = 2
# A question without a mark asks with one of so many words.
FIRST_WORDS = 3
# The share of a rewritten question's words that the conversation has to have said.
LEAST_KNOWN = 0.5

_LABEL = re.compile(
    r"^\W{0,4}(?:(?:standalone|rewritten|search|final) )?(?:question|query|pertanyaan)\W{0,4}:\s*",
    re.IGNORECASE,
)
_MARK = re.compile(r"[?？؟]")
_ASKS = re.compile(
    r"\b(?:what|which|who|whom|whose|when|where|why|how|is|are|does|do|can|could|may|must|"
    r"apa|apakah|siapa|kapan|mana|bagaimana|berapa|mengapa|kenapa|bisa|boleh)\b|\bberapa\w+",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d[\d.,:]*")
_LINK = re.compile(r"https?:|www\.|\]\(|<[a-z/]", re.IGNORECASE)


class Rewriter:
    """A chat model that is asked for one question."""

    def __init__(self, chat: ChatModel, max_tokens: int) -> None:
        self._chat = chat
        self._max_tokens = max_tokens

    def rewrite(self, question: str, turns: Sequence[Turn]) -> tuple[str, Usage]:
        """The question in words that need no conversation, and what asking cost.

        "" where the model said nothing that can be one. `turns` are the ones before, oldest first;
        an answer that is "" is not shown. Raises what the chat model raises.
        """
        told = remembered(turns)
        said = self._chat.complete(rewriting_messages(question, told), self._max_tokens)
        text = "" if said.finish in ("length", "filter") else read_rewrite(said.text)
        return (text if is_sound(text, question, told) else ""), said.usage


def rewriter_of(chat: ChatModel | None) -> Rewriter | None:
    """The rewriter that a model is, where there is one."""
    return Rewriter(chat, MOST_TOKENS) if chat else None


def remembered(turns: Sequence[Turn]) -> list[tuple[str, str]]:
    """The questions and answers that say what a conversation is about, oldest first.

    The last ones stand whole, if they are not very long; of older ones' answers the first sentence,
    and of refusals the question alone.
    """
    spoken = [turn for turn in turns if route_of(turn.question) not in ("greeting", "thanks")]
    told = []
    for place, turn in enumerate(spoken, start=1):
        answer = "" if turn.refused else turn.answer
        if place <= len(spoken) - WHOLE_TURNS:
            first = next(iter(sentence_spans(answer)), (0, 0))
            answer = answer[slice(*first)][:LONGEST_BEGINNING]
        told.append((turn.question[:LONGEST_ANSWER], answer[:LONGEST_ANSWER]))
    return told


def read_rewrite(text: str) -> str:
    """The one line that a model wrote, without its thoughts, label and quotation marks, or ""."""
    lines = [line for line in without_thoughts(text[:20_000]).splitlines() if line.strip()]
    if len(lines) != 1:
        return ""
    line = " ".join(visible(_LABEL.sub("", lines[0])).split())
    return line.strip("\"'“”«»*`_ ")


def is_sound(rewrite: str, question: str, told: Sequence[tuple[str, str]]) -> bool:
    """Whether a text can be the question of this conversation, in other words.

    It is not if it is empty, long, an answer, an order to a machine, or about something else.
    """
    asked = [question, *(earlier for earlier, _ in told)]
    room = TIMES * (len(question) + max(map(len, asked[1:]), default=0))
    if not rewrite or len(rewrite) > min(LONGEST, max(room, 80)):
        return False
    if _is_question(question) and not _is_question(rewrite):
        return False
    if _LINK.search(rewrite) or without_inert(rewrite) != rewrite:
        return False
    known = " ".join([*asked, *(answer for _, answer in told)])
    if not set(_figures(rewrite)) <= set(_figures(known)):
        return False
    stems = set(content_stems(words_of(rewrite)))
    return len(stems & set(content_stems(words_of(known)))) >= LEAST_KNOWN * len(stems)


def _is_question(text: str) -> bool:
    """Whether a text has a question mark, or asks with one of its first words."""
    return bool(_MARK.search(text) or _ASKS.search(" ".join(text.split()[:FIRST_WORDS])))


def _figures(text: str) -> list[str]:
    return [found.rstrip(".,:") for found in _FIGURE.findall(text)]
