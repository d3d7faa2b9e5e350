"""The verifier of a measurement: scripted, an endpoint's that may be recorded, or a recording."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cli.evaluation.endpoint import verifier_endpoint
from cli.evaluation.grounding import ScriptedVerifier
from cli.evaluation.memory import GivenSecrets
from cli.failure import Failure
from nexus.answering.verifying import MOST_TOKENS, Claims, Verifier
from nexus.errors import InvalidRequest, UpstreamUnavailable
from nexus.models import Usage
from nexus.ports import ChatModel, Completion, Message
from nexus.wiring.models import Models

# What decides nothing: every claim of such a reply stays undecided.
_NOTHING = Completion("", Usage())


class RecordingChat:
    """A chat model whose replies are written down, one JSON line each, as soon as they are there.

    A line is {digest, model, reply}: it holds no text of a document or question. What was asked
    before is not asked again. `unanswered` counts the requests that failed in passing or that the
    model may not answer; they are not recorded, and decide nothing.
    """

    def __init__(self, chat: ChatModel, model: str, recording: Path | None = None) -> None:
        self.model = model
        self.requests = self.unanswered = 0
        self._chat = chat
        self._recording = recording
        self._replies: dict[str, str] = {}
        if recording:
            recording.write_text("", encoding="utf-8")

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        self.requests += 1
        digest = digest_of(self.model, messages)
        if digest in self._replies:
            return Completion(self._replies[digest], Usage())
        try:
            said = self._chat.complete(messages, max_tokens)
        except (UpstreamUnavailable, InvalidRequest):
            self.unanswered += 1
            return _NOTHING
        self._replies[digest] = said.text
        if self._recording:
            line = {"digest": digest, "model": self.model, "reply": said.text}
            with self._recording.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        return said

    def ping(self) -> None:
        self._chat.ping()


class ReplayedChat:
    """A chat model that says again what was recorded, without any network.

    `unanswered` counts the requests that the recording does not hold; they decide nothing.
    """

    def __init__(self, model: str, replies: Mapping[str, str]) -> None:
        self.model = model
        self.requests = self.unanswered = 0
        self._replies = replies

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:  # noqa: ARG002
        self.requests += 1
        reply = self._replies.get(digest_of(self.model, messages))
        if reply is None:
            self.unanswered += 1
            return _NOTHING
        return Completion(reply, Usage())

    def ping(self) -> None:
        return


class ChatVerifier:
    """The production verifier over one of these chat models; `usage` is what asking cost."""

    def __init__(self, chat: RecordingChat | ReplayedChat) -> None:
        self.usage = Usage()
        self._chat = chat
        self._verifier = Verifier(chat, MOST_TOKENS)

    def verify(self, question: str, claims: Claims) -> tuple[bool | None, ...]:
        verdicts, cost = self._verifier.ask(question, claims)
        self.usage += cost
        return verdicts

    def described(self) -> dict[str, Any]:
        """The model, the requests, those of them without a reply, and the tokens billed."""
        return {
            "model": self._chat.model,
            "requests": self._chat.requests,
            "unanswered": self._chat.unanswered,
            "input_tokens": self.usage.input_tokens,
            "output_tokens": self.usage.output_tokens,
        }


def digest_of(model: str, messages: Sequence[Message]) -> str:
    """The SHA-256, in hex, of a model's name and the messages it is sent."""
    asked = [model, *([message.role, message.content] for message in messages)]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def named_verifier(
    name: str, environ: Mapping[str, str], record: Path | None = None
) -> ScriptedVerifier | ChatVerifier | None:
    """The verifier that --verifier names; None without a name.

    It is scripted:SHARE, endpoint (whose replies go to `record`) or replay:FILE. Raises Failure.
    """
    if record and name != "endpoint":
        raise Failure("--record goes with --verifier endpoint, whose replies it keeps.")
    kind, _, value = name.partition(":")
    if not name:
        return None
    if name == "endpoint":
        found = verifier_endpoint(environ)
        chat = Models(found.settings, GivenSecrets(found.keys)).verifier()
        assert chat is not None  # noqa: S101 - verifier_endpoint() makes sure that one is named
        return ChatVerifier(RecordingChat(chat, found.settings.verifier_model, record))
    if kind == "replay" and value:
        return ChatVerifier(read_recording(Path(value)))
    if kind == "scripted" and value.replace(".", "", 1).isdigit():
        return ScriptedVerifier(float(value))
    raise Failure(
        "--verifier is endpoint; or replay: and the file of a recording; or scripted: and the "
        "share of right verdicts, as in 0.93."
    )


def read_recording(path: Path) -> ReplayedChat:
    """The chat model that a recording holds. Raises Failure naming the line that is none."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, ValueError) as err:
        raise Failure(f"{path} cannot be read; name a file that --record has written.") from err
    replies: dict[str, str] = {}
    models: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
            replies[str(said["digest"])] = str(said["reply"])
            models.add(str(said["model"]))
        except (ValueError, KeyError, TypeError) as err:
            raise Failure(f"{path}, line {number}: not a line that --record has written.") from err
    if len(models) != 1:
        raise Failure(f"{path} holds replies of {len(models)} models; record those of one.")
    return ReplayedChat(models.pop(), replies)
