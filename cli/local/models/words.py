"""Words as the extractive model compares them: stems and function words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from nexus.retrieval.answer_kinds import all_words
from nexus.text.dictionary import indonesian_root

# Words that ask for something. Not "apakah", which asks whether.
QUESTION_WORDS = frozenset(
    """what which who whom whose when where why how many much apa siapa siapakah kapan kapankah
    mana dimana dimanakah manakah bagaimana bagaimanakah berapa berapakah mengapa kenapa""".split()
)
_ENGLISH = frozenset(
    """a an the and or but if of at by for with about to from in on into over under between
    as is are was were be been being am do does did done have has had having i you he she it
    we they me him her us them my your his its our their this that these those can could will
    would shall should may might must not no than then there here so such also up out off
    just only any some both each more most other s t name type kind during please tell
    give""".split()
)
_INDONESIAN = frozenset(
    """yang dan atau di ke dari untuk pada dengan dalam oleh ini itu adalah apakah akan sudah telah
    bisa dapat harus boleh tidak bukan ada saya kami kita anda kamu dia ia mereka juga saja
    agar supaya jika kalau bila maka seperti sebagai para sebuah suatu secara hal tentang nya
    tersebut yaitu ialah tolong sebutkan jelaskan""".split()
)
FUNCTION_WORDS = QUESTION_WORDS | _ENGLISH | _INDONESIAN

_PREFIX = re.compile(r"^(?:meng|meny|mem|men|me|peng|peny|pem|pen|per|pe|ber|ter|di|ke|se)")
_SUFFIX = re.compile(r"(?:kan|an|i)$")
_PARTICLE = re.compile(r"(?:nya|kah|lah|pun)$")


def content_stems(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order."""
    return content_stems_of(all_words(text))


def content_stems_of(words: Sequence[str]) -> list[str]:
    """The stems of those of the lower-case words that carry meaning, in order."""
    return [stem(word) for word in words if word not in FUNCTION_WORDS]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its endings, rough and fast; English and Indonesian forms meet in it."""
    word = re.sub(r"['’]\w+$", "", word)
    if word[:1].isdigit() or len(word) < 4:
        return word
    word = _english(_indonesian(indonesian_root(word)))
    return word[:7]


def _indonesian(word: str) -> str:
    bare = _PARTICLE.sub("", word) if len(word) > 6 else word
    # Only a word with both ends, or a long one, is surely derived: "present" must stay whole.
    inner = _PREFIX.sub("", bare)
    if inner != bare and len(inner) >= 4 and _SUFFIX.search(inner) and len(inner) >= 6:
        return _SUFFIX.sub("", inner)
    return bare


def _english(word: str) -> str:
    for ending, replacement, least in (
        ("ies", "y", 5), ("sses", "ss", 5), ("ing", "", 6), ("edly", "", 7), ("ed", "", 5),
        ("ly", "", 6), ("es", "", 5), ("s", "", 4),
    ):  # fmt: skip
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            word = word[: len(word) - len(ending)] + replacement
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "lse":
        word = word[:-1]
    return word.rstrip("e") if len(word) > 4 else word
