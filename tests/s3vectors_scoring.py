"""How the tests' S3 Vectors splits text, scores it, and compares metadata, as AWS documents it.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-configuring-full-text-search.html
(the standard analyzer splits at what is no letter or digit, and lower-cases: no stems, no accents
removed) and s3-vectors-metadata-filtering.html.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

_K1, _B = 1.2, 0.75
_ALONE = ("CJK UNIFIED", "HIRAGANA")


class Invalid(Exception):
    """A filter that the service answers with a ValidationException."""


@lru_cache(20_000)
def tokens(text: str) -> tuple[str, ...]:
    """The words of a text by Unicode's rules (UAX 29): marks belong to their letter."""
    found, word = [], ""
    for character in f"{text.lower()} ":
        alone = unicodedata.name(character, "").startswith(_ALONE)
        if unicodedata.category(character)[0] in "LMN" and not alone:
            word += character
            continue
        if word:
            found.append(word)
        word = ""
        if alone:
            found.append(character)
    return tuple(found)


def bm25(texts: Sequence[str], query: str) -> list[float]:
    """Each text's score by BM25, over these texts as the whole; 0 where none of the words is."""
    counts = [Counter(tokens(text)) for text in texts]
    mean = sum(count.total() for count in counts) / max(1, len(counts)) or 1.0
    scores = [0.0] * len(texts)
    for word in set(tokens(query)):
        holding = sum(word in count for count in counts)
        rarity = math.log(1 + (len(counts) - holding + 0.5) / (holding + 0.5))
        for at, count in enumerate(counts):
            often = count[word]
            length = _K1 * (1 - _B + _B * count.total() / mean)
            scores[at] += rarity * often * (_K1 + 1) / (often + length) if often else 0.0
    return scores


def passes(metadata: dict[str, Any], condition: dict[str, Any], hidden: Sequence[str]) -> bool:
    """Whether a vector's metadata meets a filter; `hidden` keys may not be filtered by."""
    if not condition:
        raise Invalid("a filter must not be empty")
    return all(_meets(metadata, key, test, hidden) for key, test in condition.items())


def _meets(metadata: dict[str, Any], key: str, test: Any, hidden: Sequence[str]) -> bool:
    if key in ("$and", "$or"):
        if not isinstance(test, list) or not test:
            raise Invalid(f"{key} takes a list that is not empty")
        parts = [passes(metadata, part, hidden) for part in test]
        return all(parts) if key == "$and" else any(parts)
    if key in hidden:
        raise Invalid(f"{key} is not filterable")
    if not isinstance(test, dict):
        test = {"$eq": test}
    return all(_compares(metadata.get(key), operator, to) for operator, to in test.items())


def _compares(value: Any, operator: str, to: Any) -> bool:
    held = value if isinstance(value, list) else [] if value is None else [value]
    match operator:
        case "$exists":
            return (value is not None) is to
        case "$eq" | "$ne":
            return (to in held) is (operator == "$eq")
        case "$in" | "$nin":
            if not isinstance(to, list) or not to:
                raise Invalid(f"{operator} takes a list that is not empty")
            return any(one in held for one in to) is (operator == "$in")
        case "$gt" | "$gte" | "$lt" | "$lte":
            if isinstance(to, bool) or not isinstance(to, int | float):
                raise Invalid(f"{operator} takes a number")
            numbers = [one for one in held if isinstance(one, int | float)]
            orders = {"$gt": 1, "$gte": 0, "$lt": 1, "$lte": 0}
            sign = 1 if operator.startswith("$g") else -1
            return any(sign * (one - to) >= orders[operator] for one in numbers)
    raise Invalid(f"there is no operator {operator}")
