"""Reads a sentence in the form in which a claim and its evidence are compared, in any language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from nexus.answering.numbered import header_of, sentences_of
from nexus.models import Passage
from nexus.text.inert import without_inert
from nexus.text.measures import CURRENCIES, RATE_WORDS, UNITS
from nexus.text.number_words import spelled_numbers
from nexus.text.polarity import conditions, modality, negations
from nexus.text.quantities import Quantity, plain, quantities
from nexus.text.stems import FUNCTION_WORDS, meanings, stem

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Scripts that set no blanks between words: two characters at a time are compared.
_RUN = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
# A word with a capital where a sentence does not begin; capitals only ever make a check stricter.
_CAPITAL = re.compile(r"(?<=[\w,] )[A-ZÀ-Þ][^\W_]+")
_RATE = re.compile(
    r"(?:\b(?:per|each|every|a|an|pro|par|por|setiap|tiap|je|chaque|cada)|/)\s?([^\W\d_]+)|"
    r"\b(daily|weekly|monthly|yearly|annually|hourly|harian|mingguan|bulanan|tahunan|täglich|"
    r"wöchentlich|monatlich|jährlich|mensuel|mensual|anual)\b"
)
_EASTERN_RATE = re.compile(r"每(?:逾期)?[一个個]{0,2}(天|日|周|週|月|年|小时|本)|매(일|주|월|년)")
_OTHER_FUNCTION = frozenset(
    """der die das den dem des ein eine einen einem einer und ist sind war für von zu mit im am auf
    es sie er wir ich man sich auch als le la les un une du au aux et est sont pour par dans sur ce
    cette il elle vous nous on que qui se sa son ses el los las una unos y es son para por con del
    al su sus lo le que de en a o os as um uma no na é são como se""".split()
)
# What leads in or addresses the reader carries no claim.
_FILLER = frozenset(
    """yes well okay ok sure according based passage passages provided source sources stated states
    mentioned ya menurut berdasarkan berikut disebutkan ja oui sí you your yours one anda kamu saya
    i we our they there their its also additionally furthermore moreover overall therefore thus
    specifically respectively namely e g i.e""".split()
)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as it is compared.

    `text` is its plain form and `words` all its words in order. `content` are those that carry a
    claim, numbers and units left out, as far as they are words; pairs of characters where a script
    sets no blanks. `names` are words with a capital, `heads` the first letters of each form, and
    `rates` says how often: per day, monthly.
    """

    text: str
    words: tuple[str, ...]
    content: tuple[str, ...]
    forms: frozenset[str]
    heads: frozenset[str]
    meanings: frozenset[int]
    quantities: tuple[Quantity, ...]
    negations: int
    conditions: frozenset[str]
    modality: frozenset[str]
    rates: frozenset[str]
    spaced: bool
    names: frozenset[str]


@lru_cache(maxsize=4096)
def said(text: str) -> Said:
    """What a sentence says; kept for the next claim that is compared with it."""
    form = plain(text)
    counted = quantities(form)
    words = tuple(_WORD.findall(form))
    content = tuple(_content(form, counted))
    stems = frozenset(map(stem, content))
    return Said(
        form,
        words,
        content,
        stems.union(content),
        frozenset(word[:n] for word in stems.union(content) for n in (2, 5)),
        frozenset().union(*map(meanings, stems)),
        counted,
        negations(words, form),
        conditions(words, form),
        modality(words),
        _rates(form),
        not (_RUN.search(form) or any("\uac00" <= c <= "\ud7a3" for c in form)),
        frozenset(m.group().lower() for m in _CAPITAL.finditer(text)),
    )


def _rates(form: str) -> frozenset[str]:
    found = {RATE_WORDS.get(m[1] or m[2]) for m in _RATE.finditer(form)}
    if not form.isascii():
        found.update(m[1] or m[2] for m in _EASTERN_RATE.finditer(form))
    return frozenset(rate for rate in found if rate)


def _content(form: str, counted: tuple[Quantity, ...]) -> list[str]:
    spelled = [(start, end) for start, end, _, _ in spelled_numbers(form)]
    taken = [(q.start, q.end) for q in counted] + spelled
    found: list[str] = []
    for match in _WORD.finditer(form):
        word, start, end = match.group(), match.start(), match.end()
        if any(a <= start and end <= b for a, b in taken):
            continue
        if _RUN.search(word):
            for run in _RUN.finditer(word):
                low, high = start + run.start(), start + run.end()
                found += [
                    form[i : i + 2]
                    for i in range(low, max(high - 1, low + 1))
                    if not any(a < i + 2 and i < b for a, b in taken)
                ]
            continue
        if word.endswith(("'s", "’s")):
            word = word[:-2]
        if (
            word[0].isdigit()
            or word in FUNCTION_WORDS
            or word in _OTHER_FUNCTION
            or word in _FILLER
            or (word in UNITS and word in CURRENCIES)
            or "'" in word
        ):
            continue
        found.append(word)
    return found


@dataclass(frozen=True, slots=True)
class Figures:
    """A text in its plain form, with its quantities: all that is compared of a question."""

    text: str
    quantities: tuple[Quantity, ...]


@lru_cache(maxsize=64)
def figures(text: str) -> Figures:
    """What a question gives; kept for the next claim of its answer."""
    form = plain(text)
    return Figures(form, quantities(form))


# Each passage is read once, so that no two that are equal have to be told from each other.
@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A passage as it is compared: its sentences, the header of each, and what it stands under."""

    sentences: tuple[Said, ...]
    headers: tuple[Said | None, ...]
    above: Said
    spans: tuple[tuple[int, int], ...]


def read(passage: Passage) -> Read:
    """A passage's sentences in the order of their numbers; what orders a machine is left out."""
    above = " › ".join((passage.title, passage.locator.sheet or "", *passage.locator.heading))
    return _read(passage.text, without_inert(above))


@lru_cache(maxsize=256)
def _read(text: str, above: str) -> Read:
    numbered = sentences_of(text)
    headers = [header_of(text, s) for s in numbered]
    return Read(
        tuple(said(text[s.start : s.end]) for s in numbered),
        tuple(said(header) if header else None for header in headers),
        said(above),
        tuple((s.start, s.end) for s in numbered),
    )
