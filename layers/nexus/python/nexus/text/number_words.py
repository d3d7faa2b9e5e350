"""Numbers as words of the large languages, and as Chinese, Japanese and Korean numerals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_ENGLISH = (
    "zero|one first|two second twice|three third thrice|four fourth|five fifth|six sixth|"
    "seven seventh|eight eighth|nine ninth|ten tenth|eleven eleventh|twelve twelfth|"
    "thirteen thirteenth|fourteen fourteenth|fifteen fifteenth|sixteen sixteenth|"
    "seventeen seventeenth|eighteen eighteenth|nineteen nineteenth"
)
_INDONESIAN = (
    "nol|satu pertama kesatu|dua kedua|tiga ketiga|empat keempat|lima kelima|enam keenam|"
    "tujuh ketujuh|delapan kedelapan|sembilan kesembilan|sepuluh kesepuluh|sebelas kesebelas"
)
_GERMAN = (
    "null|eins|zwei zweite zweiten|drei dritte dritten|vier vierte vierten|fünf fünfte|"
    "sechs sechste|sieben siebte|acht achte|neun neunte|zehn zehnte|elf|zwölf|dreizehn|vierzehn|"
    "fünfzehn|sechzehn|siebzehn|achtzehn|neunzehn"
)
_FRENCH = (
    "zéro|premier première|deux deuxième|trois troisième|quatre quatrième|cinq cinquième|six|"
    "sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize"
)
_SPANISH = (
    "cero|primero primera|dos segundo segunda|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|"
    "doce|trece|catorce|quince|dieciséis|diecisiete|dieciocho|diecinueve"
)
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "id": "",
}
_SCALES = {
    "en": {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9,
           "trillion": 10**12, "dozen": 12},
    "id": {"belas": 10, "puluh": 10, "ratus": 100, "ribu": 1000, "juta": 10**6, "miliar": 10**9,
           "milyar": 10**9, "triliun": 10**12, "lusin": 12},
    "de": {"hundert": 100, "tausend": 1000, "million": 10**6, "millionen": 10**6,
           "milliarde": 10**9, "milliarden": 10**9, "dutzend": 12},
    "fr": {"cent": 100, "cents": 100, "mille": 1000, "million": 10**6, "millions": 10**6,
           "milliard": 10**9, "milliards": 10**9, "douzaine": 12},
    "es": {"cien": 100, "ciento": 100, "cientos": 100, "mil": 1000, "millón": 10**6,
           "millones": 10**6, "docena": 12},
}  # fmt: skip
_WHOLE = {
    "seratus": 100, "seribu": 1000, "sejuta": 10**6, "doscientos": 200, "trescientos": 300,
    "quinientos": 500,
}  # fmt: skip
# Their words tell a language; without one of them its number words, which others have as well
# (once, cent, elf), are not read.
_TELL = {
    "de": frozenset("der die das und ist für nicht ein eine den dem pro werden mit von zu".split()),
    "fr": frozenset("le la les des est et pour une du vous par chaque aux dans sur pas".split()),
    "es": frozenset("el los las es para una del se por con y cada en contrato duración".split()),
}
# What multiplies digits before it, in any language: "2.5 million".
DIGIT_SCALES: dict[str, int] = {
    **{word: n for scales in _SCALES.values() for word, n in scales.items() if n >= 100},
    "k": 1000, "mn": 10**6, "bn": 10**9, "jt": 10**6, "rb": 1000, "萬": 10**4, "万": 10**4,
    "億": 10**8, "亿": 10**8, "千": 1000, "百": 100, "만": 10**4, "억": 10**8, "천": 1000,
}  # fmt: skip
del DIGIT_SCALES["cent"], DIGIT_SCALES["cents"]


def _small(listed: str) -> dict[str, int]:
    return {word: n for n, words in enumerate(listed.split("|")) for word in words.split()}


def _words(language: str, listed: str) -> dict[str, int]:
    words = _small(listed)
    if language == "fr":  # its list has no word for one but the ordinal
        words = {w: n for w, n in words.items() if w != "zéro"} | {"zéro": 0}
    tens = {ten: n * 10 for n, ten in enumerate(_TENS[language].split(), start=2)}
    if language == "de":
        units = (
            "ein",
            *(words_ for words_ in "zwei drei vier fünf sechs sieben acht neun".split()),
        )
        words |= {f"{u}und{t}": n + v for n, u in enumerate(units, 1) for t, v in tens.items()}
        words |= {f"{u}hundert": n * 100 for n, u in enumerate(units, 1)}
        words |= {f"{u}tausend": n * 1000 for n, u in enumerate(units, 1)}
    if language == "es":
        words |= {f"veinti{u}": 20 + n for u, n in _small(_SPANISH).items() if 1 < n < 10}
    if language == "fr":
        words |= {"quatrevingt": 80, "vingts": 20}
    return words | tens


_VALUES = {
    "en": _words("en", _ENGLISH),
    "id": _words("id", _INDONESIAN) | {k: v for k, v in _WHOLE.items() if k.startswith("se")},
    "de": _words("de", _GERMAN),
    "fr": _words("fr", _FRENCH),
    "es": _words("es", _SPANISH) | {k: v for k, v in _WHOLE.items() if not k.startswith("se")},
}
_WORD = re.compile(r"[^\W\d_]+")
_JOINING = frozenset("and dan y et und".split())
_JOINT = re.compile(r"[\s-]{1,3}(?:(?:and|dan|y|et|und)\s{1,2})?")
# One, first, second and once are pronouns and adverbs more often than counts.
VAGUE = frozenset("one satu eins first second pertama kedua premier première once null".split())

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2, "兩": 2, "壹": 1, "贰": 2, "叁": 3, "영": 0, "일": 1, "이": 2, "삼": 3,
    "사": 4, "오": 5, "육": 6, "칠": 7, "팔": 8, "구": 9,
}  # fmt: skip
_PLACES = {"十": 10, "百": 100, "千": 1000, "십": 10, "백": 100, "천": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8, "만": 10**4, "억": 10**8}
_HAN = re.compile(r"[零〇一二三四五六七八九两兩十百千万萬億亿]+")
# Korean counts with its own words before a unit.
_KOREAN = re.compile(
    r"(?<![가-힣])([일이삼사오육칠팔구십백천만]{1,8}|하나|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)"
    r"\s?(?=원|일\b|주|개월|년|시간|분|권|명|퍼센트|달|번|배|개|살)"
)
_KOREAN_OWN = {
    w: n for n, w in enumerate("하나 두 세 네 다섯 여섯 일곱 여덟 아홉 열".split(), 1)
} | {"한": 1}


@lru_cache(maxsize=2048)
def spelled_numbers(text: str) -> tuple[tuple[int, int, int, str], ...]:
    """The numbers that a lower-case text writes as words: start, end, value and words."""
    return (*_western(text), *_eastern(text))


def _western(text: str) -> Iterator[tuple[int, int, int, str]]:
    words = [(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]
    present = {word for word, _, _ in words}
    for language, values in _VALUES.items():
        scales = _SCALES[language]
        if present.isdisjoint(values) and present.isdisjoint(scales):
            continue
        if language in _TELL and present.isdisjoint(_TELL[language]):
            continue
        yield from _runs(text, words, values, scales)


def _runs(
    text: str, words: list[tuple[str, int, int]], values: dict[str, int], scales: dict[str, int]
) -> Iterator[tuple[int, int, int, str]]:
    run: list[str] = []
    begin = end = 0
    for word, start, stop in [*words, ("", len(text), len(text))]:
        if run and word in _JOINING:
            continue
        known = word in values or word in scales
        joined = run and known and _JOINT.fullmatch(text, end, start)
        # "Three and four" are two numbers, "three hundred and four" is one.
        if joined and "and" in text[end:start] and run[-1] not in scales:
            joined = None
        if run and not joined:
            if run[0] in values or len(run) > 1:
                yield begin, end, _value(run, values, scales), " ".join(run)
            run = []
        if known:
            begin = start if not run else begin
            run.append(word)
            end = stop


def _value(run: list[str], values: dict[str, int], scales: dict[str, int]) -> int:
    total = current = 0
    for word in run:
        if word in ("vingt", "vingts") and current % 100 == 4:
            current += 76
        elif word in values:
            current += values[word]
        elif word == "belas":
            current += 10
        elif scales[word] <= 100:
            last = current % 100 or 1
            current = current - current % 100 + last * scales[word]
        else:
            total += (current or 1) * scales[word]
            current = 0
    return total + current


def _eastern(text: str) -> Iterator[tuple[int, int, int, str]]:
    if text.isascii():
        return
    for match in _HAN.finditer(text):
        # A single numeral inside a word (一般, 万一) is no number; a unit behind it makes it one.
        yield match.start(), match.end(), han(match.group()), match.group()
    for match in _KOREAN.finditer(text):
        value = _KOREAN_OWN.get(match[1])
        yield match.start(1), match.end(1), han(match[1]) if value is None else value, match[1]


def han(numeral: str) -> int:
    """The value of a numeral such as 三十, 两万五千 or 이천; digits in a row are its digits."""
    if len(numeral) > 1 and all(c in _DIGITS for c in numeral):
        return int("".join(str(_DIGITS[c]) for c in numeral[:15]))
    total = section = digit = 0
    for character in numeral[:30]:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _PLACES:
            section += (digit or 1) * _PLACES[character]
            digit = 0
        else:
            total += (section + digit or 1) * _MYRIADS[character]
            section = digit = 0
    return total + section + digit
