"""Tells which of some fifty languages a text is written in, by its script and its commonest words.

A script of one language tells it; among the languages of one script, function words, letters that
few of them write, and endings do. A short question holds some of these nearly always: see
docs/languages.md for what that measures against libraries, which are larger and slower to load.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter

from nexus.text.function_words import FUNCTION_WORDS
from nexus.text.scripts import LOOKED_AT, is_latin, script_of

# A word with the marks that Indic and Arabic writing put on its letters, and what elides it.
_WORD = re.compile(
    r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff\u064b-\u065f\u200c])*(?:['’](?=[^\W\d_]))?"
)
# The same of a text in which `is_latin` holds: a set of few letters is found in half the time.
_LATIN = r"[A-Za-z\xaa\xb2\xb3\xb5\xb9\xba\xbc-\xbe\xc0-\xd6\xd8-\xf6\xf8-\u024f]"
_LATIN_WORD = re.compile(rf"{_LATIN}+(?:['’](?={_LATIN}))?")
# Signs of no language that stand in texts which are ASCII otherwise.
_SIGNS = "“”–—…•"
# What parts the words of an ASCII text without elisions, as blanks.
_BLANKS = {code: " " for code in range(128) if not chr(code).isalpha()}

_ONE_LANGUAGE: Mapping[str, str] = {
    "Greek": "el", "Armenian": "hy", "Hebrew": "he", "Bengali": "bn", "Gurmukhi": "pa",
    "Gujarati": "gu", "Oriya": "or", "Tamil": "ta", "Telugu": "te", "Kannada": "kn",
    "Malayalam": "ml", "Sinhala": "si", "Thai": "th", "Lao": "lo", "Myanmar": "my",
    "Georgian": "ka", "Hangul": "ko", "Ethiopic": "am", "Khmer": "km", "Han": "zh", "Kana": "ja",
}  # fmt: skip

# Where nothing else tells, the language that most texts in the script are written in.
_COMMONEST: Mapping[str, str] = {"Cyrillic": "ru", "Arabic": "ar", "Devanagari": "hi"}

# Letters that only these languages write, by script.
_LETTERS = """
Latin ñ es tl|¿¡ es|ß de|ä de sv fi|ö de sv fi tr hu|ü de tr hu|ãõ pt vi|çê fr pt|è fr it|ìòù it vi
Latin ô fr pt vi|œùîû fr|ë nl|å sv da no|æø da no|ąęłńśźżć pl|ěřšžůýťďň cs|č cs|őű hu|ğış tr
Latin șță ro|î ro fr|đơư vi|áíú es pt cs hu vi|ó es pt pl hu|é fr es pt cs hu
Cyrillic іїєґ uk|ыэё ru|ъ bg ru|јљњђћџ sr|әғқңөұүһ kk|ї uk
Arabic پچژگ fa ur|کی fa ur|ٹڈڑںےہھ ur|ةىيك ar|أإ ar
Devanagari ळ mr|़ hi|ँ hi ne
"""
# Endings of words that few other languages of the script have.
_ENDINGS = """
Latin nya kannya annya kah id|kan id|ung heit keit lich ungen de|ción ciones dad es|ção ções dade pt
Latin zione zioni it|ment eur eaux fr|tion fr en|ness ing ght en|heid ij nl|lar ler ları leri dır tr
Latin dir yor mak mek tr|ość ego ych owa pl|ului ilor rea ro|erna arna het sv|ssa ssä lla llä fi
Latin ház ból ről nak nek hu|eren nl|gen de|ých ého cs|lerde larda tr
Cyrillic ться ого ия ть ru|ння ість ти uk|ът ата ите bg
Devanagari ता ना hi|णे ची च्या mr
"""
_LONGEST_ENDING = 5
# Texts of more different words hold function words enough, so that endings add only time.
SHORT = 24
# Where so many characters at either end of a text in Latin letters score so much for one language,
# and at most half as much for another, nothing between them is looked at: of 4,900 passages and
# more that end so, two are of another language when they are read through.
END, SURE = 100, 3.0
_NOBODY = ("", 0.0)
_ELISIONS = frozenset("'’")
LETTER_WEIGHT, ENDING_WEIGHT = 0.8, 0.5

Weights = dict[str, tuple[tuple[str, float], ...]]


def tongue_of(text: str) -> str:
    """The ISO 639-1 code of the language of a text's first 2,000 characters; "" if nothing tells.

    Filipino is "tl"; Norwegian is "no" in either form.
    """
    return _likeliest(text[:LOOKED_AT])


@lru_cache(maxsize=1024)
def _likeliest(text: str) -> str:
    if not text.isascii():
        for sign in _SIGNS:
            text = text.replace(sign, " ")
    if len(text) > 3 * END and is_latin(text):  # as passages are, of which many are indexed
        ends = f"{text[:END]} {text[-END:]}"
        told = _ranked("Latin", _plain(ends), ends.lower(), by_ending=False)
        ranked = [*told, _NOBODY, _NOBODY]
        if ranked[0][1] >= max(SURE, 2 * ranked[1][1]):
            return ranked[0][0]
    lower = text.lower()
    found = tongue_of_words(_plain(text), extra=lower)
    return found or tongue_of_words(" ".join(_written(text)).lower().split(), extra=lower)


def _written(text: str) -> list[str]:
    if text.isascii() and "'" not in text:  # in a third of the time
        return text.translate(_BLANKS).split()
    return (_LATIN_WORD if is_latin(text) else _WORD).findall(text)


def _plain(text: str) -> list[str]:
    """The words in lower case, without names: a capital within a sentence begins one.

    Or the title of a work, in whatever language.
    """
    written = _written(text)
    if text.isascii():  # whose capitals stand before its small letters
        plain = [word for word in written if word >= "a"]
        if written and written[0] < "a":
            plain.insert(0, written[0])
    else:
        plain = written[:1] + [word for word in written[1:] if not word[0].isupper()]
    return " ".join(plain).lower().split()


def tongue_of_words(words: Sequence[str], *, extra: str = "", margin: float = 1.0) -> str:
    """The language of lower-case words; "" where the best has not `margin` times the next one's.

    `extra` is more text whose letters count, signs among them.
    """
    script = script_of(extra or " ".join(words))
    if script not in FUNCTION_WORDS:
        return _ONE_LANGUAGE.get(script, "")
    by_ending = len(set(words)) <= SHORT
    ranked = _ranked(script, words, extra or "".join(words), by_ending=by_ending)
    if not ranked:
        return _COMMONEST.get(script, "")
    following = ranked[1][1] if len(ranked) > 1 else 0.0
    return ranked[0][0] if ranked[0][1] >= margin * following else ""


def _ranked(
    script: str, words: Sequence[str], text: str, *, by_ending: bool
) -> list[tuple[str, float]]:
    """The languages that words and letters speak for, the likeliest first."""
    scores = _scored(script, words, text, by_ending)
    return sorted(scores.items(), key=itemgetter(1), reverse=True)


def _scored(script: str, words: Sequence[str], text: str, by_ending: bool) -> dict[str, float]:
    # Filled in the tables' order, so that the first of equals is English, then Indonesian.
    scores: dict[str, float] = {}
    if by_ending:
        met = [(_told(script, word), n) for word, n in _counted(words, words[:1]).items()]
    else:
        met = _function_words(_TELLING[script], words, is_elided="'" in text or "’" in text)
    for found, times in met:
        if times == 1:  # as most are: weighed with nothing
            for language, weight in found:
                scores[language] = scores.get(language, 0.0) + weight
        else:
            most = times if times < 3 else 3
            for language, weight in found:
                scores[language] = scores.get(language, 0.0) + weight * most
    if not text.isascii():
        letters = _OF_LETTERS[script]
        for letter in set(text).intersection(letters):
            for language, weight in letters[letter]:
                scores[language] = scores.get(language, 0.0) + weight
    return scores


def _counted(words: Iterable[str], first: Sequence[str]) -> dict[str, int]:
    """How often each word is there; once more the first, which asks, as names may follow."""
    counts: dict[str, int] = {}
    for word in words:  # a Counter takes longer to make than this, of so few
        counts[word] = counts.get(word, 0) + 1
    for word in first:
        counts[word] += 1
    return counts


def _function_words(
    telling: Weights, words: Sequence[str], *, is_elided: bool
) -> list[tuple[Sequence[tuple[str, float]], int]]:
    """What the function words tell, and how often each is there; endings are not looked at.

    As of passages, of which many are indexed: in half the time.
    """
    if not is_elided:
        told = [word for word in words if word in telling]
        counts = _counted(told, told[:1] if told[:1] == words[:1] else ())
        return [(telling[word], n) for word, n in counts.items()]
    counts = _counted(words, words[:1])
    met = [(telling[word], n) for word, n in counts.items() if word in telling]
    elided = [word for word in counts if word[-1:] in _ELISIONS and word not in telling]
    return [*met, *((telling.get(word.rstrip("'’"), ()), counts[word]) for word in elided)]


def _told(script: str, word: str) -> Sequence[tuple[str, float]]:
    """What a word tells: as a function word, elided or not, or else by its ending."""
    found = _TELLING[script].get(word) or _TELLING[script].get(word.rstrip("'’"))
    if found is None:
        endings = _OF_ENDINGS[script]
        for size in range(min(_LONGEST_ENDING, len(word) - 2), 1, -1):
            if found := endings.get(word[-size:]):
                return found
    return found or ()


def _shared(lists: Mapping[str, Iterable[str]], weight: float) -> Weights:
    """What is in many lists says less."""
    of: dict[str, list[str]] = {}
    for language, items in lists.items():
        for item in items:
            of.setdefault(item, []).append(language)
    return {
        item: tuple((language, weight / len(languages) ** 0.7) for language in languages)
        for item, languages in of.items()
    }


def _marks(table: str, weight: float, *, letters: bool) -> dict[str, Weights]:
    found: dict[str, dict[str, set[str]]] = {}
    for line in table.strip().splitlines():
        script, _, groups = line.partition(" ")
        lists = found.setdefault(script, {})
        for group in groups.split("|"):
            parts = group.split()
            languages = [part for part in parts if part in FUNCTION_WORDS[script]]
            for part in parts:
                if part not in languages:
                    for language in languages:
                        lists.setdefault(language, set()).update(part if letters else (part,))
    return {script: _shared(lists, weight) for script, lists in found.items()}


_TELLING = {script: _shared(lists, 1.0) for script, lists in FUNCTION_WORDS.items()}
_OF_LETTERS = _marks(_LETTERS, LETTER_WEIGHT, letters=True)
_OF_ENDINGS: dict[str, Weights] = {script: {} for script in FUNCTION_WORDS} | _marks(
    _ENDINGS, ENDING_WEIGHT, letters=False
)
