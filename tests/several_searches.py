"""Measures questions that need several searches, against one search for the whole question.

`python -m tests.several_searches` prints the figures as JSON for our own questions over the sample
documents; with `--musique FILE [COUNT]` for the first of MuSiQue's, over their paragraphs: a JSON
list as its authors publish it (Trivedi et al. 2022, https://github.com/StonyBrookNLP/musique, CC BY
4.0), which is not kept here.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cli.evaluation.corpus import TENANT, read_corpus
from cli.evaluation.endpoint import chosen
from cli.evaluation.in_process import index_corpus
from cli.evaluation.lanes import lanes
from cli.evaluation.measurements import Run, untracked
from cli.local.layout import PROJECT
from cli.local.run_record import Running
from nexus.agents.configuration import Agent, Bounds
from nexus.agents.confirming import Confirming
from nexus.agents.meter import Meter
from nexus.agents.multi_search import MultiSearch
from nexus.agents.performing import Performing
from nexus.agents.run import Run as AgentRun
from nexus.agents.tools import Asking, Given, Tool
from nexus.models import Filters, Passage, Principal, Usage
from nexus.ports.tool_chats import ToolForm
from nexus.retrieval.retriever import Retriever
from nexus.settings import Settings
from tests.agent_world import FakeConfirmations
from tests.fakes import FakeClock
from tests.model_server import MODELS_KEY, running_model_server

OWN = PROJECT / "tests" / "golden" / "several_searches.jsonl"
SAMPLES = PROJECT / "cli" / "local" / "sample_documents"
TOP_K = 5
CALLER = Principal(TENANT, "measure", "admin", "standard")


@dataclass(frozen=True)
class Asked:
    """A question, the searches that it falls into, and what its answer rests on.

    A part may name the answer of an earlier one as #1, #2 and so on; `answers` are theirs, "" where
    no part needs it.
    """

    question: str
    parts: tuple[str, ...]
    support: tuple[tuple[str, str], ...]
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """For how many questions all support was found; `held` counts every second question.

    `at_once` is one search of 5 passages, `at_once_with_as_many` one of as many as the parts came
    to together. `supported_by_whole_texts` is how many can be found at all.
    """

    count: int
    supported_by_whole_texts: int
    at_once: int
    at_once_with_as_many: int
    by_parts: int
    held_at_once: int
    held_by_parts: int
    passages_by_parts: float


def read_questions(path: Path) -> list[Asked]:
    """The questions of a file of JSON lines."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Asked(
            one["question"],
            tuple(one["parts"]),
            tuple((document, text) for document, text in one["support"]),
        )
        for one in lines
    ]


class PublishedPlanner:
    """Knows the published searches of one question, and reads their answers out of what is found.

    A part that needs the answer of another is searched for once a passage with that is there.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def plan(
        self, question: str, found: Sequence[Passage], made: Sequence[str]
    ) -> tuple[tuple[str, ...], Usage]:
        read = " ".join(passage.text for passage in found).casefold()
        wanted = []
        for part in self._asked.parts:
            text = part
            for number, answer in enumerate(self._asked.answers, start=1):
                if answer and answer.casefold() in read:
                    text = text.replace(f"#{number}", answer)
            if "#" not in text and text not in made:
                wanted.append(text)
        return tuple(wanted), Usage()


def musique(path: Path, count: int, folder: Path) -> list[Asked]:
    """The first questions of a file of MuSiQue's, whose paragraphs are written into the folder."""
    names: dict[str, str] = {}
    questions = []
    for one in json.loads(path.read_text(encoding="utf-8"))[:count]:
        texts = {}
        for paragraph in one["paragraphs"]:
            text = " ".join(paragraph["paragraph_text"].split())
            content = f"# {paragraph['title']}\n\n{text}\n"
            name = names.setdefault(content, f"{len(names):05}.md")
            (folder / name).write_text(content, encoding="utf-8")
            texts[paragraph["idx"]] = (name, text[:60])
        steps = one["question_decomposition"]
        questions.append(
            Asked(
                one["question"],
                tuple(step["question"].replace(" >> ", ": ") for step in steps),
                tuple(texts[step["paragraph_support_idx"]] for step in steps),
                tuple(step["answer"] for step in steps),
            )
        )
    return questions


def measured(
    questions: Sequence[Asked],
    documents: Path,
    local: Running,
    work: Path,
    key: str,
) -> Measured:
    """Indexes the documents and searches for each question in both ways."""
    endpoint = chosen({}, work, local, models_key=key)
    corpus, chunks = read_corpus(documents), dict[str, int]()
    with lanes(1, corpus, endpoint, work / "vectors.sqlite", chunks) as free:
        index_corpus(corpus, free, chunks, Run(0), untracked)
        retriever = free[0].services.retriever
        rows = [_measured(one, retriever, endpoint.settings) for one in questions]
    held = rows[1::2]
    return Measured(
        len(rows),
        sum(row["possible"] for row in rows),
        sum(row["once"] for row in rows),
        sum(row["many"] for row in rows),
        sum(row["parts"] for row in rows),
        sum(row["once"] for row in held),
        sum(row["parts"] for row in held),
        round(sum(row["passages"] for row in rows) / len(rows), 2),
    )


def _measured(asked: Asked, retriever: Retriever, settings: Settings) -> dict[str, int]:
    def search(query: str, top_k: int) -> tuple[Passage, ...]:
        return retriever.retrieve(CALLER, query, top_k, Filters()).passages

    def call(arguments: Mapping[str, Any], asking: Asking) -> Given:
        return Given(search(arguments["query"], arguments.get("top_k", asking.top_k)))

    clock = FakeClock()
    with ThreadPoolExecutor(4) as pool:
        performing = Performing(pool, Confirming(FakeConfirmations(clock), 60, clock))
        agent = Agent(description="x", instructions="x", decompose=True)
        run = AgentRun(
            "x",
            agent,
            asked.question,
            (),
            Asking(CALLER, top_k=TOP_K),
            Meter(Bounds(), settings, []),
        )
        tool = Tool(ToolForm("search_documents", "x", {}), "x", call, kind="search")
        MultiSearch(performing, PublishedPlanner(asked)).search(run, tool)
    single = search(asked.question, TOP_K)
    many = search(asked.question, max(1, min(20, len(run.evidence))))
    whole = [part for part in asked.parts if "#" not in part]
    every = [passage for part in whole for passage in search(part, 20)]
    return {
        "possible": len(whole) < len(asked.parts) or _holds(every, asked),
        "once": _holds(single, asked),
        "many": _holds(many, asked),
        "parts": _holds(run.evidence, asked),
        "passages": len(run.evidence),
    }


def _holds(passages: Sequence[Passage], asked: Asked) -> bool:
    """Whether each text that the answer rests on stands in a passage of its document."""
    return all(
        any(
            passage.uri.endswith(document) and text in " ".join(passage.text.split())
            for passage in passages
        )
        for document, text in asked.support
    )


def main(arguments: Sequence[str]) -> None:
    """Prints the figures."""
    from tests.quality.test_golden_set import local

    with running_model_server() as url, tempfile.TemporaryDirectory() as made:
        work, documents = Path(made) / "work", SAMPLES
        work.mkdir()
        questions = read_questions(OWN)
        if arguments:
            documents = Path(made) / "paragraphs"
            documents.mkdir()
            count = int(arguments[2]) if len(arguments) > 2 else 60
            questions = musique(Path(arguments[1]), count, documents)
        found = measured(questions, documents, local(url), work, MODELS_KEY)
    sys.stdout.write(json.dumps(asdict(found)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
