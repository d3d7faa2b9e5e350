"""Reads sets of sentences that people marked as supported by passages or not."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.failure import Failure


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence over its passages and its label; `held` is the half that is not tuned on."""

    set: str
    doc: str
    passages: tuple[str, ...]
    question: str
    sentence: str
    supported: bool
    language: str
    title: str = ""

    @property
    def held(self) -> bool:
        return _held(self.doc)


@dataclass(frozen=True, slots=True)
class WholeAnswer:
    """An answer without an error over its passages."""

    set: str
    doc: str
    passages: tuple[str, ...]
    question: str
    text: str

    @property
    def held(self) -> bool:
        return _held(self.doc)


def _held(doc: str) -> bool:
    return int(hashlib.sha256(doc.encode()).hexdigest(), 16) % 2 == 1


def read_set(path: Path) -> tuple[list[Labelled], list[WholeAnswer]]:
    """The sentences and the whole answers of a JSONL file.

    A line is {passages or passage, question, sentence, supported}, with set, doc, lang and title
    where they are known; or {passages, question, answer}. Raises Failure naming the line.
    """
    sentences: list[Labelled] = []
    answers: list[WholeAnswer] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
            passages = _passages(said)
            doc = str(said.get("doc") or passages[0][:60])
            name, question = str(said.get("set") or path.stem), str(said.get("question", ""))
            if "answer" in said:
                answers.append(WholeAnswer(name, doc, passages, question, str(said["answer"])))
                continue
            sentences.append(
                Labelled(
                    name, doc, passages, question, str(said["sentence"]), bool(said["supported"]),
                    str(said.get("lang", "")), str(said.get("title", "")),
                )
            )  # fmt: skip
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as err:
            raise Failure(
                f"{path}, line {number}: give passages, question, sentence and supported, or "
                "passages, question and answer, as a JSON object."
            ) from err
    return sentences, answers


def _passages(said: dict[str, Any]) -> tuple[str, ...]:
    return tuple(map(str, said["passages"] if "passages" in said else [said["passage"]]))
