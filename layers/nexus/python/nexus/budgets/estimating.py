"""The most that a request can take, in tokens and dollars, before anything of it is known.

It is high on purpose: what is reserved and not spent returns with the answer, and what an answer
took beyond its reservation would be spent beyond the cap. A token has two bytes or more in any text
that people write, and passages are reckoned at a token a character.
"""

from __future__ import annotations

from collections.abc import Iterable

from nexus.models import Amount
from nexus.settings import Settings
from nexus.spending import prices_of

# Instructions of the longest prompt, and what stands around a passage or turn.
_PROMPT = 2_500
_AROUND = 150
# The longest question, in tokens, that a conversation remembers.
_QUESTION = 2_500
# A model that verifies or rewrites writes no more (answering/verifying.py, rewriting.py).
SHORT = 1_000
_DRAFTS = 2


def tokens_of(texts: Iterable[str]) -> int:
    """The most tokens that texts have."""
    return sum(2 + len(text.encode(errors="replace")) // 2 for text in texts)


def most_of_embedding(settings: Settings, texts: Iterable[str]) -> Amount:
    """The most that embedding texts takes, as one request: a token a byte, which none exceeds.

    These are a caller's own, and may be what nobody writes.
    """
    tokens = sum(2 + len(text.encode(errors="replace")) for text in texts)
    return Amount(1, tokens, _nano(tokens, settings.embedding_price))


def most_of_answer(
    settings: Settings, asked: str, passages: int, earlier: int | Iterable[str]
) -> Amount:
    """The most that an answer takes from so many passages: two drafts, both verified.

    `earlier` are the texts of earlier turns, or how many of them are read from the store.
    """
    prices = prices_of(settings.model_prices)
    if isinstance(earlier, int):
        before = earlier * (_QUESTION + settings.answer_max_tokens + _AROUND)
    else:
        before = tokens_of(earlier)
    question = tokens_of([asked])
    read = _PROMPT + before + question + passages * (settings.chunk_chars + _AROUND)
    written = settings.answer_max_tokens
    models = {settings.chat_model, settings.budget_model or settings.chat_model}
    calls = [(models, read, written), (models, read + written, written)]
    if settings.verifier_model:
        calls += [({settings.verifier_model}, read + written, SHORT)] * _DRAFTS
    if settings.rewrite_model and before:
        calls.append(({settings.rewrite_model}, _PROMPT + before + question, SHORT))
    tokens, nano = 2 * question, _nano(2 * question, settings.embedding_price)
    for named, into, out in calls:
        tokens += into + out
        costs = [prices.get(one, (0.0, 0.0)) for one in named]
        nano += max(_nano(into, price[0]) + _nano(out, price[1]) for price in costs)
    return Amount(1, tokens, nano)


def _nano(tokens: int, dollars_per_million: float) -> int:
    return round(tokens * dollars_per_million * 1_000)
