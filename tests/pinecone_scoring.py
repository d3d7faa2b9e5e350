"""How the tests' Pinecone compares, scores and refuses: the meanings in the SDK's docstrings."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from operator import ge, gt, le, lt
from typing import Any

import numpy as np

Document = dict[str, Any]

_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "$gt": gt,
    "$gte": ge,
    "$lt": lt,
    "$lte": le,
}


class Refusal(Exception):
    """An HTTP error that the server answers."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


def compares(value: Any, operator: str, to: Any) -> bool:
    values = value if isinstance(value, list) else [] if value is None else [value]
    if operator in _ORDERS:
        if isinstance(to, bool) or not isinstance(to, int | float):
            raise Refusal(400, f"{operator} takes a number")
        return any(isinstance(item, float) and _ORDERS[operator](item, to) for item in values)
    if operator == "$exists":
        return (value is not None) is bool(to)
    if operator in ("$eq", "$ne"):
        return any(item == to for item in values) is (operator == "$eq")
    if operator in ("$in", "$nin"):
        return any(item in values for item in to) is (operator == "$in")
    raise Refusal(400, f"Unknown operator {operator}")


def fields(document: Document, names: list[str]) -> Document:
    if "*" in names:
        return dict(document)
    return {name: document[name] for name in names if name in document}


def cosines(documents: list[Document], field: str, values: list[float]) -> list[float]:
    if not documents:
        return []
    matrix = np.asarray([document[field] for document in documents])
    if matrix.shape[1] != len(values):
        raise Refusal(400, "Vector dimension does not match the index")
    query = np.asarray(values)
    norms = np.linalg.norm(matrix, axis=1) * np.linalg.norm(query)
    norms[norms == 0] = 1
    scores: list[float] = (matrix @ query / norms).tolist()
    return scores


# "Cap each token at 40 characters" (docs.pinecone.io/guides/search/full-text-search/
# text-processing), which also says: split on white space and punctuation, lower-cased, stemmed.
MOST_TOKEN_CHARS = 40


# A corpus is read again by each search of it.
@lru_cache(10_000)
def words(text: str) -> tuple[str, ...]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if c.isprintable())
    plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    return tuple(_stem(word)[:MOST_TOKEN_CHARS] for word in re.findall(r"\w+", plain))


def _stem(word: str) -> str:
    for ending in ("ings", "ing", "ies", "ied", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word.removesuffix(ending)
    return word


def bm25(corpus: list[Document], documents: list[Document], field: str, query: str) -> list[float]:
    texts = [words(document.get(field, "")) for document in corpus]
    average = sum(map(len, texts)) / max(len(texts), 1) or 1.0
    holding = Counter(word for text in texts for word in set(text))
    scores = []
    for document in documents:
        held = words(document.get(field, ""))
        counts = Counter(held)
        score = 0.0
        for word in set(words(query)):
            rarity = math.log(1 + (len(texts) - holding[word] + 0.5) / (holding[word] + 0.5))
            damped = counts[word] + 1.2 * (0.25 + 0.75 * len(held) / average)
            score += rarity * counts[word] * 2.2 / damped
        scores.append(score)
    return scores
