"""Carries a conversation's topic into a question that leans on it, by rules that work offline."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nexus.answering.routing import route_of
from nexus.models import Turn
from nexus.text.language import WORD
from nexus.text.segments import words_of
from nexus.text.stems import content_stems

# A question that refers to what was said before: it opens as a continuation, or leans on a pronoun.
_OPENING = (
    r"and|but|so|or|also|then|what about|how about|what if|same|dan|tapi|lalu|terus|kemudian|atau|"
    r"kalau|bagaimana dengan|bagaimana kalau|gimana kalau|untuk yang|yang"
)
OPENS_AS_FOLLOW_UP = re.compile(rf"^\W*(?:{_OPENING})\b", re.IGNORECASE)
LEANS_BACK = re.compile(
    r"\b(it|its|they|them|their|that|those|this|these|he|she|his|her|one|ones|itu|tersebut|"
    r"(?<!is )(?<!are )(?<!was )there|"
    r"dia|mereka|nya|begitu|sana|situ)\b|(?<=\w{3})nya\b",
    re.IGNORECASE,
)
# A longer question usually names, itself, what its pronoun stands for.
FOLLOW_UP_WORDS = 12
# Questions with more words of their own than this go on with a topic only where they say so.
FEW_WORDS = 4
# One word alone does not say where in another question it belongs.
LEAST_WORDS = 2
# A topic that is carried on is no longer than this, in characters.
LONGEST_TOPIC = 300

_OPENERS = re.compile(rf"^\W*(?:(?:{_OPENING})\b[\s,]*)+", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:what|which|who|whom|whose|when|where|why|how(?: (?:much|many|long|often))?|is|are|was|"
    r"were|do|does|did|can|could|may|must|should|will|has|have|apa|apakah|siapa|kapan|mana|dimana|"
    r"bagaimana|gimana|berapa|mengapa|kenapa|bisa|bisakah|boleh|bolehkah|adakah|ada)\b|"
    r"\bberapa\w*",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"(?:for|in|on|at|to|from|of|with|during|after|before|untuk|bagi|di|ke|dari|pada|dengan|dalam)\b",
    re.IGNORECASE,
)
_STANDS_FOR = re.compile(r"\bones?\b", re.IGNORECASE)
_ENDS = " \t\r\n?!."
# What separates a topic from what stands behind it.
_BEHIND = ": "


def is_follow_up(question: str) -> bool:
    """Whether a question looks as if it needed the one before it to be understood."""
    words = WORD.findall(question)
    return (
        bool(OPENS_AS_FOLLOW_UP.search(question))
        or (len(words) <= FOLLOW_UP_WORDS and bool(LEANS_BACK.search(question)))
        or len(words) <= 2
    )


def asks(question: str) -> bool:
    """Whether a question says what it asks for, as "Who is eligible?" does and "Parking?" not."""
    return bool(_ASKS.search(question))


def stands_alone(question: str) -> bool:
    """Whether a question says so much itself that no talk before it makes another of it."""
    return len(own_stems(question)) > FEW_WORDS and not is_follow_up(question)


def own_text(question: str) -> str:
    """What a question itself says, without what only points back."""
    return LEANS_BACK.sub(" ", _OPENERS.sub(" ", question))


def own_stems(question: str) -> frozenset[str]:
    """The stems of what a question itself says."""
    return frozenset(content_stems(words_of(own_text(question))))


def told_stems(question: str) -> frozenset[str]:
    """The stems of what a question itself says, without the words that ask, such as "how long"."""
    return frozenset(content_stems(words_of(_ASKS.sub(" ", own_text(question)))))


def answered(turns: Sequence[Turn]) -> list[Turn]:
    """The turns that say what a conversation is about: not refusals, greetings and thanks."""
    return [
        turn
        for turn in turns
        if not turn.refused and route_of(turn.question) not in ("greeting", "thanks")
    ]


def topic_of(turns: Sequence[Turn]) -> tuple[str, tuple[Turn, ...]]:
    """The last turn's question in words that need none before it, and the turns they come from.

    `turns` are answered ones, oldest first. A turn goes on with the topic before it if it leans on
    it with few words of its own, or is answered from the same document and leans or is short.
    """
    text, since = "", 0
    for place, turn in enumerate(turns):
        if place and _continues(turn, turns[place - 1]):
            text = carried(turn.question, text)
        else:
            text, since = turn.question, place
    return text, tuple(turns[since:])


def _continues(turn: Turn, before: Turn) -> bool:
    own = len(own_stems(turn.question))
    if not set(turn.document_ids).isdisjoint(before.document_ids):
        return is_follow_up(turn.question) or own <= FEW_WORDS
    return is_follow_up(turn.question) and own <= 1


def carried(question: str, topic: str) -> str:
    """A question as one that a search understands, on a topic that is a question itself.

    "And for a doctoral one?" takes its place in "What is the fee for a master's programme?"; what
    has none stands behind the topic.
    """
    added = _OPENERS.sub("", question).strip(_ENDS) or question
    topic = _OPENERS.sub("", topic).rstrip(_ENDS)
    if not _ASKS.search(added):
        before, _, last = topic.rpartition(_BEHIND)
        if before and not _ASKS.search(last):  # another takes the place of what was added before
            topic = before
        if replaced := _in_place(added, topic):
            return f"{replaced}?"
    about = LEANS_BACK.sub(" ", _ASKS.sub(" ", topic))
    return f"{_bounded(' '.join(about.split()))}{_BEHIND}{added}?"


def _in_place(added: str, topic: str) -> str:
    """The topic with what was added instead of what stands in its place there; "" if nothing does.

    That begins with the same preposition, or has the same last word or, for "the other one", the
    same article.
    """
    words, new = topic.split(), added.split()
    known = [word.lower() for word in words]
    if _PREPOSITION.fullmatch(new[0]):
        if new[0].lower() in known:
            start = len(known) - 1 - known[::-1].index(new[0].lower())
            same = [words[-1] if _STANDS_FOR.fullmatch(word) else word for word in new]
            return " ".join([*words[:start], *same])
        new = new[1:]
    if len(new) < LEAST_WORDS:
        return ""
    *rest, head = new
    place = (rest[0] if _STANDS_FOR.fullmatch(head) else head).lower()
    if place not in known:
        return ""
    start = end = known.index(place)
    if _STANDS_FOR.fullmatch(head):
        end += len(rest)
    else:  # no more words than were added, and none that asks
        while start and end - start < len(rest) and not _ASKS.search(words[start - 1]):
            start -= 1
    if start == end or end >= len(words):
        return ""
    return " ".join([*words[:start], *rest, *words[end:]])


def _bounded(topic: str) -> str:
    """A topic without its middle, if it is long: its first words name it."""
    if len(topic) <= LONGEST_TOPIC:
        return topic
    half = LONGEST_TOPIC // 2
    return f"{topic[:half].rsplit(maxsplit=1)[0]} {topic[-half:].split(maxsplit=1)[-1]}"
