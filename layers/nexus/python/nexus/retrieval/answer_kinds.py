"""Tells what kind of thing a question asks for, and whether a text offers one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from nexus.text.segments import in_pieces

AnswerKind = Literal["number", "amount", "date", "year", "duration", "person", "place"]

_WORD = re.compile(r"[^\W_]+(?:[.,:]\d+)*(?:['’][a-z]+)?")

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
# Capitalised words that name nobody: months, days, currencies and codes. Nor does any that stands
# before a figure or a colon: "Room 6", "Fee: free".
_NO_NAME = rf"(?!(?i:{_MONTH}|{_DAY}|(?:rp|idr|usd|eur|gbp|sgd|myr|jpy)(?![^\W\d_]))|[A-Z]+\d)"
_SIGNS: dict[AnswerKind, re.Pattern[str]] = {
    "amount": re.compile(
        rf"{_NUMBER_WORD} (?:dollar|euro|rupiah|pound|yen|ringgit|cent)s?\b|"
        r"(?:[$€£¥₹]|\b(?:idr|rp|usd|eur|gbp|sgd|myr|jpy)\.?) ?\d|\d ?(?:[$€£¥₹]|"
        r"(?:dollar|euro|rupiah|pound|yen|ringgit|cent)s?\b)|\b\d{1,3}(?:[.,]\d{3})+\b|\b\d{5,12}\b|"
        r"\b(?:free of charge|free|gratis|cuma-cuma|tanpa biaya|tidak dipungut)\b",
        re.IGNORECASE,
    ),
    "number": re.compile(rf"\d[\d.,]*|{_NUMBER_WORD}", re.IGNORECASE),
    "year": re.compile(_YEAR),
    "duration": re.compile(
        rf"(?:\d|\ban?|\bsome|\bse|{_NUMBER_WORD})[ -]?(?:half )?{_UNIT_OF_TIME}|"
        r"\b\d{1,9} ?(?:m?s|secs?|mins?|h|hrs?)\b|"
        rf"{_YEAR}(?: ?[-–] ?| (?:to|until|sampai|hingga) ){_YEAR}",
        re.IGNORECASE,
    ),
    "date": re.compile(
        rf"\b1\d{{3}}s?\b|\b20\d\d\b|\b{_MONTH}|{_DAY}|\b\d\d?[:.]\d\d\b|\bcentury\b|\babad\b|"
        r"\b\d+ (?:years?|days?|weeks?|months?|tahun|hari|minggu|bulan)\b",
        re.IGNORECASE,
    ),
    "person": re.compile(
        rf"(?:(?<=[\w,;:] )|^(?=[\w'’-]+ [A-Z][a-z])){_NO_NAME}[A-Z][\w'’.-]++(?!:| [A-Z]?\d)"
    ),
    "place": re.compile(
        r"\b(?:in|at|near|from|to|of|on|di|ke|dari)(?: the| kota| gedung)? [A-Z][\w'’-]+|"
        r"\b(?i:floor|building|room|street|campus|lantai|gedung|ruang|jalan|kampus)\b|"
        r"(?<![\w/:])[~.]{0,2}/[\w.@-]{2,60}|\b(?i:folder|directory|direktori|menu)\b"
    ),
}
_MONEY = (
    r"(?:fees?|costs?|price|fine|charge|premium|tuition|deposit|salary|wage|"
    r"biaya|harga|denda|tarif|ongkos|iuran|premi|gaji|upah)\b"
)
_ASKS: tuple[tuple[AnswerKind, re.Pattern[str]], ...] = (
    (
        "duration",
        re.compile(
            rf"\bhow long\b|\bberapa lama\b|\b(?:how many|berapa) {_UNIT_OF_TIME}",
            re.IGNORECASE,
        ),
    ),
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
        "amount",
        re.compile(
            rf"\bwhat (?:is|are|was|were)(?: [^\W_]+){{0,5}} {_MONEY}|\b(?:what|which) {_MONEY}|"
            rf"\bhow (?:much|high|large)(?: [^\W_]+){{1,6}} (?:{_MONEY}|pay)|"
            rf"\bberapa (?:besar(?:nya)? )?{_MONEY}|"
            rf"\bwhat (?:do|does|did|will|must)(?: [^\W_]+){{1,6}} (?:cost|pay)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "number",
        re.compile(
            r"\bhow (?:many|much|old|far|tall|high|large|big|often|fast|deep|wide)\b|\bberapa|"
            r"\b(?:what|which) (?:\w+ )?"
            r"(?:percent\w*|numbers?|amount|price|cost|fee|rate|population|age)\b",
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


@lru_cache(maxsize=64)
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


# "Who is the rector?": who holds a post. A name that is asked about is no post.
_HOLDER = re.compile(
    r"^\W*(?:who(?:['’]s| is| was| are| were) (?:the|our|your|its|this)|"
    r"siapa(?:kah)?(?: adalah| nama)?) (?P<post>[^\W\d][^?.!,]{2,60})",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r" (?:of|for|at|in|on|to|dari|di|untuk|pada|saat|now|currently)\b")
# Words of a post: what is longer tells of somebody.
LONGEST_POST = 4
_DOES = re.compile(r"\b(?:who|that|which|yang|to \w+)\b", re.IGNORECASE)
# A capitalised word or several, and what stands before them.
_CAPITALISED = re.compile(
    r"(?:(?P<before>\b[A-Za-z]{2,8}) )?\b(?P<name>[A-Z][\w'’-]{1,30}"
    r"(?:,? (?:[A-Z]\.|[A-Z][\w'’-]{1,30}|de|van|bin|binti)){0,5})"
)
_OF_THINGS = frozenset("of the at in for from to on a an this di ke dari untuk pada para".split())
_THINGS = re.compile(
    r"\b(?:univers\w*|institut\w*|colleges?|schools?|facult\w*|fakultas|departe?men\w*|offices?|"
    r"boards?|senat\w*|committees?|councils?|minist\w*|kementerian|librar\w*|perpustakaan|"
    r"regulation\w*|peraturan|cent(?:er|re)s?|pusat|directorates?|direktorat|biro|bagian|program\w*|"
    r"students?|mahasiswa|building|gedung|street|jalan|the|a|if|when|for|in|on|setiap|jika|bila|"
    r"rector|rektor|deans?|dekan|head|kepala|director|direktur|chair\w*|ketua|vice|wakil|manager|"
    r"secretary|sekretaris|president|presiden|mon|tues|wednes|thurs|fri|satur|sun|senin|selasa|"
    r"rabu|kamis|jumat|sabtu|minggu)(?:day)?\b",
    re.IGNORECASE,
)


def names_holder(question: str, sentence: str) -> bool | None:
    """Whether a sentence names the person who holds the post that a question asks about.

    None if the question asks for no post. The sentence has to name the post, too.
    """
    asked = _HOLDER.match(question)
    if asked is None or _DOES.search(asked["post"]) or asked["post"][0].isupper():
        return None
    post = all_words(_PREPOSITION.split(asked["post"])[0])
    # The English post ends in what it is, the Indonesian one begins with it.
    posts = {word.removesuffix("nya")[:5] for word in (*post[:1], *post[-1:])}
    if len(post) > LONGEST_POST or posts.isdisjoint(word[:5] for word in all_words(sentence)):
        return None if len(post) > LONGEST_POST else False
    return any(
        (found["before"] or "").lower() not in _OF_THINGS
        and (found.start() > 0 or " " in found["name"])  # a sentence begins with a capital
        and not _THINGS.search(found["name"])
        and not _THINGS.fullmatch(found["name"].split()[0])
        for found in _CAPITALISED.finditer(sentence)
    )


def all_words(text: str) -> list[str]:
    """Every word in lower case, numbers whole, in order; pairs of letters where unspaced."""
    return in_pieces(_WORD.findall(text.lower()))
