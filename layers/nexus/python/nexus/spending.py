"""What models are asked, in tokens and dollars: a metric of each, by model."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from nexus.deadline import ends_in_time
from nexus.errors import ConfigurationError
from nexus.metrics import recorder
from nexus.models import Spent
from nexus.ports import (
    Completion,
    Embedder,
    Embeddings,
    Message,
    Recording,
    Speaker,
    StreamingChat,
    Transcriber,
    Transcript,
    Utterance,
)
from nexus.span_names import FINISH_REASONS, INPUT_TOKENS, OUTPUT_TOKENS
from nexus.tracing import is_traced, note

if TYPE_CHECKING:
    from nexus.ports.tool_chats import ToolChat, ToolForm, ToolItem, ToolReply

# Dollars for a million tokens in, and for a million out.
Prices = Mapping[str, tuple[float, float]]

# What a token has of most texts, where nobody has counted. Not characters: one of Chinese, of three
# bytes, is nearly a token by itself.
_BYTES = 4

_WANTED = "name models with dollars for a million tokens in and out, such as gpt-5.4-mini=0.75/4.50"


def prices_of(written: Sequence[str]) -> Prices:
    """The prices of models that a setting names, such as "gpt-5.4-mini=0.75/4.50".

    Raises ConfigurationError with what the setting should hold.
    """
    found: dict[str, tuple[float, float]] = {}
    for one in written:
        model, equals, prices = one.rpartition("=")
        into, _, out = prices.partition("/")
        try:
            price = float(into), float(out)
        except ValueError:
            price = (-1.0, -1.0)
        if not (model and equals and all(math.isfinite(part) and part >= 0 for part in price)):
            raise ConfigurationError(f"NEXUS_MODEL_PRICES must {_WANTED}; it has {one!r}.")
        found[model] = price
    return found


def rates_of(written: Sequence[str], variable: str) -> Mapping[str, float]:
    """What each model of a setting costs, such as "gpt-4o-mini-transcribe=0.003".

    Raises ConfigurationError with what the setting, whose `variable` is named, should hold.
    """
    found: dict[str, float] = {}
    for one in written:
        model, _, price = one.rpartition("=")
        try:
            found[model] = float(price)
        except ValueError:
            found[model] = -1.0
        if not model or not (math.isfinite(found[model]) and found[model] >= 0):
            raise ConfigurationError(
                f"{variable} must name models with dollars, such as amazon-polly=16; it has "
                f"{one!r}."
            )
    return found


class Bill(list[Spent]):
    """What models were asked, call by call, from whichever thread."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._late: Callable[[Spent], None] | None = None

    def append(self, one: Spent) -> None:
        """Adds a call; one that ends once the bill is closed is told of, too."""
        with self._lock:
            super().append(one)
            late = self._late
        if late is not None:
            late(one)

    def closed(self, late: Callable[[Spent], None]) -> list[Spent]:
        """All calls until now; `late` is told of each that ends afterwards, in its thread."""
        with self._lock:
            self._late = late
            return list(self)


_BILL: ContextVar[Bill | None] = ContextVar("bill", default=None)


@contextmanager
def billed() -> Iterator[Bill]:
    """Gathers what models are asked in the block, in its threads too, call by call."""
    bill = Bill()
    token = _BILL.set(bill)
    try:
        yield bill
    finally:
        _BILL.reset(token)


def by_model(bill: Sequence[Spent]) -> tuple[Spent, ...]:
    """What each model was asked in all, in the order of their names."""
    found: dict[str, Spent] = {}
    for one in list(bill):
        found[one.model] = found.get(one.model, Spent(one.model)) + one
    return tuple(found[model] for model in sorted(found))


class _Billing:
    """What a model costs, in a metric and on the bill."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._record = recorder("dollars", model=model)

    def add(self, into: int, out: int, dollars: float) -> None:
        """Adds what a call was: tokens in and out, and dollars."""
        self._record(dollars)
        bill = _BILL.get()
        if bill is not None:
            bill.append(Spent(self._model, into, out, round(dollars * 1e9)))


class Counter:
    """Counts a model's tokens under its name.

    Without a price they cost 0, and are counted once more as unpriced; a price of 0 is one.
    """

    def __init__(self, model: str, prices: Prices) -> None:
        self._price = prices.get(model, (0.0, 0.0))
        self._is_priced = model in prices
        self._billing = _Billing(model)
        self._record_into = recorder("input_tokens", model=model)
        self._record_out = recorder("output_tokens", model=model)
        self._record_unpriced = recorder("unpriced_tokens", model=model)

    def count(self, into: int, out: int) -> None:
        """Counts so many tokens in and out."""
        self._record_into(into)
        self._record_out(out)
        if not self._is_priced:
            self._record_unpriced(into + out)
        dollars = (into * self._price[0] + out * self._price[1]) / 1_000_000
        self._billing.add(into, out, dollars)


class SpendingChat:
    """A language model, whose tokens are counted under its name."""

    def __init__(self, chat: StreamingChat, model: str, prices: Prices) -> None:
        self._chat = chat
        self._counter = Counter(model, prices)

    def ends_in_time(self, method: str) -> bool:
        """As `nexus.deadline.ends_in_time` asks: as the model does."""
        return ends_in_time(self._chat, method)

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        """The model's completion."""
        return self._counted(self._chat.complete(messages, max_tokens))

    def stream(
        self, messages: Sequence[Message], max_tokens: int, heard: Callable[[str], None]
    ) -> Completion:
        """The model's completion, heard while it is written.

        Of one that is broken off while it is heard no count comes: what was sent and heard is
        reckoned at four bytes a token.
        """
        length = 0

        def hear(text: str) -> None:
            nonlocal length
            length += _bytes_of(text)
            heard(text)

        try:
            return self._counted(self._chat.stream(messages, max_tokens, hear))
        except BaseException:
            if length:
                sent = sum(_bytes_of(message.content) for message in messages)
                self._counter.count(-(-sent // _BYTES), -(-length // _BYTES))
            raise

    def _counted(self, completion: Completion) -> Completion:
        into, out = completion.usage.input_tokens, completion.usage.output_tokens
        self._counter.count(into, out)
        if is_traced():
            finish = (completion.finish,)
            note({INPUT_TOKENS: into, OUTPUT_TOKENS: out, FINISH_REASONS: finish})
        return completion

    def ping(self) -> None:
        """Returns when the endpoint answers; raises otherwise."""
        self._chat.ping()


class SpendingToolChat:
    """A language model that calls tools, whose tokens are counted under its name."""

    def __init__(self, chat: ToolChat, model: str, prices: Prices) -> None:
        self._chat = chat
        self._counter = Counter(model, prices)

    def converse(
        self, items: Sequence[ToolItem], tools: Sequence[ToolForm], max_tokens: int
    ) -> ToolReply:
        """The model's reply."""
        reply = self._chat.converse(items, tools, max_tokens)
        self._counter.count(reply.usage.input_tokens, reply.usage.output_tokens)
        if is_traced():
            into, out = reply.usage.input_tokens, reply.usage.output_tokens
            note({INPUT_TOKENS: into, OUTPUT_TOKENS: out, FINISH_REASONS: (reply.finish,)})
        return reply


class SpendingEmbedder:
    """An embedding model, whose tokens are counted; `price` is dollars for a million of them."""

    def __init__(self, embedder: Embedder, model: str, price: float) -> None:
        self._embedder = embedder
        self._price = price
        self._billing = _Billing(model)
        self._record_tokens = recorder("input_tokens", model=model)

    def ends_in_time(self, method: str) -> bool:
        """As `nexus.deadline.ends_in_time` asks: as the model does."""
        return ends_in_time(self._embedder, method)

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """The model's embeddings."""
        embeddings = self._embedder.embed(texts)
        self._record_tokens(embeddings.tokens)
        self._billing.add(embeddings.tokens, 0, embeddings.tokens * self._price / 1_000_000)
        if is_traced():
            note({INPUT_TOKENS: embeddings.tokens})
        return embeddings

    def ping(self) -> None:
        """Returns when the endpoint answers; raises otherwise."""
        self._embedder.ping()


class SpendingTranscriber:
    """What writes down speech, whose seconds are paid for; `rates` are dollars for a minute."""

    def __init__(self, inner: Transcriber, model: str, rates: Mapping[str, float]) -> None:
        self._inner = inner
        self._billing = _Billing(model)
        self._rate = rates.get(model, 0.0)

    def transcribe(self, recording: Recording, language: str) -> Transcript:
        """What the recording says."""
        transcript = self._inner.transcribe(recording, language)
        # What a recording says of its own length may be less than what was heard of it.
        seconds = max(recording.seconds, transcript.seconds)
        self._billing.add(0, 0, seconds / 60 * self._rate)
        return transcript


class SpendingSpeaker:
    """What speaks, whose characters are paid for; `rates` are dollars for a million."""

    def __init__(self, inner: Speaker, model: str, rates: Mapping[str, float]) -> None:
        self._inner = inner
        self._billing = _Billing(model)
        self._rate = rates.get(model, 0.0)

    def speak(self, utterance: Utterance) -> bytes:
        """The sound."""
        sound = self._inner.speak(utterance)
        self._billing.add(0, 0, len(utterance.text) * self._rate / 1_000_000)
        return sound


def _bytes_of(text: str) -> int:
    return len(text.encode(errors="replace"))
