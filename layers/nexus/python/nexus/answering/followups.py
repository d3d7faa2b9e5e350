"""Carries a conversation's topic into a question that leans on it, by rules that work offline."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nexus.answering.follow_up_words import ASKING, ASKING_STEMS, OPENING, PREPOSITION
from nexus.answering.routing import route_of
from nexus.models import Turn
from nexus.text.function_words import function_words_of
from nexus.text.language import WORD
from nexus.text.segments import words_of
from nexus.text.stems import content_stems
from nexus.text.tongues import tongue_of

# What in a question refers to what was said before.
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
# A question with so many words of its own, some of them the topic's, needs no more of it.
WHOLE = 3
# A part of a sentence, asked alone, has no more words than this.
SHORT = 5
# A topic that is carried on is no longer than this, in characters.
LONGEST_TOPIC = 300

# How a question opens that goes on from the one before it.
_OPENERS = re.compile(rf"^\W*(?:(?:{OPENING})(?!\w)[\s,.:;–—-]*)+", re.IGNORECASE)
_ASKS = re.compile(rf"\b(?:{ASKING})\b|{ASKING_STEMS}", re.IGNORECASE)
# "Di mana perpustakaan?" is whole, and so is "From where does the bus leave?".
_ASKS_PLACE = re.compile(r"\w+ (?:mana|where)\b", re.IGNORECASE)
_STANDS_FOR = re.compile(r"\bones?\b", re.IGNORECASE)
_ENDS = " \t\r\n?!."
# What separates a topic from what stands behind it.
BEHIND = ": "


def is_follow_up(question: str) -> bool:
    """Whether a question looks as if it needed the one before it to be understood."""
    words = WORD.findall(question)
    return (
        bool(_OPENERS.match(question))
        or (len(words) <= FOLLOW_UP_WORDS and bool(LEANS_BACK.search(question)))
        or len(words) <= 2
        or _opens_within(question, words)
    )


def _opens_within(question: str, words: Sequence[str]) -> bool:
    """Whether a short question opens as a part of a sentence does: "From what age?"."""
    bare = question.strip()
    return (
        len(words) <= SHORT
        and bool(PREPOSITION.match(bare))
        and not _ASKS_PLACE.match(bare)
        and len(told_stems(question)) <= 1
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
    return _stems(own_text(question), question)


def told_stems(question: str) -> frozenset[str]:
    """The stems of what a question itself says, without the words that ask, such as "how long"."""
    return _stems(_ASKS.sub(" ", own_text(question)), question)


def _stems(text: str, question: str) -> frozenset[str]:
    """The stems of a part of a question, without what carries the grammar of its language."""
    tongue = tongue_of(question)
    # That of English and Indonesian is left out of every text's stems.
    grammar = frozenset() if tongue in ("en", "id") else function_words_of(tongue)
    return frozenset(content_stems([word for word in words_of(text) if word not in grammar]))


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
    A whole question that says words of the topic itself names what it is about.
    """
    text, since = "", 0
    for place, turn in enumerate(turns):
        if place and _continues(turn, turns[place - 1], text):
            text = carried(turn.question, text)
        else:
            text, since = turn.question, place
    return text, tuple(turns[since:])


def _continues(turn: Turn, before: Turn, topic: str) -> bool:
    own, leans = own_stems(turn.question), is_follow_up(turn.question)
    if set(turn.document_ids).isdisjoint(before.document_ids):
        return leans and len(own) <= 1
    names_it = asks(turn.question) and len(own) >= WHOLE and not own.isdisjoint(own_stems(topic))
    return leans or (len(own) <= FEW_WORDS and not names_it)


def carried(question: str, topic: str) -> str:
    """A question as one that a search understands, on a topic that is a question itself.

    "And for a doctoral one?" takes its place in "What is the fee for a master's programme?"; what
    has none stands behind the topic.
    """
    added = _OPENERS.sub("", question).strip(_ENDS) or question
    topic = _OPENERS.sub("", topic).rstrip(_ENDS)
    if not _ASKS.search(added):
        before, _, last = topic.rpartition(BEHIND)
        if before and not _ASKS.search(last) and _are_alike(last, added):
            topic = before  # another takes the place of what was added before
        if replaced := _in_place(added, topic):
            return f"{replaced}?"
        about = LEANS_BACK.sub(" ", topic)  # what is asked for stays as it was
    else:
        about = LEANS_BACK.sub(" ", _ASKS.sub(" ", topic))
    return f"{_bounded(' '.join(about.split()))}{BEHIND}{added}?"


def _are_alike(last: str, added: str) -> bool:
    """Whether both say for whom, where or when, or both name a thing: one does not replace both."""
    return bool(PREPOSITION.match(last)) == bool(PREPOSITION.match(added))


def _in_place(added: str, topic: str) -> str:
    """The topic with what was added instead of what stands in its place there; "" if nothing does.

    That begins with the same preposition, or has the same last word or, for "the other one", the
    same article.
    """
    words, new = topic.split(), added.split()
    known = [word.lower() for word in words]
    if PREPOSITION.fullmatch(new[0]):
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
