"""Words as the extractive model compares them: stems, function words, and kinds of answers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

AnswerKind = Literal["number", "date", "year", "duration", "person", "place"]

_WORD = re.compile(r"[^\W_]+(?:[.,:]\d+)*(?:['’][a-z]+)?")

_ENGLISH = frozenset(
    """a an the and or but if of at by for with about to from in on into over under between as is
    are was were be been being am do does did done have has had having i you he she it we they me
    him her us them my your his its our their this that these those what which who whom whose when
    where why how can could will would shall should may might must not no than then there here so
    such also up out off just only any some both each many much more most other s t name type kind
    during please tell give""".split()
)
_INDONESIAN = frozenset(
    """yang dan atau di ke dari untuk pada dengan dalam oleh ini itu adalah apa apakah siapa
    siapakah kapan kapankah mana dimana dimanakah manakah bagaimana bagaimanakah berapa berapakah
    mengapa kenapa akan sudah telah bisa dapat harus boleh tidak bukan ada saya kami kita anda kamu
    dia ia mereka juga saja agar supaya jika kalau bila maka seperti sebagai para sebuah suatu
    secara hal tentang nya tersebut yaitu ialah tolong sebutkan jelaskan""".split()
)
FUNCTION_WORDS = _ENGLISH | _INDONESIAN

_PREFIX = re.compile(r"^(?:meng|meny|mem|men|me|peng|peny|pem|pen|per|pe|ber|ter|di|ke|se)")
_SUFFIX = re.compile(r"(?:kan|an|i)$")
_PARTICLE = re.compile(r"(?:nya|kah|lah|pun)$")

_MONTH = (
    r"(?:jan(?:uar[yi])?|feb(?:ruar[yi])?|mar(?:ch|et)|apr(?:il)?|may|mei|jun[ei]|jul[yi]|"
    r"aug(?:ust)?|agustus|sep(?:tember)?|oct(?:ober)?|oktober|nov(?:ember)?|de[cs](?:ember)?)\b"
)
_DAY = (
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\b(?:senin|selasa|rabu|kamis|jumat|sabtu|minggu)"
)
_NUMBER_WORD = (
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|half|third|quarter|"
    r"twenty|thirty|forty|fifty|hundred|thousand|million|billion|once|twice|satu|dua|tiga|empat|"
    r"lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|puluh|ratus|ribu|juta|setengah)\b"
)
_YEAR = r"\b(?:1\d{3}|20\d\d)s?\b"
_UNIT_OF_TIME = (
    r"(?:year|day|week|month|hour|minute|second|decade|centur|semester|tahun|hari|minggu|bulan|jam|"
    r"menit|detik)"
)
# Numbers that count nothing: of a day, of a year, of a place in an order.
_NO_COUNT = re.compile(
    rf"\b\d\d? {_MONTH}(?:,? {_YEAR})?|{_MONTH} (?:\d\d?,? )?{_YEAR}|\b\d+(?:st|nd|rd|th)\b|"
    rf"\b(?:in|since|during|tahun|sejak) {_YEAR}(?:[-–]\d+)?",
    re.IGNORECASE,
)
_SIGNS: dict[AnswerKind, re.Pattern[str]] = {
    "number": re.compile(rf"\d[\d.,]*|{_NUMBER_WORD}", re.IGNORECASE),
    "year": re.compile(_YEAR),
    "duration": re.compile(
        rf"(?:\d|\ban?|\bsome|\bse|{_NUMBER_WORD})[ -]?(?:half )?{_UNIT_OF_TIME}|"
        rf"{_YEAR}(?: ?[-–] ?| (?:to|until|sampai|hingga) ){_YEAR}",
        re.IGNORECASE,
    ),
    "date": re.compile(
        rf"\b1\d{{3}}s?\b|\b20\d\d\b|\b{_MONTH}|{_DAY}|\b\d\d?[:.]\d\d\b|\bcentury\b|\babad\b|"
        r"\b\d+ (?:years?|days?|weeks?|months?|tahun|hari|minggu|bulan)\b",
        re.IGNORECASE,
    ),
    "person": re.compile(r"(?<=[\w,;:] )[A-Z][\w'’.-]+|^[A-Z][\w'’-]+(?= [A-Z][a-z])"),
    "place": re.compile(
        r"\b(?:in|at|near|from|to|of|on|di|ke|dari)(?: the| kota| gedung)? [A-Z][\w'’-]+|"
        r"\b(?i:floor|building|room|street|campus|lantai|gedung|ruang|jalan|kampus)\b"
    ),
}
_ASKS: tuple[tuple[AnswerKind, re.Pattern[str]], ...] = (
    ("duration", re.compile(r"\bhow long\b|\bberapa lama\b", re.IGNORECASE)),
    ("year", re.compile(r"\b(?:what|which) year\b|\btahun (?:berapa|apa)\b", re.IGNORECASE)),
    (
        "date",
        re.compile(
            r"\bwhen\b|\b(?:what|which) (?:date|day|month|century|decade|time)\b|"
            r"\bkapan|\b(?:tanggal|bulan|hari|jam|pukul) (?:berapa|apa)\b|"
            r"\bdeadline\b|\btenggat",
            re.IGNORECASE,
        ),
    ),
    (
        "number",
        re.compile(
            r"\bhow (?:many|much|old|far|tall|high|large|big|often|fast|deep|wide)\b|\bberapa|"
            r"\b(?:what|which) (?:\w+ )?"
            r"(?:percent\w*|number|amount|price|cost|fee|rate|population)\b",
            re.IGNORECASE,
        ),
    ),
    ("person", re.compile(r"\bwho\b|\bwhose\b|\bwhom\b|\bsiapa", re.IGNORECASE)),
    (
        "place",
        re.compile(
            r"\bwhere\b|\b(?:di|ke|dari) ?mana\b|"
            r"\b(?:what|which) (?:city|country|state|town|place|building|room|street|floor)\b",
            re.IGNORECASE,
        ),
    ),
)


def asked_kind(question: str) -> AnswerKind | None:
    """The kind of thing that the question asks for, or None if its words do not say."""
    return next((kind for kind, pattern in _ASKS if pattern.search(question)), None)


def offers(kind: AnswerKind, text: str, question_words: frozenset[str]) -> bool:
    """Whether the text holds a thing of that kind that the question did not itself name."""
    text = _NO_COUNT.sub(" ", text) if kind == "number" else text
    return any(
        not all(word in question_words for word in all_words(sign.group()))
        for sign in _SIGNS[kind].finditer(text)
    )


def all_words(text: str) -> list[str]:
    """Every word in lower case, numbers whole, in order."""
    return _WORD.findall(text.lower())


def content_stems(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order."""
    return [stem(word) for word in all_words(text) if word not in FUNCTION_WORDS]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its endings, rough and fast; English and Indonesian forms meet in it."""
    word = re.sub(r"['’]\w+$", "", word)
    if word[:1].isdigit() or len(word) < 4:
        return word
    word = _english(_indonesian(word))
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
