"""Keeps an agent's answer within its bounds: nothing is asked that could lead beyond them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nexus.agents.configuration import Bounds
from nexus.budgets.estimating import SHORT, tokens_of
from nexus.models import Amount, Passage, Spent
from nexus.ports.tool_chats import ToolForm, ToolItem, ToolOutput, ToolReply
from nexus.settings import Settings
from nexus.spending import prices_of

# What stands around an item, and around a tool's description, in tokens.
_AROUND = 40
# Instructions for a second draft and for the verifier.
_RULES = 1_500
# What a search's words have, at most.
_QUERY = 520


class Meter:
    """What one answer has taken so far, by its bill, and what it may still take."""

    def __init__(self, bounds: Bounds, settings: Settings, bill: Sequence[Spent]) -> None:
        self._bounds = bounds
        self._settings = settings
        self._prices = prices_of(settings.model_prices)
        self._bill = bill
        self.steps = 0
        self.calls = 0

    @property
    def most(self) -> Amount:
        """The most that the answer takes, to be reserved for it."""
        return Amount(1, self._bounds.tokens, int(self._bounds.dollars * 1e9))

    def may_call(self, count: int = 1) -> bool:
        """Whether so many more tools may be called."""
        return self.calls + count <= self._bounds.calls

    def may_step(
        self, model: str, items: Sequence[ToolItem], tools: Iterable[ToolForm], ending: Amount
    ) -> bool:
        """Whether the model may be asked once more, and `ending` still be afforded after it."""
        if self.steps >= self._bounds.steps:
            return False
        into = sum(map(_size, items))
        into += sum(tokens_of([one.description, str(one.parameters)]) + _AROUND for one in tools)
        step = self.cost(model, into, self._settings.answer_max_tokens)
        return self.affords(_sum([step, ending, self._searching()]))

    def may_plan(self, question: str, found: Iterable[Passage]) -> bool:
        """Whether a planner may be asked with so much; half of the bounds is kept from it."""
        into = tokens_of([question, *(one.text for one in found)]) + _RULES
        cost = self.cost(self._settings.chat_model, into, SHORT)
        kept = Amount(0, self._bounds.tokens // 2, int(self._bounds.dollars * 5e8))
        return self.affords(_sum([cost, kept]))

    def _searching(self) -> Amount:
        """The most that embedding what is still searched for takes."""
        tokens = max(0, self._bounds.calls - self.calls) * _QUERY
        return Amount(0, tokens, round(tokens * self._settings.embedding_price * 1_000))

    def affords(self, amount: Amount) -> bool:
        """Whether so much more stays within the bounds."""
        bill = list(self._bill)
        tokens = sum(one.tokens_in + one.tokens_out for one in bill)
        nano = sum(one.nanodollars for one in bill)
        within = tokens + amount.tokens <= self._bounds.tokens
        return within and nano + amount.nanodollars <= self._bounds.dollars * 1e9

    def ending(self, prompt: Iterable[str]) -> Amount:
        """The most that writing and checking an answer from this prompt takes."""
        settings = self._settings
        read, written = tokens_of(prompt), settings.answer_max_tokens
        models = {settings.chat_model, settings.budget_model or settings.chat_model}
        drafts = [self._dearest(models, read, written)]
        drafts.append(self._dearest(models, read + _RULES + written, written))
        if settings.verifier_model:
            checked = (settings.verifier_model, read + _RULES + written, SHORT)
            drafts += [self.cost(*checked)] * 3
        return _sum(drafts)

    def cost(self, model: str, into: int, out: int) -> Amount:
        """What so many tokens in and out take of a model; one without a price costs nothing."""
        price = self._prices.get(model, (0.0, 0.0))
        return Amount(0, into + out, round((into * price[0] + out * price[1]) * 1_000))

    def _dearest(self, models: Iterable[str], into: int, out: int) -> Amount:
        return max((self.cost(one, into, out) for one in models), key=lambda it: it.nanodollars)


def _sum(amounts: Iterable[Amount]) -> Amount:
    every = list(amounts)
    return Amount(0, sum(one.tokens for one in every), sum(one.nanodollars for one in every))


def _size(item: ToolItem) -> int:
    """The most tokens that an item has when it is sent back."""
    if isinstance(item, ToolOutput):
        texts = [item.text]
    elif isinstance(item, ToolReply):
        texts = [item.text, *(call.arguments + call.name for call in item.calls), str(item.raw)]
    else:
        texts = [item.content]
    return tokens_of(texts) + _AROUND
