"""Reads the messages that a chat client sends: which is the question, and what was said before."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from nexus.errors import InvalidRequest

MOST_MESSAGES = 500
# As /v1/chat takes it.
MOST_CHARS = 5_000


class Part(BaseModel):
    """A part of a message; only text is read."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: str | None = None


class Message(BaseModel):
    """One message; further fields are accepted and not read."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None


Messages = Annotated[list[Message], Field(min_length=1, max_length=MOST_MESSAGES)]
# Of a user's message, and of an answer of ours that a client sends back.
_TEXTS = ("text", "input_text", "output_text")
_UNREAD = ("image_url", "input_image", "input_audio", "audio", "file", "input_file", "video_url")


def question_in(messages: list[Message], field: str = "messages") -> str:
    """The text of the last user's message.

    Raises InvalidRequest if there is none, if it holds more than text, or is too long.
    """
    asked = [message for message in messages if message.role == "user"]
    if not asked:
        raise InvalidRequest(f"{field} holds no message of role user: ask a question.", field)
    content = asked[-1].content
    if isinstance(content, list) and any(part.type in _UNREAD for part in content):
        raise InvalidRequest(
            f"{field} holds an image, sound or file: send text, and documents to the bucket.", field
        )
    text = text_of(asked[-1]).strip()
    if not text:
        raise InvalidRequest(f"The last message of role user in {field} is empty.", field)
    if len(text) > MOST_CHARS:
        raise InvalidRequest(
            f"The question has {len(text)} characters: send at most {MOST_CHARS}.", field
        )
    return text


def turns_before(messages: list[Message]) -> list[tuple[str, str]]:
    """The questions before the last one, oldest first, each with its answer ("" for none).

    Instructions and what tools returned are left out: they are the client's own, and no part of
    what was asked and answered.
    """
    turns: list[tuple[str, str]] = []
    for message in messages:
        if message.role == "user":
            turns.append((text_of(message).strip()[:MOST_CHARS], ""))
        elif message.role == "assistant" and turns:
            question, answer = turns[-1]
            said = text_of(message).strip()
            turns[-1] = question, f"{answer}\n{said}".strip() if answer else said
    return [turn for turn in turns[:-1] if turn[0]]


def text_of(message: Message) -> str:
    """The text of a message."""
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    return "\n".join(part.text for part in message.content if part.type in _TEXTS and part.text)


def as_messages(given: str | list[dict[str, Any]]) -> list[Message]:
    """The input of the Responses API as messages. Raises InvalidRequest for what is none."""
    if isinstance(given, str):
        return [Message(role="user", content=given)]
    found = []
    for item in given[:MOST_MESSAGES]:
        kind = item.get("type", "message")
        if kind == "message":
            try:
                found.append(Message.model_validate(item))
            except ValueError as err:
                raise InvalidRequest(
                    "input holds a message without a known role or readable content.", "input"
                ) from err
        elif kind == "item_reference":
            raise InvalidRequest(
                "input refers to an item by its id, and none are kept: send the message itself, or "
                "previous_response_id.",
                "input",
            )
    return found
