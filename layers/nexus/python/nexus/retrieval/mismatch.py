"""Finds in what a question and the sentence that comes nearest to it disagree.

A question that is on the documents' topic but that they do not answer shares its words with them;
what tells it is a name, a number, a degree or a negation that the sentence does not have, its
opposite, or that nothing of the kind asked for stands there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from nexus.retrieval.answer_kinds import all_words, asked_kind, names_holder, offers
from nexus.retrieval.holding import held_by_sentence
from nexus.text.polarity import negations, turned_round
from nexus.text.segments import words_of
from nexus.text.stems import FUNCTION_WORDS, WORD, content_stems, stem

# What sets one thing of a kind apart from the others.
_DEGREE = re.compile(
    r"first|second|third|fourth|fifth|sixth|last|next|only|sole|main|original|final|most|least|"
    r"\w{3,20}est|\d{1,4}(?:st|nd|rd|th)|pertama|kedua|ketiga|terakhir|satu-satunya|paling|utama"
)
_NO_DEGREE = frozenset("west interest request forest protest harvest invest contest honest".split())


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What a question asks for that the nearest sentence of a passage does not have.

    `names` and `numbers` are those of the question that the sentence lacks, `degrees` the
    superlatives and ordinals that the whole passage lacks, each a count. `negated` is 1 if the
    question has a negation, `opposite` is 1 if the sentence has the opposite of a word of the
    question and not the word. `kind` is 1 if the sentence offers the kind of thing that is asked
    for, -1 if it does not, and 0 if the question does not say.
    """

    names: float = 0.0
    numbers: float = 0.0
    degrees: float = 0.0
    negated: float = 0.0
    opposite: float = 0.0
    kind: Literal[-1, 0, 1] = 0


def mismatch_of(question: str, title: str, text: str) -> Mismatch:
    """How a question and the passage that was found for it disagree; its title counts as read."""
    words = WORD.findall(question)
    asked = frozenset(content_stems(words_of(question)))
    lowered = [word.lower() for word in words]
    passage = held_by_sentence(title, text, asked.union(map(stem, lowered)), None)
    sentence, held = max(
        passage.sentences, key=lambda item: len(asked & item[1]), default=("", passage.stems)
    )
    # The first word is capitalised by grammar.
    named = [w.lower() for w in words[1:] if w[0].isupper() and w.lower() not in FUNCTION_WORDS]
    whole = passage.stems
    return Mismatch(
        names=float(sum(stem(word) not in held for word in named)),
        numbers=float(sum(word[0].isdigit() and stem(word) not in held for word in lowered)),
        degrees=float(sum(stem(word) not in whole for word in lowered if _sets_apart(word))),
        negated=float(negations(lowered, question.lower()) > 0),
        opposite=float(turned_round(frozenset(lowered), frozenset(words_of(sentence)))),
        kind=_kind(question, sentence),
    )


def _sets_apart(word: str) -> bool:
    return bool(_DEGREE.fullmatch(word)) and word not in _NO_DEGREE


def _kind(question: str, sentence: str) -> Literal[-1, 0, 1]:
    asked = asked_kind(question)
    if asked is None:
        return 0
    known = frozenset(all_words(question))
    if asked == "person" and (told := names_holder(question, sentence)) is not None:
        return 1 if told else -1
    return 1 if offers(asked, sentence, known) else -1
