"""The probability that the passages found hold the answer, and the levels a reader is shown.

A logistic model over the features of `retrieval.answerability`. Those with a reranker were fitted
by `tests/training/confidence.py` to the local models (multilingual-e5-small and its reranker):
the English ones to 500 questions about the 24 articles of the evaluation set, asked with all,
without the passage and without the article, the Indonesian ones to 250 of IDK-MRC's, asked with and
without their passage. On articles left out of a fit they tell an answerable question from one
without its article with an AUROC of .985 (Indonesian, without its passage: .960), and are wrong
about how sure they are by .017 (.022) on average. Those without a reranker are older: the English
ones were fitted to all-MiniLM-L6-v2, on whose scale `retrieval.cosines` puts the local model, and
the Indonesian ones set by hand. `nexus eval --calibrate` fits them to an operator's own questions.

What similarity cannot tell: a question that is on the documents' topic but that they do not answer
looks much like one that they do (AUROC .57 on the adversarial questions of SQuAD 2.0).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache

from nexus.errors import ConfigurationError
from nexus.models import ConfidenceLevel, Language
from nexus.retrieval.answerability import Features


@dataclass(frozen=True, slots=True)
class Calibration:
    """The coefficients of the logistic model, by feature."""

    intercept: float
    relevance: float = 0.0
    cosine: float = 0.0
    coverage: float = 0.0
    gap: float = 0.0
    names: float = 0.0
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


_WEIGHED = tuple(spec.name for spec in fields(Calibration) if spec.name != "intercept")

# The key of the coefficients for a question in another language than its best passage. Words count
# there only as far as a dictionary reads them. With a reranker they were fitted to 153 questions of
# tests/golden/crosslingual, asked with and without their document; a fit to the university's alone
# tells the company's with an AUROC of .94. The intercept is lower than fitted, by hand: a question
# whose own document is missing finds the other language's more often than those did.
ACROSS = "across"

RERANKED: Mapping[str, Calibration] = {
    Language.ENGLISH: Calibration(
        -5.171,
        relevance=0.597,
        cosine=2.082,
        coverage=2.55,
        gap=2.66,
        names=1.93,
        lead=0.613,
        sentence=3.292,
        nameless=-0.38,
        pairs=0.997,
        repeated=-0.453,
        kind=0.535,
        untold=0.754,
        length=-1.186,
        coverage_lead=-5.948,
        lacking=-0.501,
        nameless_lead=0.331,
    ),
    Language.INDONESIAN: Calibration(
        -10.125,
        relevance=0.358,
        cosine=9.437,
        coverage=-1.222,
        gap=0.632,
        names=0.659,
        lead=0.381,
        sentence=0.164,
        nameless=-0.044,
        pairs=-0.751,
        repeated=0.291,
        kind=0.733,
        untold=0.068,
        length=1.232,
        coverage_lead=1.155,
        nameless_lead=0.019,
    ),
    ACROSS: Calibration(-1.5, relevance=0.62, cosine=1.71, coverage=2.14, sentence=3.37),
}
FUSED: Mapping[str, Calibration] = {
    Language.ENGLISH: Calibration(
        -8.027,
        cosine=10.363,
        coverage=2.61,
        gap=6.897,
        names=0.752,
        sentence=3.176,
        nameless=-1.121,
        pairs=2.822,
        repeated=-0.894,
        kind=0.337,
        untold=0.52,
        length=-0.446,
    ),
    Language.INDONESIAN: Calibration(-4.3, coverage=8.4),
    # Set so that text-embedding-3-small's right passages across languages, .35 to .60, are told
    # as .4 to .9 and what is off topic, under .3, as less than .3.
    ACROSS: Calibration(-4.0, cosine=8.0),
}
# text-embedding-3 puts answers at cosines of .4 to .6 and all-MiniLM-L6-v2 at .5 to .75:
# a prior that an operator's own questions should replace.
COSINE_SCALE = {"text-embedding-3-small": 1.3, "text-embedding-3-large": 1.3}


def probability(features: Features, calibration: Calibration) -> float:
    """The probability, from 0 to 1, that the passages hold the answer."""
    total = calibration.intercept + sum(
        getattr(calibration, name) * getattr(features, name) for name in _WEIGHED
    )
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@lru_cache(maxsize=16)
def calibration_for(
    language: str, *, reranked: bool, embedding_model: str, fitted: str = ""
) -> Calibration:
    """The coefficients for a language, or `ACROSS`: fitted ones if there are any, else shipped.

    `fitted` is the JSON of `nexus eval --calibrate`: coefficients by language. Raises
    ConfigurationError if it cannot be read.
    """
    if fitted and (given := read_calibrations(fitted).get(language)):
        return given
    if reranked:
        return RERANKED[language]
    scale = COSINE_SCALE.get(embedding_model.rpartition("/")[2], 1.0)
    shipped = FUSED[language]
    return replace(shipped, cosine=shipped.cosine * scale)


def read_calibrations(fitted: str) -> dict[str, Calibration]:
    """Coefficients by language, and `ACROSS` two, from JSON. Raises ConfigurationError."""
    known = {spec.name for spec in fields(Calibration)}
    try:
        return {
            key if key == ACROSS else Language(key): Calibration(
                **{n: float(v) for n, v in values.items()}
            )
            for key, values in json.loads(fitted).items()
        }
    except (ValueError, TypeError, AttributeError) as err:
        raise ConfigurationError(
            "NEXUS_CALIBRATION must be the JSON that `nexus eval --calibrate` writes: for en, "
            f"id and across an object with numbers for {', '.join(sorted(known))}."
        ) from err


def level_of(probability: float, medium_from: float, high_from: float) -> ConfidenceLevel:
    """The level that a reader is shown for a probability."""
    if probability >= high_from:
        return "high"
    return "medium" if probability >= medium_from else "low"
