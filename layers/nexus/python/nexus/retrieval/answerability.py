"""What a ranking says about whether its first passage holds the answer, as numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

from nexus.retrieval.answer_kinds import all_words, asked_kind, offers
from nexus.retrieval.holding import Held, held_by_sentence, rarity_in, stems_asked, stems_held
from nexus.text.dictionary import Bridge
from nexus.text.stems import FUNCTION_WORDS, WORD, content_stems, stem
from nexus.text.tongues import tongue_of
from nexus.text.wordings import wording

# A relevance of 0 or 1 is taken for this many logits from even, not for certainty.
LOGIT_LIMIT = 6.0
# Lexical scores after the best that it is compared with.
FOLLOWING = 10
# Passages that the first is compared with.
RIVALS = 9
# A word that stands more often in a passage says no more.
REPEATED = 3


@dataclass(frozen=True, slots=True)
class Features:
    """What a ranking says about its first passage.

    `relevance` is the logit of the reranker's word for it (0 without a reranker) and `lead` how far
    that stands over the mean of the others'. `cosine` is its cosine. `coverage` is the share of the
    question's content words that it holds, rare ones counting more; `coverage_lead`, by how much it
    holds more of them than the nine passages after it, as a share, and `lacking` by how much less,
    as a sum of rarity. `sentence` is such a lead of its best sentence over theirs. `gap` is how far
    the best lexical score stands over the mean of the next ten, as a share of itself. `names` is
    the share of the question's names and numbers that it holds, `nameless` how many it lacks, and
    `nameless_lead` how many more than the nine. `pairs` is the share of the question's neighbouring
    words that are neighbours in it, `repeated` how often a word of the question stands in it, at
    most three times. `kind` is 1 if its best sentence offers the kind of thing that is asked for
    and -1 if it does not; `untold`, 1 if the question does not say the kind. `length` is the
    logarithm of the question's content words and one.
    """

    relevance: float
    cosine: float
    coverage: float
    gap: float
    names: float
    lead: float = 0.0
    sentence: float = 0.0
    nameless: float = 0.0
    pairs: float = 0.0
    repeated: float = 0.0
    kind: float = 0.0
    untold: float = 0.0
    length: float = 0.0
    coverage_lead: float = 0.0
    lacking: float = 0.0
    nameless_lead: float = 0.0


def features_of(
    question: str,
    passages: Sequence[tuple[str, str, Bridge | None]],
    lexical_scores: Sequence[float],
    relevances: Sequence[float],
    cosine: float,
) -> Features:
    """The features of a ranking: `passages` are its best, the first one first.

    Each is its title, its text, and what reads both if they are in another language.

    `lexical_scores` are those of the lexical search, best first. `relevances` are the reranker's,
    from 0 to 1, the first passage's first; empty without a reranker. `cosine` is the first
    passage's.
    """
    tongue = tongue_of(question)
    ordered = stems_asked(question, tongue)
    asked = frozenset(ordered)
    names = _names(question)
    wanted = asked | names
    read = passages or [("", "", None)]
    compared = [
        held_by_sentence(title, text, wanted, known) for title, text, known in read[: 1 + RIVALS]
    ]
    pool = [
        *(passage.stems for passage in compared),
        *(stems_held(title, text, wanted, known) for title, text, known in read[1 + RIVALS :]),
    ]
    rarity = rarity_in(pool, asked)
    weigh = _Weighing(rarity)
    logits = [logit(relevance) for relevance in relevances]
    held = [_best_sentence(passage, weigh) for passage in compared]
    sentence, most = held[0]
    coverages = [weigh[passage.stems] for passage in compared]
    nameless = [float(len(names - passage.stems)) for passage in compared]
    title, text, known = read[0]
    first = wording(title, text)
    whole, below = first.words, first.text_words
    words = Counter(map(stem, known.read(whole) if known else whole))
    told = content_stems(known.read(below) if known else below, tongue)
    pairs = frozenset(pairwise(ordered))
    kind = asked_kind(question)
    return Features(
        relevance=logits[0] if logits else 0.0,
        lead=_over(logits),
        cosine=cosine,
        coverage=coverages[0],
        coverage_lead=_over(coverages),
        lacking=-_over(coverages) * sum(rarity.values()),
        sentence=_over([most, *(covered for _, covered in held[1:])]),
        gap=_gap(lexical_scores),
        names=1 - nameless[0] / len(names) if names else 1.0,
        nameless=nameless[0],
        nameless_lead=_over(nameless),
        pairs=len(pairs.intersection(pairwise(told))) / len(pairs) if pairs else 0.0,
        repeated=sum(min(REPEATED, words[word]) for word in asked) / max(1, len(asked)),
        kind=0.0
        if kind is None
        else (1.0 if offers(kind, sentence, frozenset(all_words(question))) else -1.0),
        untold=float(kind is None),
        length=math.log1p(len(asked)),
    )


def logit(relevance: float) -> float:
    """The log odds of a relevance from 0 to 1, at most 6 either way."""
    edge = 1 / (1 + math.exp(LOGIT_LIMIT))
    bounded = min(1 - edge, max(edge, relevance))
    return math.log(bounded / (1 - bounded))


class _Weighing(dict[frozenset[str], float]):
    """The share of the words' rarity that stems hold; most sentences hold the same few, or none."""

    def __init__(self, rarity: Mapping[str, float]) -> None:
        super().__init__()
        self._rarity = rarity
        self._total = sum(rarity.values())

    def __missing__(self, stems: frozenset[str]) -> float:
        held = sum(rare for word, rare in self._rarity.items() if word in stems)
        self[stems] = found = held / self._total if self._total else 0.0
        return found


def _best_sentence(passage: Held, weigh: _Weighing) -> tuple[str, float]:
    """The sentence that, below the passage's title, holds most of the words, and how much."""
    found = [(weigh[stems], span) for span, stems in passage.sentences]
    covered, span = max(found, key=itemgetter(0), default=(0.0, ""))
    return span, covered


def _over(values: Sequence[float]) -> float:
    """How far the first value stands over the mean of the others; 0 if there is no other."""
    rest = values[1:]
    return values[0] - sum(rest) / len(rest) if rest else 0.0


def _gap(lexical_scores: Sequence[float]) -> float:
    following = lexical_scores[1 : 1 + FOLLOWING]
    first = lexical_scores[0] if lexical_scores else 0.0
    if len(following) <= 4 or first <= 0:
        return 0.0
    return (first - sum(following) / len(following)) / first


def _names(question: str) -> frozenset[str]:
    """The stems of capitalised words and numbers; the first word is capitalised by grammar."""
    return frozenset(
        stem(word.lower())
        for word in WORD.findall(question)[1:]
        if (word[0].isupper() or word[0].isdigit()) and word.lower() not in FUNCTION_WORDS
    )
