"""Answers the task prompts of chat front ends, which are no questions to the documents.

Open WebUI sends three for each question, and LibreChat one: a title for the talk, tags, and what
could be asked next. They are answered from the talk itself, by rules: nothing is searched, no model
is asked, and nothing is remembered.
"""

from __future__ import annotations

import json
import re
from typing import Literal

Task = Literal["title", "tags", "follow_ups", "other"]

LONGEST_TITLE = 60
# Open WebUI's prompts (backend/open_webui/config.py: DEFAULT_*_PROMPT_TEMPLATE).
_OPEN_WEBUI = re.compile(r"\s{0,8}### Task:\s{0,4}\n", re.IGNORECASE)
_HISTORY = re.compile(r"<chat_history>|### (?:Chat )?History|<messages", re.IGNORECASE)
# LibreChat's (packages/agents: title prompts).
_LIBRECHAT = re.compile(
    r"\s{0,8}(?:Please generate|Provide|Write|Generate|Analyze this conversation and provide)"
    r".{0,200}?\btitle\b.{0,200}?\bconversation\b|\s{0,8}Analyze this conversation and provide",
    re.IGNORECASE | re.DOTALL,
)
_KINDS: tuple[tuple[Task, re.Pattern[str]], ...] = (
    ("follow_ups", re.compile(r"follow.?up", re.IGNORECASE)),
    ("tags", re.compile(r"\btags?\b", re.IGNORECASE)),
    ("title", re.compile(r"\btitle\b", re.IGNORECASE)),
)
_ASKED = re.compile(r"^\s{0,8}(?:USER|User|Human)\s?:\s{0,4}(\S[^\n]{0,400})", re.MULTILINE)


def task_in(text: str) -> Task | None:
    """Which task a front end sets in a message; None for what a person asks."""
    head = text[:2_000]
    if _OPEN_WEBUI.match(head) and _HISTORY.search(text[:200_000]):
        return next((kind for kind, words in _KINDS if words.search(head[:400])), "other")
    if _LIBRECHAT.match(head) and re.search(r"\b(?:User|Human|Conversation)\s?:", text[:20_000]):
        return "title"
    return None


def done(task: Task, text: str) -> str:
    """What a front end wants to read for its task: the JSON that its prompt describes, or a title.

    The title is the talk's first question, cut at a word.
    """
    asked = _ASKED.search(text[:200_000])
    title = _shortened(asked[1]) if asked else ""
    if not _OPEN_WEBUI.match(text[:2_000]):
        return title
    if task == "title":
        return json.dumps({"title": title}, ensure_ascii=False)
    return json.dumps({task: []} if task != "other" else {})


def _shortened(question: str) -> str:
    line = " ".join(question.split())
    if len(line) <= LONGEST_TITLE:
        return line
    return f"{line[:LONGEST_TITLE].rpartition(' ')[0] or line[:LONGEST_TITLE]}…"
