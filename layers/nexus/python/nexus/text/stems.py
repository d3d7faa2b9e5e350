"""Reduces English and Indonesian words to what can be compared: stems, and meanings they share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from nexus.models import Language
from nexus.text.everyday_words import MEANINGS
from nexus.text.function_words import function_words_of
from nexus.text.language import ENGLISH, INDONESIAN

WORD = re.compile(r"[^\W_]+")

# Words that carry grammar and no claim, beyond those that tell the two languages apart.
FUNCTION_WORDS = (
    ENGLISH
    | INDONESIAN
    | frozenset(
        """over under between into being am having she him her us me his any some both each many
        more most other no than then so such also up out off just only per via shall might upon am
        whether while although because through during within without there here however therefore
        s t d ll ve re please either neither own same very too but yet
        the ialah yaitu yakni sebuah suatu seorang para hal bila maka seperti saja agar supaya
        telah sedang masih lagi pun lah kah nya tersebut dimana bahwa karena namun tetapi tapi
        sedangkan serta maupun antara terhadap bagi per ia dia kamu bukan tanpa ada dapatkah selama
        melalui ketika saat sehingga setiap tiap masing""".split()
    )
)
NEGATORS = frozenset(
    "not no never cannot nor without tidak bukan jangan belum tanpa tak dilarang".split()
)

_INDONESIAN_PREFIX = re.compile(
    r"^(?:meng|meny|mem|men|me|peng|peny|pem|pen|per|pe|ber|ter|di|ke|se)"
)
_INDONESIAN_SUFFIX = re.compile(r"(?:kan|an|i)$")
_PARTICLE = re.compile(r"(?:nya|kah|lah|pun)$")
_ENGLISH_ENDINGS = (
    ("ies", "y", 5), ("sses", "ss", 5), ("ing", "", 6), ("edly", "", 7), ("ed", "", 5),
    ("ly", "", 6), ("es", "", 5), ("s", "", 4),
)  # fmt: skip


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A lower-case word without its endings, rough and fast; numbers stay as they are."""
    if word[:1].isdigit() or len(word) < 4:
        return word
    word = _english(_indonesian(word))
    # meminjam and pinjam: Indonesian verbs lose the first consonant of their root.
    if len(word) >= 5 and word[0] in "ptks" and word[1] in "aeiou":
        word = word[1:]
    return word[:7]


def content_stems(words: Sequence[str], tongue: str = "") -> list[str]:
    """The stems of the words that carry meaning, in order.

    `tongue` is the language of the words, if that is known and may be a third one.
    """
    grammar = FUNCTION_WORDS if tongue in ("", "en", "id") else function_words_of(tongue)
    return [stem(word) for word in words if word not in grammar]


@lru_cache(maxsize=50_000)
def meanings(word_stem: str) -> frozenset[int]:
    """The meanings that a stem is known for; words of either language share them."""
    return _KNOWN.get(word_stem, frozenset())


def language_of_words(words: list[str]) -> Language | None:
    """The language of the words, or None when too few of them tell."""
    indonesian = sum(word in INDONESIAN for word in words)
    english = sum(word in ENGLISH for word in words)
    if min(indonesian, english) * 2 >= max(indonesian, english):
        return None
    return Language.INDONESIAN if indonesian > english else Language.ENGLISH


def negated(words: list[str]) -> frozenset[str]:
    """The stems that a negation stands before, at most two words away."""
    found: set[str] = set()
    for place, word in enumerate(words):
        if word in NEGATORS:
            following = [w for w in words[place + 1 : place + 4] if w not in FUNCTION_WORDS]
            found.update(stem(w) for w in following[:1])
    return frozenset(found)


def _indonesian(word: str) -> str:
    bare = _PARTICLE.sub("", word) if len(word) > 6 else word
    # Only a word with both ends, or a long one, is surely derived: "present" must stay whole.
    inner = _INDONESIAN_PREFIX.sub("", bare)
    if inner != bare and len(inner) >= 6 and _INDONESIAN_SUFFIX.search(inner):
        return _INDONESIAN_SUFFIX.sub("", inner)
    return bare


def _english(word: str) -> str:
    for ending, replacement, least in _ENGLISH_ENDINGS:
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            word = word[: len(word) - len(ending)] + replacement
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "lse":
        word = word[:-1]
    return word.rstrip("e") if len(word) > 4 else word


def _known() -> dict[str, frozenset[int]]:
    known: dict[str, set[int]] = {}
    for meaning, (english, indonesian) in enumerate(MEANINGS):
        for word in (*english, *indonesian):
            known.setdefault(stem(word), set()).add(meaning)
    return {word: frozenset(ids) for word, ids in known.items()}


_KNOWN = _known()
