"""The probability that the passages found hold the answer, and the levels a reader is shown.

A logistic model over a few features of the ranking. The English coefficients were fitted on the 24
articles of the evaluation set (SQuAD; MiniLM, MaxSim) and checked by leaving articles out; the
Indonesian ones are set by hand near a fit on 69 questions about the sample documents, because
MiniLM takes all Indonesian to be alike, so that shared words have to decide. `nexus eval
--calibrate` fits them to an operator's own questions.

What similarity cannot tell: a question that is on the documents' topic but that they do not answer
looks much like one that they do (AUROC .59 on the adversarial questions of SQuAD 2.0).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from nexus.errors import ConfigurationError
from nexus.models import ConfidenceLevel, Language
from nexus.stems import FUNCTION_WORDS, WORD, stem, words_of

# A relevance of 0 or 1 is taken for this many logits from even, not for certainty.
LOGIT_LIMIT = 6.0
# Lexical scores after the best that it is compared with.
FOLLOWING = 10


@dataclass(frozen=True, slots=True)
class Features:
    """What a ranking says about its first passage.

    `relevance` is the logit of the reranker's word for it (0 without a reranker), `cosine` its
    cosine, `coverage` the share of the question's content words that it holds, rare ones counting
    more, `gap` how far the best lexical score stands over the mean of the next ten, as a share of
    itself, and `names` the share of the question's names and numbers that it holds.
    """

    relevance: float
    cosine: float
    coverage: float
    gap: float
    names: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The coefficients of the logistic model, by feature."""

    intercept: float
    relevance: float = 0.0
    cosine: float = 0.0
    coverage: float = 0.0
    gap: float = 0.0
    names: float = 0.0


RERANKED: Mapping[Language, Calibration] = {
    Language.ENGLISH: Calibration(-2.089, relevance=1.283, gap=3.286, names=1.852),
    Language.INDONESIAN: Calibration(-3.0, relevance=0.5, coverage=6.5),
}
FUSED: Mapping[Language, Calibration] = {
    Language.ENGLISH: Calibration(-9.844, cosine=10.798, coverage=4.756, gap=3.526, names=1.959),
    Language.INDONESIAN: Calibration(-4.3, coverage=8.4),
}
# text-embedding-3 puts answers at cosines of .4 to .6 where MiniLM puts them at .5 to .75; a prior
# that an operator's own questions should replace.
COSINE_SCALE = {"text-embedding-3-small": 1.3, "text-embedding-3-large": 1.3}


def features_of(
    question: str,
    texts: Sequence[str],
    lexical_scores: Sequence[float],
    relevance: float | None,
    cosine: float,
) -> Features:
    """The features of a ranking: `texts` are its best passages, the first one first.

    `lexical_scores` are those of the lexical search, best first; `relevance` is the reranker's for
    the first passage, from 0 to 1, or None without one.
    """
    pool = [frozenset(map(stem, words_of(text))) for text in texts]
    best = pool[0] if pool else frozenset()
    asked = {stem(word) for word in words_of(question) if word not in FUNCTION_WORDS}
    rarity = {
        word: math.log(1 + (len(pool) + 0.5) / (sum(word in held for held in pool) + 0.5))
        for word in asked
    }
    total = sum(rarity.values())
    names = _names(question)
    following = lexical_scores[1 : 1 + FOLLOWING]
    first = lexical_scores[0] if lexical_scores else 0.0
    return Features(
        relevance=0.0 if relevance is None else logit(relevance),
        cosine=cosine,
        coverage=sum(rarity[word] for word in asked & best) / total if total else 0.0,
        gap=(first - sum(following) / len(following)) / first
        if len(following) > 4 and first > 0
        else 0.0,
        names=len(names & best) / len(names) if names else 1.0,
    )


def probability(features: Features, calibration: Calibration) -> float:
    """The probability, from 0 to 1, that the passages hold the answer."""
    weights = asdict(calibration)
    total = weights.pop("intercept") + sum(
        weight * getattr(features, name) for name, weight in weights.items()
    )
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def calibration_for(
    language: Language, *, reranked: bool, embedding_model: str, fitted: str = ""
) -> Calibration:
    """The coefficients for a language: fitted ones if there are any, else those shipped.

    `fitted` is the JSON of `nexus eval --calibrate`: coefficients by language. Raises
    ConfigurationError if it cannot be read.
    """
    if fitted and (given := read_calibrations(fitted).get(language)):
        return given
    if reranked:
        return RERANKED[language]
    scale = COSINE_SCALE.get(embedding_model.rpartition("/")[2], 1.0)
    shipped = asdict(FUSED[language])
    return Calibration(**{**shipped, "cosine": shipped["cosine"] * scale})


def read_calibrations(fitted: str) -> dict[Language, Calibration]:
    """Coefficients by language from JSON. Raises ConfigurationError."""
    known = {spec.name for spec in fields(Calibration)}
    try:
        return {
            Language(language): Calibration(**{n: float(v) for n, v in values.items()})
            for language, values in json.loads(fitted).items()
        }
    except (ValueError, TypeError, AttributeError) as err:
        raise ConfigurationError(
            "NEXUS_CALIBRATION must be the JSON that `nexus eval --calibrate` writes: for en and "
            f"id an object with numbers for {', '.join(sorted(known))}."
        ) from err


def level_of(probability: float, medium_from: float, high_from: float) -> ConfidenceLevel:
    """The level that a reader is shown for a probability."""
    if probability >= high_from:
        return "high"
    return "medium" if probability >= medium_from else "low"


def logit(relevance: float) -> float:
    """The log odds of a relevance from 0 to 1, at most 6 either way."""
    edge = 1 / (1 + math.exp(LOGIT_LIMIT))
    bounded = min(1 - edge, max(edge, relevance))
    return math.log(bounded / (1 - bounded))


def _names(question: str) -> set[str]:
    """The stems of capitalised words and numbers; the first word is capitalised by grammar."""
    return {
        stem(word.lower())
        for word in WORD.findall(question)[1:]
        if (word[0].isupper() or word[0].isdigit()) and word.lower() not in FUNCTION_WORDS
    }
