"""Tells from what an endpoint says what kind of failure it means, whatever status it sends.

Proxies exchange statuses and codes; the words are what is left. They are read here and never kept.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Literal

Kind = Literal["quota", "filtered", "passing", "too_long", "no_responses", "parameter", ""]

# As much of what an endpoint says as is read.
_MOST_CHARS = 4_000
_MOST_ITEMS, _DEEPEST = 40, 8
_REPEATED = ("input", "messages", "prompt", "body", "content", "choices", "output", "usage", "text")

_QUOTA = re.compile(
    r"insufficient_quota|billing_hard_limit_reached|billing_not_active|credit balance is too low|"
    r"insufficient (?:credits?|balance|funds)|out of credits|arrearage"
)
_FILTERED = re.compile(
    r"content_filter|content.?policy.?violation|responsibleaipolicyviolation|invalid_prompt|"
    r"content management policy|data_?inspection_?failed|prohibited_content|moderation|"
    r"flagged (?:as|by|for)|safety (?:system|filter|settings)|guardrail|inappropriate content|"
    r"\bfiltered: true|block_?reason"
)
_PASSING = re.compile(
    r"rate.?limit|tokens per (?:minute|day|hour)|requests per|\(tpm\)|\(rpm\)|too many requests|"
    r"overloaded|server_error|server is busy|temporarily|(?:try|retry)(?: your request)? again|"
    r"at capacity|over capacity|resource.?exhausted|service.?unavailable|timed? ?out|"
    r"(?:is|currently|still) loading|no healthy upstream|high demand|throttl"
)
_TOO_LONG = re.compile(
    r"context_length|context.?length|context (?:window|size)|string_above_max_length|"
    r"max_tokens_per_request|(?:prompt|input|request) (?:is |was )?too (?:long|large)|"
    r"too many (?:input )?tokens|(?:input|prompt) tokens?(?: count)? .{0,40}exceed|"
    r"exceeds? .{0,40}(?:number of tokens|token limit|context)|reduce (?:the length|your prompt)|"
    r"maximum (?:allowed )?(?:input|prompt|sequence) length|larger than the (?:maximum|max) context"
)
_NO_RESPONSES = re.compile(
    r"responses? api|/v1/responses|/responses\b|\bresponses\b.{0,60}(?:not|un)|"
    r"(?:not|un)(?:supported|known|enabled|available).{0,60}\bresponses\b"
)
_PARAMETER = re.compile(
    r"unsupported|not supported|unrecogni[sz]ed|unknown|unexpected|not permitted|not allowed|"
    r"extra (?:inputs?|fields?)|invalid (?:parameter|argument|field|value)|does not support|"
    r"use '?max_|bad request|invalid.?request"
)

# What no other try changes, with the statuses that say another thing whatever the words are.
_LASTING: tuple[tuple[Kind, re.Pattern[str], tuple[int, ...]], ...] = (
    ("filtered", _FILTERED, (401, 404, 405)),
    ("too_long", _TOO_LONG, (401, 403, 404, 405)),
)


def words_of(body: object) -> str:
    """What an endpoint says, as one text of small letters: to be looked through, never logged.

    What it repeats of the request, and of an answer, is left out.
    """
    return " ".join(_words(body, 0))[:_MOST_CHARS].lower()


def _words(value: object, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        for key, inner in itertools.islice(value.items(), _MOST_ITEMS):
            if key not in _REPEATED:
                yield f"{str(key)[:80]}:"
                yield from _words(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value[:_MOST_ITEMS]:
            yield from _words(inner, depth + 1)
    elif isinstance(value, str):
        yield value[:_MOST_CHARS]
    elif isinstance(value, (bool, int)) and abs(value) < 10**6:
        yield str(value)


def kind_of(status: int, said: str, *, to_responses: bool = False) -> Kind:
    """What kind of failure it is; "" for one that only the status tells.

    `said` is `words_of` the body; `to_responses` tells that the call was one to the Responses API.
    """
    if _QUOTA.search(said):
        return "quota"
    # "Request too large … on tokens per minute" is a rate, and no length that stays too large.
    passes = status == 429 or _PASSING.search(said) is not None
    for kind, wording, statuses in _LASTING:
        if not passes and wording.search(said) and status not in statuses:
            return kind
    if to_responses and not passes and _NO_RESPONSES.search(said):
        return "no_responses"
    if passes or status in (408, 409, 425) or status >= 500:
        return "passing"
    return "parameter" if status in (400, 422) and _PARAMETER.search(said) else ""


def status_in(error: object) -> int | None:
    """The HTTP status that an error in a body names as its code, or None."""
    if not isinstance(error, Mapping):
        return None
    for name in ("code", "status", "status_code"):
        value = error.get(name)
        if isinstance(value, str) and re.fullmatch(r"[45]\d\d", value):
            value = int(value)
        if isinstance(value, int) and 400 <= value <= 599:
            return value
    return None
