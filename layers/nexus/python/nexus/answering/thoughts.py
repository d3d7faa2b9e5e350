"""Takes what a model thought aloud, and the marks of its chat format, away from what it answers."""

from __future__ import annotations

import re

_NAMES = r"(?:[a-z]{2,12}:)?(?:think(?:ing)?|thoughts?|reasoning|reflection|scratchpad|analysis)"
# Where thoughts begin and end, as tags, in Mistral's and Kimi's brackets, and in special tokens.
_BORDER = re.compile(
    rf"(?P<opens><{_NAMES}>|\[THINK\]|◁think▷|<\|(?:begin_of_thought|START_THINKING)\|>)"
    rf"|(?P<closes></{_NAMES}>|\[/THINK\]|◁/think▷|<\|(?:end_of_thought|END_THINKING)\|>)",
    re.IGNORECASE,
)
# The channels of OpenAI's open models: `<|channel|>analysis<|message|>…<|end|>`.
_CHANNEL = re.compile(r"<\|channel\|>\s{0,3}(\w{1,20})[^<\n]{0,80}(?:<\|message\|>|\n|(?=<)|\Z)")
_CHANNEL_END = re.compile(r"<\|(?:end|return|call|start|channel)\|>")
_STRIPPED_CHANNELS = re.compile(r"\Aanalysis(?=\S).{0,200000}?assistantfinal", re.DOTALL)
_TURN_END = re.compile(
    r"<\|(?:im_end|eot_id|eom_id|end_of_text|endoftext|end|return|END_RESPONSE|END_OF_TURN_TOKEN)\|>"
    r"|<end_of_turn>|<｜end▁of▁sentence｜>|</s>(?=\s*\Z)"
)
_TOKEN = re.compile(
    r"<\|(?:im_start|start|message|begin_of_solution|end_of_solution|START_RESPONSE|"
    r"START_OF_TURN_TOKEN|CHATBOT_TOKEN|start_header_id|end_header_id|begin_of_text|"
    r"python_tag)\|>(?:\s{0,2}assistant\b)?|<start_of_turn>(?:model\b)?|<bos>|<\|(?:no_)?think\|>"
)


def without_thoughts(text: str) -> str:
    """What a model wrote for a reader; "" where it was cut off, or ended, in its thoughts.

    A closing mark without an opening one ends thoughts that began in the prompt.
    """
    text = _final_channel(text)
    text = _STRIPPED_CHANNELS.sub("", text)
    kept: list[str] = []
    depth = end = 0
    for border in _BORDER.finditer(text):
        if border["opens"]:
            if not depth:
                kept.append(text[end : border.start()])
            depth += 1
        elif depth:
            depth -= 1
        else:
            kept.clear()
        end = border.end()
    if not depth:
        kept.append(text[end:])
    answer = _TOKEN.sub("", "".join(kept)).lstrip()
    # What follows the end of a turn is another's turn, made up.
    ended = _TURN_END.search(answer)
    return (answer[: ended.start()] if ended else answer).strip()


def _final_channel(text: str) -> str:
    """What stands in the channel for readers, or before the first channel."""
    if "<|channel|>" not in text:
        return text
    openings = list(_CHANNEL.finditer(text))
    for opening in openings:
        if opening[1].lower() in ("final", "response", "answer"):
            ended = _CHANNEL_END.search(text, opening.end())
            return text[opening.end() : ended.start() if ended else len(text)]
    return text[: openings[0].start()] if openings else text
