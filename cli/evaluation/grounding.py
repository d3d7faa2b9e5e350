"""Measures the check of answers on labelled sentences, whole answers and planted errors."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cli.evaluation.grounding_sets import Labelled, WholeAnswer, read_set
from cli.evaluation.planted import planted
from nexus.answering.cited_sentences import cited_by
from nexus.answering.grounding import Grounded, ground
from nexus.answering.verdicts import judge
from nexus.answering.verifying import Verifying
from nexus.models import Locator, Passage

Row = dict[str, Any]


class ScriptedVerifier:
    """A verifier that is right so often, by a fixed chance; `truth` is the label of the claim."""

    def __init__(self, right: float, seed: int = 11) -> None:
        self.truth = True
        self._right = right
        self._chance = random.Random(seed)  # noqa: S311 - a fixed choice, no secret

    def verify(
        self,
        question: str,  # noqa: ARG002
        claims: Sequence[tuple[str, Sequence[str]]],
    ) -> tuple[bool | None, ...]:
        return tuple(
            self.truth if self._chance.random() < self._right else not self.truth for _ in claims
        )


def passages_of(case: Labelled | WholeAnswer) -> list[Passage]:
    """The passages of a case as retrieval gives them."""
    title = case.title if isinstance(case, Labelled) else ""
    return [
        Passage("c", "d", title, "s3://d/x", "1", Locator(), text, 0.9) for text in case.passages
    ]


def measure(files: Sequence[Path], verifier: Verifying | None = None) -> list[Row]:
    """One row a set, language and half ("all" or "held"), then one for the planted errors of each.

    `removed` is the share of right sentences that go, `caught` that of wrong ones; `settled` and
    `settled_wrong` are the shares called supported without a verifier. `held` is the half of the
    documents that nothing was tuned on.
    """
    rows: list[Row] = []
    for path in files:
        cases, answers = read_set(path)
        judged = [(case, *_outcome(case, verifier)) for case in cases]
        checked = [(one, _checked(one, verifier)) for one in answers]
        for half in ("all", "held"):
            here = [one for one in judged if half == "all" or one[0].held]
            languages = sorted({case.language for case, _, _ in here})
            for language in [None, *(languages if len(languages) > 1 else [])]:
                some = [one for one in here if language in (None, one[0].language)]
                rows += [_figures(path.stem, half, language or "", some)] if some else []
            rows += _of_planted(path.stem, half, [c for c in cases if half == "all" or c.held])
            rows += _of_answers(path.stem, half, [g for a, g in checked if half == "all" or a.held])
    return rows


def _outcome(case: Labelled, verifier: Verifying | None) -> tuple[str, bool]:
    """The verdict on a sentence, and whether it is removed in the end."""
    passages = passages_of(case)
    verdict = judge(case.sentence, (), passages, case.question).verdict
    if verdict != "undecided" or verifier is None:
        return verdict, verdict == "contradicted"
    if isinstance(verifier, ScriptedVerifier):
        verifier.truth = case.supported
    said = cited_by(case.sentence, (), passages).said
    return verdict, verifier.verify(case.question, [(case.sentence, said)]) == (False,)


def _figures(
    name: str, half: str, language: str, judged: Sequence[tuple[Labelled, str, bool]]
) -> Row:
    right = [(verdict, gone) for case, verdict, gone in judged if case.supported]
    wrong = [(verdict, gone) for case, verdict, gone in judged if not case.supported]
    removed, caught = _share(g for _, g in right), _share(g for _, g in wrong)
    return {
        "set": name, "half": half, "language": language, "right": len(right), "wrong": len(wrong),
        "removed": removed, "caught": caught,
        "settled": _share(v == "supported" for v, _ in right),
        "settled_wrong": _share(v == "supported" for v, _ in wrong),
        "balanced_accuracy": round((1 - removed + caught) / 2, 3),
    }  # fmt: skip


def _of_planted(name: str, half: str, cases: list[Labelled]) -> list[Row]:
    count: Counter[str] = Counter()
    supported: Counter[str] = Counter()
    contradicted: Counter[str] = Counter()
    for kind, case in ((one.kind, one.case) for one in planted(cases)):
        verdict = judge(case.sentence, (), passages_of(case), case.question).verdict
        count[kind] += 1
        supported[kind] += verdict == "supported"
        contradicted[kind] += verdict == "contradicted"
    return [
        {
            "set": name, "half": half, "planted": kind, "sentences": count[kind],
            "contradicted": round(contradicted[kind] / count[kind], 3),
            "called_supported": round(supported[kind] / count[kind], 3),
        }
        for kind in sorted(count)
    ]  # fmt: skip


def _checked(answer: WholeAnswer, verifier: Verifying | None) -> Grounded:
    if isinstance(verifier, ScriptedVerifier):
        verifier.truth = True  # there is no error in it
    return ground(answer.text, passages_of(answer), answer.question, verifier)


def _of_answers(name: str, half: str, checked: Sequence[Grounded]) -> list[Row]:
    if not checked:
        return []
    return [
        {
            "set": name, "half": half, "answers": len(checked),
            "lose_a_sentence": _share(bool(one.unsupported) for one in checked),
            "emptied": sum(not one.text for one in checked),
        }
    ]  # fmt: skip


def _share(flags: Any) -> float:
    listed = list(flags)
    return round(sum(listed) / len(listed), 3) if listed else 0.0
