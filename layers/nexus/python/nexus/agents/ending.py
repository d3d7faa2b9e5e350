"""Makes the answer of what an agent's loop came to: checked as every answer is, or a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nexus.agents.loop import Ended, ending
from nexus.agents.phrases import DONE, UNKNOWN, WAITING, said
from nexus.agents.run import Run
from nexus.answering.answer_text import Style
from nexus.answering.generator import Generated, Generator
from nexus.answering.making import bare
from nexus.answering.refusals import named, not_found, refusal
from nexus.models import Answer, Confidence, Passage, Usage
from nexus.retrieval.confidence import level_of
from nexus.retrieval.rights import as_read
from nexus.settings import Settings


def answer_of(
    run: Run, ended: Ended, generator: Generator, settings: Settings, style: Style
) -> Answer:
    """The answer. Raises what the generator raises.

    What the loop's model wrote is checked sentence by sentence; where nothing of it stays, or it
    wrote nothing, the answer is written from what was found, if the bounds have room for that.
    """
    if run.pending:
        titles = ", ".join(dict.fromkeys(action.title for action in run.pending))
        text = said(WAITING, run.question, titles)
        draft = bare(text, Confidence("high", 1.0))
        # What is to be confirmed may be made of what was read.
        read = [passage for passage in run.evidence if passage.kind != "tool"]
        return _complete(run, _naming(draft, read), run.usage)
    usage = run.usage
    generated = Generated("", (), 0.0, Usage())
    says_none = ended.reply is not None and ended.reply.no_answer
    if ended.reply is not None:
        generated = generator.check(ended.reply, run.question, run.evidence, style)
        usage += generated.usage
    read = [] if generated.text or says_none else _affordable(run)
    if read:
        generated = generator.generate(run.question, read, run.history, style, telling=run.telling)
        usage += generated.usage
    if generated.text:
        return _complete(run, _answered(run, generated, settings), usage)
    if run.done or run.failed:
        text = said(DONE if run.done else UNKNOWN, run.question, run.done or run.failed)
        return _complete(run, bare(text, Confidence("high", 1.0)), usage)
    documents = [passage for passage in run.evidence if passage.kind != "tool"]
    unsure = min(run.probability, settings.refuse_below)
    # An agent may search some of the documents: that it found none says nothing of the others.
    text = refusal(run.question, documents) if documents else not_found(run.question)
    draft = bare(text, Confidence("low", round(unsure, 4)))
    return _complete(run, _naming(replace(draft, refused=True), named(documents)), usage)


def _naming(draft: Answer, passages: Sequence[Passage]) -> Answer:
    """The draft, as one that tells of what these passages hold."""
    ids = tuple(dict.fromkeys(passage.document_id for passage in passages))
    return replace(draft, named_document_ids=ids, named_as=as_read(passages))


def _affordable(run: Run) -> list[Passage]:
    """What was found, or as much of it as an answer can still be written from, the first first."""
    read = list(run.evidence)
    while read and not run.meter.affords(ending(run, read)):
        del read[len(read) - max(1, len(read) // 4) :]
    return read


def _answered(run: Run, generated: Generated, settings: Settings) -> Answer:
    sure = generated.support * _probability(run, generated)
    if not all(claim.verified for claim in generated.claims):
        sure = min(sure, (settings.medium_from + settings.high_from) / 2)
    level = level_of(sure, settings.medium_from, settings.high_from)
    return replace(
        bare(generated.text, Confidence(level, round(sure, 4))),
        sources=generated.sources,
        claims=generated.claims,
        truncated=generated.cut,
    )


def _probability(run: Run, generated: Generated) -> float:
    """How likely what is cited holds the answer: a service's own word is not doubted."""

    def is_computed(passage: Passage) -> bool:
        return passage.kind != "document"

    if all(is_computed(source.passage) for source in generated.sources):
        return 1.0
    return run.probability


def _complete(run: Run, answer: Answer, usage: Usage) -> Answer:
    return replace(
        answer,
        agent=run.name,
        steps=tuple(run.steps),
        confirmations=tuple(run.pending),
        usage=usage,
    )
