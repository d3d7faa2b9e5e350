"""What a model replies is taken apart: the answer stays, and nothing that was not meant for it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.answering.prompts import NO_ANSWER
from nexus.answering.reply import Reply, read_reply

SAID = "The fine is IDR 1,000 per day. [1]"


@pytest.mark.parametrize(
    "raw",
    [
        f"<think>Passage 2 says 08:00.</think>\n\n{SAID}",
        f"<thinking>Is it {NO_ANSWER}?</thinking>{SAID}",
        f"<think>One <think>inner</think> more.</think>{SAID}",
        f"Hm, passage 2.\n</think>\n{SAID}",
        f"<thought>a</thought><reasoning>b</reasoning>{SAID}",
        f"[THINK]hm[/THINK]{SAID}",
        f"◁think▷hm◁/think▷{SAID}",
        f"<|begin_of_thought|>hm<|end_of_thought|>\n{SAID}",
        "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>"
        f"{SAID}<|return|>",
        f"analysisWe need passage 1.assistantfinal{SAID}",
        f"{SAID}<|im_end|>",
        f"{SAID}<|im_end|>\n<|im_start|>user\nAnd the head?",
        f"{SAID}</s>",
        f"{SAID}\n<think>Did I say all?",
    ],
)
def test_thoughts_and_chat_marks_are_left_out(raw: str) -> None:
    assert read_reply(raw) == Reply(SAID)


@pytest.mark.parametrize(
    "raw",
    [
        f"Answer: {SAID}",
        f"**Answer:** {SAID}",
        f"### Answer\n{SAID}",
        f"Final answer: {SAID}",
        f"Jawaban: {SAID}",
        f"答案：{SAID}",
        f"<answer>{SAID}</answer>",
        f"Here it is: <answer>\n{SAID}\n</answer> Ask again.",
        f"```\n{SAID}\n```",
        f"```markdown\n{SAID}\n```",
        json.dumps({"answer": SAID}),
        "```json\n" + json.dumps({"answer": SAID, "confidence": 0.9}, indent=1) + "\n```",
        json.dumps({"answer": [{"text": "The fine is IDR 1,000 per day.", "citations": [1]}]}),
        json.dumps({"response": {"text": SAID}}),
        f'"{SAID}"',
    ],
)
def test_what_is_put_around_the_whole_answer_is_taken_off(raw: str) -> None:
    assert read_reply(raw) == Reply(SAID)


@pytest.mark.parametrize(
    "added",
    [
        "\n\nSources:\n[1] Library Rules\n[2] Opening hours",
        "\n\n**Sources:**\n- [1] Library Rules",
        "\n\n## References\n1. Library Rules\n2. Opening hours",
        "\n\n---\n**Sources**\n\n* Library Rules",
        "\n\nSources:",
        "\n\nSources: [1], [2]",
        "\n\nSource: Library Rules",
        "\n\nQuellen:\n[1] Ordnung",
        "\n\nSumber: [1] Peraturan",
        "\n\n参考文献：\n[1] 规则",
        "\n\n[^1]: Library Rules",
        "\n\n[1]: Library Rules\n[2]: https://x.org",
        "\n\n[1] Library Rules\n[2] Opening hours",
        "\n\n【1】Library Rules",
        "\n\nReferences:\n[1] Passage 1, sentence 1: “The fine for an overdue book is IDR 1,000.”",
    ],
)
def test_a_models_own_list_of_sources_is_left_out(added: str) -> None:
    assert read_reply(SAID + added) == Reply(SAID)


@pytest.mark.parametrize(
    "text",
    [
        "Sources: tuition and gifts. [1]",
        f"{SAID}\nSources: tuition and gifts. [1]",
        f"{SAID}\n\nNotes:\n- Cash is not accepted. [1]\n- Bring a card. [2]",
        "Answer the form first. [1]",
        "[1] The fine is IDR 1,000.\n[2] The head is Nur.",
        "- Fines: IDR 1,000 [1]\n- Notes: none [2]",
        '{"name": "a"}',
        "```python\nprint(1)\n```",
    ],
)
def test_what_only_looks_like_a_wrapper_stays(text: str) -> None:
    assert read_reply(text) == Reply(text)


@pytest.mark.parametrize(
    "raw",
    [
        "NO_ANSWER",
        "no_answer.",
        "**NO_ANSWER**",
        "`NO_ANSWER`.",
        '"No answer"',
        "NO\\_ANSWER",
        "NO-ANSWER!",
        "NO_ANSWER [1]",
        "Answer: NO_ANSWER",
        '{"answer": "NO_ANSWER"}',
        "<think>Nothing on it.</think>NO_ANSWER",
        "NO_ANSWER\n\nThe passages do not say who pays.",
        "NO_ANSWER. The passages do not say who pays.",
        "NO_ANSWER (nothing on fees)",
        "```\nNO_ANSWER\n```",
        "- NO_ANSWER",
    ],
)
def test_the_signal_is_no_answer(raw: str) -> None:
    assert read_reply(raw) == Reply("", no_answer=True)


@pytest.mark.parametrize(
    "raw",
    [
        "NO_ANSWER means that nobody picked up. [1]",
        "The code is NO_ANSWER. [1]",
        "The codes are BUSY and NO_ANSWER [1].",
        "Nobody picked up: NO_ANSWER [1]",
        "| Code | Means |\n|---|---|\n| NO_ANSWER | nobody picked up [1] |",
    ],
)
def test_the_signal_as_a_word_of_the_document_is_kept(raw: str) -> None:
    assert read_reply(raw) == Reply(raw)


@pytest.mark.parametrize(
    "raw",
    [
        f"{SAID} For the head: NO_ANSWER",
        f"{SAID}\n\nNO_ANSWER",
        f"{SAID} NO_ANSWER.",
        f"{SAID}\n- The head: **NO_ANSWER**",
        f"NO_ANSWER for the head: NO_ANSWER\n{SAID}",
    ],
)
def test_half_an_answer_is_kept_without_the_signal(raw: str) -> None:
    assert read_reply(raw) == Reply(SAID)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (f"{SAID} The head is Nur Ai", SAID),
        (f"{SAID} It costs IDR 17", SAID),
        (f"{SAID} It costs IDR 17.", SAID),
        (f"{SAID} It closes at 8. [2", SAID),
        (SAID, SAID),
        ("The fine is IDR 1,000 per day. [1", "The fine is IDR 1,000 per day."),
        (f"- {SAID}\n- The head of the", f"- {SAID}"),
        ("| a | b |\n|---|---|\n| 1 | x [1] |\n| 2 | y", "| a | b |\n|---|---|\n| 1 | x [1] |"),
        ("罚款一千。[1]馆长是", "罚款一千。[1]"),
        (f'{{"answer": "{SAID} The he', SAID),
        ("<think>The library opens at 08:00. The head is", ""),
        ("<|channel|>analysis<|message|>The library opens at 08:00.", ""),
        ("The fine is", ""),
    ],
)
def test_a_cut_answer_loses_its_unfinished_end(raw: str, kept: str) -> None:
    assert read_reply(raw, "length") == Reply(kept, cut=True)


@given(
    st.lists(
        st.sampled_from(
            [SAID, "NO_ANSWER", "<think>", "</think>", "\n", " ", "```", "{", "}", '"answer": "',
             '"', "Sources:", "[1]", "[^1]:", "<answer>", "</answer>", "|", "a", "<|channel|>",
             "<|message|>", "final", "\ud83d", "."]
        ),
        max_size=15,
    ).map("".join),
    st.sampled_from(["stop", "length", "unknown"]),
)  # fmt: skip
def test_reading_never_fails(raw: str, finish: str) -> None:
    reply = read_reply(raw, finish, 3)  # type: ignore[arg-type]
    assert not (reply.text and reply.no_answer)
    assert reply.no_answer or reply.cut == (finish == "length")
