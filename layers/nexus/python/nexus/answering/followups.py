"""Tells whether a question needs the one before it to be understood, by rules that work offline."""

from __future__ import annotations

import re

from nexus.text.language import WORD

# A question that refers to what was said before: it opens as a continuation, or leans on a pronoun.
OPENS_AS_FOLLOW_UP = re.compile(
    r"^\W*(and|but|so|or|also|then|what about|how about|what if|same|dan|tapi|lalu|terus|kemudian|"
    r"atau|kalau|bagaimana dengan|bagaimana kalau|gimana kalau|untuk yang|yang)\b",
    re.IGNORECASE,
)
LEANS_BACK = re.compile(
    r"\b(it|its|they|them|their|that|those|this|these|he|she|his|her|there|one|ones|itu|tersebut|"
    r"dia|mereka|nya|begitu|sana|situ)\b|(?<=\w{3})nya\b",
    re.IGNORECASE,
)
# A longer question usually names, itself, what its pronoun stands for.
FOLLOW_UP_WORDS = 12


def is_follow_up(question: str) -> bool:
    """Whether a question needs the one before it to be understood."""
    words = WORD.findall(question)
    return (
        bool(OPENS_AS_FOLLOW_UP.search(question))
        or (len(words) <= FOLLOW_UP_WORDS and bool(LEANS_BACK.search(question)))
        or len(words) <= 2
    )


def with_context(question: str, before: str) -> str:
    """A follow-up as one question that a search understands: the question before it, then it."""
    return f"{before} {question}"
