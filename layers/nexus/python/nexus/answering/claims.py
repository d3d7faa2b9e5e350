"""Reads what a sentence of an answer claims, in the form in which it is compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nexus.answering.answer_text import Piece
from nexus.answering.citations import renumber
from nexus.answering.evidence import Evidence, meanings_of, stems_of
from nexus.models import Language
from nexus.text.facts import folded, stated, units
from nexus.text.numerals import Fact
from nexus.text.proper_names import names
from nexus.text.segments import words_of
from nexus.text.stems import language_of_words, meanings, negated, stem

# A sentence of so many words that stands in a passage as it is needs no weighing.
VERBATIM_WORDS = 5
# Words that introduce or round off an answer; sentences of nothing else make no claim.
_FILLER = frozenset(
    stem(word)
    for word in """here found find finds following follows below above answer answers information
    info document documents passage passages source sources according based summary details detail
    list steps step points point overview yes sure okay certainly course unfortunately sorry note
    please see refer question questions help helps hope know let glad further additional say says
    state stated mention mentioned provided available regarding concerning brief short result
    results explain explanation contain contains item items
    description amount value category type keterangan jenis jumlah kategori key main important
    utama penting
    berikut jawaban jawabannya informasi dokumen kutipan sumber menurut berdasarkan ringkasan
    rincian rinciannya daftar langkah poin ya baik tentu maaf silakan lihat pertanyaan semoga
    membantu menemukan ditemukan temukan sebutkan disebutkan dijelaskan penjelasan singkat hasil
    mengenai secara bawah atas langkahnya syaratnya jawab""".split()
)
_MARKUP = re.compile(r"[*`|]+|(?<!\w)_+|_+(?!\w)|^#{1,6}\s+")
HAS_WORDS = re.compile(r"[^\W_]")
_LABEL = re.compile(r"\s*(?:\*\*|__)?[^.!?:]{1,60}:(?:\*\*|__)?\s")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sentence says, as it is compared; `plain` is its text, or "" if it is short."""

    plain: str
    stems: tuple[str, ...]
    facts: tuple[Fact, ...]
    names: tuple[str, ...]
    units: frozenset[str]
    negated: frozenset[str]
    language: Language | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the question itself names, which an answer may repeat."""

    stems: frozenset[str]
    facts: frozenset[str]
    units: frozenset[str]


def read_question(question: str) -> Asked:
    """What a question names; web addresses in it are no leave to show them."""
    asked = folded(question)
    facts = frozenset().union(*stated(asked))
    facts = frozenset(fact for fact in facts if not fact.startswith("url:"))
    return Asked(frozenset(stems_of(asked)), facts, units(asked))


def read_claim(words: str, *, label: bool, has_label: bool) -> Claim:
    """What a sentence claims; a `label` is a heading, and `has_label` a list item.

    Capitals in a heading, or before an item's colon, make no names.
    """
    text = folded(words)
    head = _LABEL.match(text) if has_label else None
    cut = len(text) if label else head.end() if head else 0
    proper = names(text[:cut], label=True) + names(text[cut:])
    spoken = words_of(text)
    claim_facts = stated(text)
    return Claim(
        text.casefold() if len(spoken) >= VERBATIM_WORDS else "",
        tuple(dict.fromkeys(stems_of(text))),
        claim_facts,
        tuple(proper),
        units(text) if claim_facts else frozenset(),
        negated(spoken),
        language_of_words(spoken),
    )


def plain_words(piece: Piece) -> str:
    """A piece's words, without its markers and its markup."""
    text = renumber(piece.text, {})
    if piece.kind == "code":
        text = "\n".join(line for line in text.split("\n")[1:] if line.strip("`~ "))
    return " ".join(_MARKUP.sub(" ", text).split()).strip()


def claims_nothing(claim: Claim, words: str, asked: Asked) -> bool:
    """Whether a sentence only leads to others; its words are of a closed list."""
    free = _FILLER | asked.stems if words.endswith(":") else _FILLER
    facts = [fact for fact in claim.facts if not fact & asked.facts]
    named = [name for name in claim.names if name not in asked.stems]
    return not facts and not named and free.issuperset(claim.stems)


def introduces(claim: Claim, evidence: Sequence[Evidence], asked: Asked, least: float) -> bool:
    """Whether a heading or an announcement speaks of what the passages or the question do.

    `least` is the share of its words that must be known from there.
    """
    known = asked.stems | _FILLER | frozenset().union(*(e.stems for e in evidence))
    means = meanings_of(known)
    stated_facts = asked.facts | frozenset().union(*(e.facts for e in evidence))
    spoken = sum(s in known or bool(meanings(s) & means) for s in claim.stems)
    return (
        all(fact & stated_facts for fact in claim.facts)
        and all(name in known for name in claim.names)
        and spoken >= least * len(claim.stems)
    )
