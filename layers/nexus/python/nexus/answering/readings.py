"""Decides between a question as it stands and as the conversation before it makes it.

What a question itself says weighs more than what is carried into it: a passage that holds the
topic and not the question's own words does not win over one that holds these.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from nexus.answering.followups import asks, is_follow_up, own_stems, told_stems
from nexus.models import Passage
from nexus.retrieval.retrieved import Retrieved
from nexus.text.segments import words_of
from nexus.text.stems import content_stems, language_of_words, meanings

# So many of the best passages tell what a reading found: one, as words of the question in one
# and of the topic in another say nothing of either.
LOOKED_AT = 1
# A share of words that is lost is none if it is less than this.
SLIGHT = 0.05
# Where the topic makes the answer so much more probable, such a share of the question's own words
# may be lost: the topic's passage says them otherwise.
MUCH_SURER, LOST_BY_THE_SURER = 0.3, 0.35
# A follow-up by its wording is carried unless the bare reading is more probable by this.
EVEN = 0.1
# A question that does not lean back, and is so surely answered from the very passage that the talk
# leads to, needs nothing of the talk: its answer may come from the cache.
SURE_ALONE = 0.98
# What is not said at all where it is asked for alone has to be said of the topic by such a share of
# its own words.
SPOKEN_OF = 0.2
# A question with no more words of its own than this asks for something of the topic.
FEW_WORDS = 1


def is_better_carried(
    question: str,
    topic: str,
    bare: Retrieved,
    carried: Retrieved,
    cited: Collection[str] = (),
) -> bool:
    """Whether what was found on the conversation's topic answers rather than what was found bare.

    `carried` is what a reading of the question found that says the topic, too; `cited` are the
    documents that the turns before were answered from.
    """
    if not carried.is_enough:
        return not bare.is_enough and carried.probability > bare.probability
    leaning = is_follow_up(question)
    if not bare.is_enough:
        return leaning or _speaks_of(question, carried.passages)
    surer = carried.probability - bare.probability
    own = told_stems(question)
    few = len(own_stems(question)) <= FEW_WORDS or (len(own) <= FEW_WORDS and surer > 0)
    if few and asks(question):
        return True
    if not leaning and not _speaks_of(question, carried.passages):
        return False
    first = carried.passages[0]
    if first.chunk_id == bare.passages[0].chunk_id and first.document_id in cited:
        alone = bare.probability >= SURE_ALONE and not leaning
        return surer >= -SLIGHT and not alone
    about = frozenset(content_stems(words_of(topic))) - own
    pool = [*bare.passages, *carried.passages]
    weights = _weights(own | about, pool)
    lost = _held(own, bare.passages, weights) - _held(own, carried.passages, weights)
    gain = _held(about, carried.passages, weights) - _held(about, bare.passages, weights)
    leans = leaning and surer >= -EVEN
    # What alone is hardly found, and surely on the topic, was asked of it.
    spare = SLIGHT if surer < MUCH_SURER else LOST_BY_THE_SURER
    return lost < spare and (gain > 0 or leans)


def _speaks_of(question: str, passages: Sequence[Passage]) -> bool:
    """Whether one of the best passages says something of what the question itself says.

    A question that does not lean back and asks for something else, as "Is there a chess club?"
    does, would be answered from whatever the talk was about.
    """
    own = told_stems(question)
    if not own or language_of_words(words_of(question)) is None:
        return True
    return _held(own, passages, _weights(own, passages)) >= SPOKEN_OF


def _held(stems: frozenset[str], passages: Sequence[Passage], weights: dict[str, float]) -> float:
    """The largest share of the stems' weight, from 0 to 1, that one of the best passages holds."""
    total = sum(weights[stem] for stem in stems)
    if not total:
        return 0.0
    return max(
        (
            sum(weights[stem] for stem in stems if _stands(stem, held)) / total
            for held in map(_stems, passages[:LOOKED_AT])
        ),
        default=0.0,
    )


def _weights(stems: frozenset[str], passages: Sequence[Passage]) -> dict[str, float]:
    """How telling each stem is: rare in these passages."""
    texts = {passage.chunk_id: _stems(passage) for passage in passages}
    return {
        stem: math.log(1 + (1 + len(texts)) / (0.5 + sum(stem in held for held in texts.values())))
        for stem in stems
    }


def _stands(stem: str, held: frozenset[str]) -> bool:
    return stem in held or any(not meanings(stem).isdisjoint(meanings(one)) for one in held)


def _stems(passage: Passage) -> frozenset[str]:
    text = f"{passage.title}\n{passage.locator.describe()}\n{passage.text}"
    return frozenset(content_stems(words_of(text)))
