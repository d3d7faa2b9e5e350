"""Reads what endpoints put into an answer's JSON: text in parts, counts, errors, why it ended."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nexus.ports import Finish

# Why a text ended, in the words of OpenAI, Anthropic, Gemini, Mistral, Cohere, vLLM and others.
_FINISHES: Mapping[str, Finish] = {
    **dict.fromkeys(
        ("stop", "end_turn", "eos", "eos_token", "stop_sequence", "complete", "completed",
         "finished", "end", "normal"),
        "stop",
    ),
    **dict.fromkeys(
        ("length", "max_tokens", "max_output_tokens", "max_completion_tokens", "model_length",
         "model_context_window_exceeded", "error_limit", "max_length", "token_limit"),
        "length",
    ),
    **dict.fromkeys(
        ("content_filter", "content_filtered", "safety", "prohibited_content", "recitation",
         "blocklist", "spii", "image_safety", "refusal", "guardrail_intervened", "sensitive",
         "moderation", "error_toxic"),
        "filter",
    ),
}  # fmt: skip
# The text stops because the server failed, and another try may succeed.
_FAILED = ("error", "insufficient_system_resource", "abort", "aborted", "cancelled", "failed",
           "network_error", "malformed_function_call", "timeout")  # fmt: skip
_THOUGHTS = ("thinking", "reasoning", "redacted_thinking", "reasoning_text", "summary_text",
             "thought", "reasoning_content", "reasoning.text")  # fmt: skip


def finish_of(reason: object) -> Finish:
    """Why a text ended, as the endpoint words it; a word of its own is "unknown"."""
    return _FINISHES.get(_word(reason), "unknown")


def says_failed(reason: object) -> bool:
    """Whether the text ended because the server failed."""
    return _word(reason) in _FAILED


def text_of(content: object) -> str:
    """The text of a message's content: a string, or parts without those that are thoughts.

    Raises TypeError for what is neither.
    """
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, Mapping):
        content = [content]
    if not isinstance(content, Sequence):
        raise TypeError("content")
    return "".join(map(_part, content))


def count_of(answer: Mapping[str, Any], *names: str) -> int:
    """The first of these token counts that the endpoint gives; 0 for none, or what is no count."""
    usage = answer.get("usage")
    for name in names:
        value = usage.get(name) if isinstance(usage, Mapping) else None
        if isinstance(value, (int, float)) and math.isfinite(value) and value > 0:
            return round(value)
    return 0


def error_in(answer: object) -> object | None:
    """The error that an answer with status 200 holds, or None."""
    if not isinstance(answer, Mapping):
        return None
    if answer.get("error"):
        found: object = answer["error"]
        return found
    if answer.get("object") == "error" or answer.get("type") == "error":
        return answer
    # vLLM's and FastAPI's own: a message, and nothing that an answer has.
    if "detail" in answer and not {"choices", "output", "data"} & answer.keys():
        return {"message": answer["detail"]}
    choices = answer.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return (first.get("error") or None) if isinstance(first, Mapping) else None


def _part(part: object) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, Mapping):
        raise TypeError("part")
    if part.get("type") in _THOUGHTS or part.get("thought") is True:
        return ""
    text = part.get("text", part.get("refusal", part.get("content")))
    if isinstance(text, Mapping):
        text = text.get("value")
    return text if isinstance(text, str) else ""


def _word(reason: object) -> str:
    """A reason as one word of small letters: `FINISH_REASON_SAFETY`, "content-filter"."""
    if not isinstance(reason, str):
        return ""
    return reason[:60].lower().replace("-", "_").removeprefix("finish_reason_")
