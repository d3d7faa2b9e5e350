"""Has a language model decide, in one call, on the claims that nothing else could decide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from nexus.answering.prompts import verification_messages
from nexus.deadline import optional
from nexus.models import Usage
from nexus.ports import ChatModel

# So many claims are asked at once; an answer has hardly ever more, and the rest stays undecided.
MOST_CLAIMS = 40
# A line a claim takes some six; what a model thinks before it counts, too.
MOST_TOKENS = 1_000
_LINE = re.compile(
    r"^\W{0,6}(?:claim\s)?(\d{1,3})\W{1,6}([a-z]{1,14})\b", re.IGNORECASE | re.MULTILINE
)
_VERDICTS = {
    "s": True, "supported": True, "yes": True,
    "r": False, "refuted": False, "refused": False, "n": False, "no": False, "unsupported": False,
}  # fmt: skip

Claims = Sequence[tuple[str, Sequence[str]]]


class Verifying(Protocol):
    """Decides whether sentences support claims."""

    def verify(self, question: str, claims: Claims) -> tuple[bool | None, ...]:
        """For each claim and its sentences True, False, or None where it cannot tell."""
        ...


class Verifier:
    """A chat model that is asked for one letter a claim."""

    def __init__(self, chat: ChatModel, max_tokens: int) -> None:
        self._chat = chat
        self._max_tokens = max_tokens

    def ask(self, question: str, claims: Claims) -> tuple[tuple[bool | None, ...], Usage]:
        """For each claim True, False, or None, and what asking cost.

        Anything else than a verdict decides nothing. Raises what the chat model raises.
        """
        if not claims:
            return (), Usage()
        messages = verification_messages(question, claims[:MOST_CLAIMS])
        said = self._chat.complete(messages, self._max_tokens)
        return read_verdicts(said.text, len(claims)), said.usage


def verifier_of(chat: ChatModel | None) -> Verifier | None:
    """The verifier that a model is, where there is one."""
    return Verifier(chat, MOST_TOKENS) if chat else None


class Verification:
    """The verifier in one request: an optional step of it, whose costs are added up.

    `whole` is False once claims have stayed undecided because it was late or failed.
    """

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self.usage = Usage()
        self.whole = True

    def verify(self, question: str, claims: Claims) -> tuple[bool | None, ...]:
        """For each claim True, False, or None: also where there is no time, or the model fails."""
        asked = optional("verification", lambda: self._verifier.ask(question, claims))
        if asked is None:
            self.whole = False
            return (None,) * len(claims)
        verdicts, cost = asked
        self.usage += cost
        return verdicts


def read_verdicts(text: str, count: int) -> tuple[bool | None, ...]:
    """The verdicts in a reply such as "1: S"; a claim with two that differ is undecided."""
    found: dict[int, bool | None] = {}
    for match in _LINE.finditer(text[:20_000]):
        number, verdict = int(match[1]), _VERDICTS.get(match[2].lower())
        found[number] = verdict if found.get(number, verdict) == verdict else None
    return tuple(found.get(number) for number in range(1, count + 1))
