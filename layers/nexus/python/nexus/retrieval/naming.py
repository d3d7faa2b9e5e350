"""Tells what a document is called, whether a question names it, and what stands for all of it."""

from __future__ import annotations

from collections.abc import Sequence

from nexus.models import DocumentRecord
from nexus.text.literals import literals, share_held
from nexus.text.segments import words_of
from nexus.text.stems import content_stems
from nexus.text.titles import shown

# The share of a title's words with which a question names the document.
TITLE_SHARE = 0.6
# How probable an answer is, at least, in a passage that holds every literal name of the question:
# an option, a file. Not more, since it may mention what it does not explain.
NAMED_LITERALLY = 0.5


def naming(text: str) -> list[str]:
    """The stems that name a thing: not years and editions, which nobody repeats."""
    return [word for word in content_stems(words_of(text)) if not word[0].isdigit()]


def is_named(name: str, asked: set[str]) -> bool:
    """Whether the stems of a question hold most words of a title, or of a file's name."""
    words = set(naming(name))
    return bool(words) and len(words & asked) / len(words) >= TITLE_SHARE


def least_by_names(question: str, text: str) -> float:
    """The probability that a passage's literal names alone give an answer in it; 0 without any."""
    return NAMED_LITERALLY if share_held(literals(question), text) == 1 else 0.0


def evenly(ids: Sequence[str], count: int) -> list[str]:
    """Up to `count` of them, evenly from beginning to end."""
    step = max(1.0, len(ids) / count)
    return [ids[int(place * step)] for place in range(min(count, len(ids)))]


def title_of(record: DocumentRecord) -> str:
    """The document's title as passages of it show it: its file's name where it has none to show."""
    return shown(record.title, file_name(record.uri))


def file_name(uri: str) -> str:
    """The last part of a document's path, without its extension."""
    return uri.rsplit("/", 1)[-1].rsplit(".", 1)[0]
