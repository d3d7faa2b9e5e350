"""`nexus eval`: measures retrieval, answers, refusals and latency against known questions."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx2
import typer
from rich.markup import escape

from cli.connection import connect
from cli.evaluation.comparison import compare, read_report
from cli.evaluation.conversations_report import measure_conversations
from cli.evaluation.corpus import Corpus, read_corpus
from cli.evaluation.endpoint import described, endpoint
from cli.evaluation.html_report import page
from cli.evaluation.languages import document_languages
from cli.evaluation.measurements import Options, Run, Track
from cli.evaluation.progress import progress
from cli.evaluation.questions import GoldenQuestion, evenly, read_questions
from cli.evaluation.rated import write_rated
from cli.evaluation.report import FREE, Prices, report
from cli.evaluation.requirements import require, wanted_figures
from cli.evaluation.terminal_report import show_comparison, show_report
from cli.failure import Failure
from cli.local.layout import PROJECT, Layout, write_json
from cli.terminal import Stage, Tenant, console, errors
from nexus import __version__
from nexus.answering.answer_text import Style
from nexus.errors import UpstreamError

INTERRUPTED = "interrupted"
SAMPLE_DOCUMENTS = PROJECT / "cli" / "local" / "sample_documents"


def evaluate(
    corpus: Annotated[
        Path | None,
        typer.Option(
            "--corpus",
            help="What to search: JSONL lines {id, title, text}, each a document; or a folder.",
            exists=True,
        ),
    ] = None,
    questions: Annotated[
        Path | None,
        typer.Option(
            "--questions",
            help="JSONL lines {id, question, passage_id or document, answers, answerable}.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the report, question by question, here.")
    ] = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", help="Write the report with its plots here.")
    ] = None,
    answers: Annotated[
        bool, typer.Option("--answers", help="Also write answers; always done with --url.")
    ] = False,
    style: Annotated[
        Literal["default", "concise", "detailed"],
        typer.Option("--style", help="Style of the answers."),
    ] = "default",
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Ask so many, spread over all.")
    ] = None,
    missing: Annotated[
        int,
        typer.Option(
            "--missing",
            min=0,
            help="Ask so many answerable ones again with their article, then with only their "
            "passage hidden: tells how well it knows what it does not know.",
        ),
    ] = 1000,
    index: Annotated[
        Literal["sqlite", "pinecone"], typer.Option("--index", help="Index to search.")
    ] = "sqlite",
    pinecone_host: Annotated[
        str, typer.Option("--pinecone-host", help="Host of the Pinecone index, with --index.")
    ] = "",
    url: Annotated[
        str | None, typer.Option("--url", help="Measure the deployment at this URL instead.")
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", envvar="NEXUS_API_KEY", help="API key for --url.")
    ] = None,
    prices: Annotated[
        tuple[float, float, float] | None,
        typer.Option("--prices", help="US dollars for a million tokens: embedding, input, output."),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(
            "--calibrate",
            help="Fit the confidence to these questions, and write the value for NEXUS_CALIBRATION "
            "here.",
        ),
    ] = None,
    crosslingual: Annotated[
        Path | None,
        typer.Option(
            "--crosslingual",
            help="Count right, wrong and refused: JSONL lines {question, document, answer_matches, "
            "direction}, of the sample documents if no --corpus or --url is given.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    grounding: Annotated[
        list[Path] | None,
        typer.Option(
            "--grounding",
            help="Measure the check of answers: JSONL lines {passages, question, sentence, "
            "supported} or {passages, question, answer}. Repeatable.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    verifier: Annotated[
        str,
        typer.Option(
            "--verifier",
            help="With --grounding, what decides on undecided sentences: endpoint, the model in "
            "NEXUS_VERIFIER_MODEL; replay:FILE, a recording; scripted:0.93, right so often.",
        ),
    ] = "",
    record: Annotated[
        Path | None,
        typer.Option("--record", help="With --verifier endpoint: keep its replies here."),
    ] = None,
    conversations: Annotated[
        Path | None,
        typer.Option(
            "--conversations",
            help="Hold conversations, with --corpus or --url: JSONL lines {id, turns: [{ask, "
            "answer_matches, not}], alone}.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    alone: Annotated[
        bool,
        typer.Option(
            "--alone",
            help="With --conversations: ask only the last question of each, in its words of "
            "`alone`. What fails there does not fail because of the talk.",
        ),
    ] = False,
    at_least: Annotated[
        list[str] | None,
        typer.Option(
            "--at-least",
            help="Exit 1 if a figure of the report is less, as retrieval.recall@5=0.9. Repeatable.",
        ),
    ] = None,
    from_feedback: Annotated[
        Path | None,
        typer.Option(
            "--from-feedback",
            help="Write a stage's rated answers here, as questions to review and measure with.",
            dir_okay=False,
        ),
    ] = None,
    stage: Stage = "local",
    tenant: Tenant = None,
    compared: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--compare", help="Show what changed between two JSON reports."),
    ] = None,
) -> None:
    """Measure a corpus, or a deployment, against questions whose answers are known.

    With --corpus everything runs in this process through the production code, with local models or
    the endpoint in OPENAI_API_KEY and OPENAI_BASE_URL; with --url, over HTTP. A question is hit
    when a returned passage belongs to its document. Ctrl-C keeps what was measured; what an
    endpoint embedded is kept in .local/eval, so that the next run pays for none of it again.
    """
    if from_feedback is not None:
        write_rated(connect(stage), tenant, from_feedback)
        return
    if compared is not None:
        _compare(compared, json_file)
        return
    if conversations is not None or alone:
        measure_conversations(conversations, corpus, url, key, json_file, alone=alone)
        return
    if grounding or verifier or record:
        from cli.evaluation.grounding_report import measure_grounding

        measure_grounding(grounding, verifier, os.environ, record, json_file, html_file)
        return
    if crosslingual is not None:
        questions, answers, missing = crosslingual, True, 0
        corpus = corpus or (None if url else SAMPLE_DOCUMENTS)
    wanted = wanted_figures(at_least or ())
    if questions is None or (corpus is None and url is None):
        raise Failure("Give --questions with --corpus or --url, or two reports with --compare.")
    if (index == "pinecone") != bool(pinecone_host):
        raise Failure("--index pinecone and the index's --pinecone-host go together.")
    if calibration and (url or not missing):
        raise Failure("--calibrate takes a --corpus, and questions asked without it (--missing).")
    asked = evenly(read_questions(questions), limit)
    run = Run(len(asked), settings={"version": __version__, "questions": str(questions)})
    documents = read_corpus(corpus) if corpus else None
    run.settings["corpus"] = str(corpus) if corpus else None
    run.document_languages = document_languages(documents, asked)
    with progress() as track, _keeping(run):
        if url is not None:
            _measure_deployment(url, key, documents, asked, style, run, track)
        elif documents is not None:
            options = Options(answers, style, missing)
            _measure_corpus(documents, asked, options, pinecone_host, run, track)
    if calibration and documents:
        from cli.evaluation.calibration_report import calibrate_from

        calibrate_from(run, documents, calibration)
    local = run.settings.get("models") == "local models"
    found = report(run, Prices(*prices) if prices else FREE if local else None)
    show_report(found, console)
    _write(found, json_file, html_file)
    if run.stopped:
        raise typer.Exit(130 if run.stopped == INTERRUPTED else 1)
    require(found, wanted)


def _compare(compared: tuple[Path, Path], json_file: Path | None) -> None:
    found = compare(*(read_report(path) for path in compared))
    show_comparison(found, console)
    if json_file:
        write_json(json_file, found)


def _write(found: dict[str, Any], json_file: Path | None, html_file: Path | None) -> None:
    if json_file:
        write_json(json_file, found)
    if html_file:
        html_file.write_text(page(found), encoding="utf-8")


def _measure_corpus(
    corpus: Corpus,
    asked: list[GoldenQuestion],
    options: Options,
    pinecone_host: str,
    run: Run,
    track: Track,
) -> None:
    from cli.evaluation import in_process  # all of the production code, which other commands spare

    for sentence in corpus.left_out:
        errors.print(f"[yellow]{escape(sentence)}[/]")
    run.settings |= asdict(options)
    kept = Layout().root / "eval" / "embeddings.sqlite"
    with (
        tempfile.TemporaryDirectory(prefix="nexus-eval-") as work,
        endpoint(os.environ, Path(work), pinecone_host=pinecone_host) as models,
    ):
        run.settings |= described(models)
        in_process.measure(corpus, asked, models, options, kept, run, track)


def _measure_deployment(
    url: str,
    key: str | None,
    corpus: Corpus | None,
    asked: list[GoldenQuestion],
    style: Style,
    run: Run,
    track: Track,
) -> None:
    from cli.evaluation import deployment as deployed

    if not key:
        raise Failure("Give an API key with --key or in NEXUS_API_KEY.")
    run.settings["url"] = url
    local = url.startswith("http://127.0.0.1:")
    with httpx2.Client(timeout=deployed.TIMEOUT_S, trust_env=not local) as client:
        deployed.measure(deployed.Deployment(url, key, client), asked, corpus, style, run, track)


@contextmanager
def _keeping(run: Run) -> Iterator[None]:
    """Turns what cuts a run short into its reason, if there is something to report."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, UpstreamError, Failure) as err:
        if not run.questions or all(measured.error for measured in run.questions):
            raise
        run.stopped = INTERRUPTED if isinstance(err, (KeyboardInterrupt, SystemExit)) else str(err)
