"""What the README says of costs: tables and sentences, each figure computed from the templates."""

from __future__ import annotations

import ast
import math
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from cli.local.layout import PROJECT
from nexus.ingestion.reports import Outcome
from nexus.metric_names import METRICS
from tests.bench.idle_bill import (
    DETAILED_METRICS,
    Charge,
    Stored,
    dollars,
    dollars_of,
    idle_bill,
)
from tests.bench.prices import PRICES, SECONDS, SNAPSHOT_LEAST_S, cost
from tests.bench.question_bill import (
    CHUNK_TOKENS,
    CHUNKS,
    RESTORES,
    aws_alone_bill,
    aws_dollars,
    page_bill,
    page_bill_on_aws,
    question_bill,
)
from tests.bench.reporting import Row, table_of
from tests.infrastructure.assembly import STAGES, Assembly

README = PROJECT / "README.md"
COMMAND = "python -m tests.bench.cost --write"
AWS_STAGES = tuple(name for name in STAGES if name != "local")
SNAPSHOT_CHUNKS = 100_000
_PACKAGE = PROJECT / "layers" / "nexus" / "python" / "nexus"
# Where the metrics of its own are that a function reports while it works.
_EACH = (_PACKAGE / "http/middleware.py",)
_REPORTING = {
    "chat": (
        *_EACH,
        _PACKAGE / "spending.py",
        _PACKAGE / "answering/measuring.py",
        _PACKAGE / "insights/rating.py",
        _PACKAGE / "answering/answer_cache.py",
        _PACKAGE / "answering/embedding_cache.py",
        _PACKAGE / "answering/forgiving_cache.py",
    ),
    "documents": _EACH,
    "audio": _EACH,
    "authorizer": (PROJECT / "functions/authorizer/handler.py",),
    "ingest": (
        PROJECT / "functions/ingest/handler.py",
        _PACKAGE / "spending.py",
    ),
}
# What `nexus.bounded` times.
_CALLS = {"upstream_duration", "upstream_errors", "dependency_failing"}
# How many values of each dimension a busy function reports: routes that are asked all the time,
# and so on. `chat` has an embedding model, two to answer and verify, and one that rewrites; the
# metrics of `stream` are the same ones, but for what has the function's name.
_VALUES = {
    "chat": {"function": 2, "route": 2, "confidence": 3, "reason": 3, "dependency": 9, "model": 3},
    "documents": {"route": 3},
    "audio": {"route": 1},
    "authorizer": {},
    "ingest": {"model": 1},
}
# What is reported only where something fails or is missing, or once in a while.
_ON_FAILURE = {
    *("upstream_errors", "cache_failure", "messages_failed", "unpriced_tokens", "cold_starts"),
}
# What is shown of an idle stage's bill, and how its quantity is written.
_LINES = {
    "snapshot": "snapshot of {names}, ${price} for each GB of memory and second",
    "secret": "{quantity:.0f} secrets, $0.40 each",
    "alarm": "{quantity:.0f} metrics with alarms ({free:.0f} free, $0.10 beyond)",
    "dashboard": "{quantity:.0f} dashboard (3 free, $3 beyond)",
    "metric": "{quantity:.2f} own metrics ({free:.0f} free, $0.30 beyond)",
    "queue": "{quantity:,.0f} polls of the queue (1 M free, $0.40 for another)",
    "trace": "{quantity:.0f} traces (100,000 free)",
    "compute": "{quantity:.0f} GB-seconds of scheduled runs (400,000 free)",
}


def idle_text(assembly: Assembly) -> str:
    """The bill of each AWS stage while nobody uses it."""
    bills = {stage: idle_bill(assembly, stage) for stage in AWS_STAGES}
    totals = {stage: dollars(bill) for stage, bill in bills.items()}
    rows: list[Row] = []
    for kind, line in _LINES.items():
        largest = bills["prod"]
        filled = line.format(
            quantity=_quantity(kind, largest),
            free=PRICES[kind].free,
            price=f"{PRICES[kind].dollars:.10f}",
            names=", ".join(sorted({_short(one) for one in largest if one.kind == kind})),
        )
        each = {stage: f"{dollars_of(kind, bill):.2f}" for stage, bill in bills.items()}
        rows.append({"part (as `prod` has it)": filled, **each})
    rows.append({"part (as `prod` has it)": "**all, $ a month**", **_bold(totals)})
    prod, chat_gb = bills["prod"], memory_mb(assembly, "prod") / 1024
    snapshot = cost("snapshot", chat_gb * SECONDS)
    least = cost("snapshot", chat_gb * SNAPSHOT_LEAST_S)
    nightly = idle_bill(assembly, "prod", Stored(chunks=SNAPSHOT_CHUNKS))
    methods = len(assembly.resources("prod", "service", "ApiGateway::Method"))
    detailed = DETAILED_METRICS * methods
    own = {function: paid_metrics(function) for function in _REPORTING}
    together = dollars([charge for bill in bills.values() for charge in bill])
    listed = ", ".join(f"${total:.2f} for `{stage}`" for stage, total in totals.items())
    price = {kind: one.dollars for kind, one in PRICES.items()}
    return _text(
        f"""**Idle, a month: {listed}** (list prices of us-east-1 as of November 2026).""",
        table_of(rows),
        f"""That is with one published version of each function, which is what a deployment leaves.
        A version of `chat` that is kept beside it adds ${snapshot:.2f} a month in `prod`, and each
        deployment ${least:.2f}, as a snapshot is paid for three hours at least. Stages of one
        account share what AWS gives it for nothing (all of them: ${together:.2f}); without that,
        `prod` is ${dollars(prod, free=False):.2f}.""",
        f"""What is stored adds ${price["object"]:.3f} for each GB of documents and their earlier
        versions; ${price["table"]:.2f} for each GB of tables beyond 25, and
        ${price["recovery"]:.2f} for their recovery to any second; and
        ${dollars_of("object", nightly):.2f} where {SNAPSHOT_CHUNKS:,} chunks are saved every
        night, as `prod` does. Own metrics cost $0.30 each beyond ten, for the hours in which they
        are reported: `chat` and `stream` together have about {own["chat"]}, `documents`
        {own["documents"]}, `audio` {own["audio"]} and `ingest` up to {own["ingest"]} while they
        work, ${cost("metric", sum(own.values())):.2f} a month where these and the authorizer work
        every hour; a client that `NEXUS_METERED_CLIENTS` names has
        two more. Of alarms, those on an expression are paid for by the metrics in it. API Gateway's
        metrics of each method are off: {detailed} of them would be
        ${cost("metric", detailed):.2f}.""",
    )


def question_text(assembly: Assembly) -> str:
    """The bill of a thousand questions, and of a thousand pages."""
    parts = question_bill(memory_mb(assembly, "prod"))
    whole = sum(part.dollars for part in parts)
    models = sum(part.dollars for part in parts[:3])
    rows: list[Row] = [
        {"part": part.name, "arithmetic": part.arithmetic, "$": f"{part.dollars:.2f}"}
        for part in parts
    ]
    rows.append({"part": "**all**", "arithmetic": "", "$": f"**{whole:.2f}**"})
    pages = page_bill()
    return _text(
        f"""**1,000 questions: ${whole:.2f}**, {models / whole:.0%} of it for the models, and
        {aws_dollars(parts) / whole:.0%} for AWS (list prices as of November 2026).""",
        table_of(rows),
        f"""The tokens in are what the sample questions' prompts measure: five passages of up to
        1,000 characters, the instructions and the question. Assumed are the tokens out, that all
        answers have a sentence to verify, and that {RESTORES} questions start a copy of the
        function. Read units grow with the namespace (10 is about 10 GB searched, the minimum is
        0.25). A refusal by relevance calls no language model.""",
        f"""Ingesting 1,000 pages ({CHUNKS:,} chunks of {CHUNK_TOKENS} tokens) costs
        ${pages["embeddings"]:.3f} for embeddings, ${pages["Pinecone"]:.2f} for Pinecone's writes,
        and under $0.01 for AWS.""",
        *_on_aws_alone(memory_mb(assembly, "aws")),
    )


def _on_aws_alone(chat_memory_mb: int) -> tuple[str, str, str]:
    parts = aws_alone_bill(chat_memory_mb)
    whole = sum(part.dollars for part in parts)
    rows: list[Row] = [
        {"part, in `aws`": part.name, "arithmetic": part.arithmetic, "$": f"{part.dollars:.2f}"}
        for part in parts
    ]
    rows.append({"part, in `aws`": "**all**", "arithmetic": "", "$": f"**{whole:.2f}**"})
    pages = page_bill_on_aws()
    return (
        f"""**In AWS alone, 1,000 questions: ${whole:.2f}**, with the same assumptions.""",
        table_of(rows),
        f"""Each query is billed for the vectors of its tenant's index: {CHUNKS:,} chunks here.
        Ingesting 1,000 pages costs ${pages["embeddings"]:.3f} for embeddings and
        ${pages["S3 Vectors"]:.3f} for S3 Vectors' writes; keeping them ${pages["kept"]:.4f} a
        month, and nothing where there are none.""",
    )


def _text(*parts: str) -> str:
    """Tables as they are, and paragraphs of up to 100 characters a line."""
    return "\n".join(
        part
        if part.startswith("|")
        else textwrap.fill(" ".join(part.split()), 100, break_on_hyphens=False) + "\n"
        for part in parts
    )


def memory_mb(assembly: Assembly, stage: str) -> int:
    """The memory of a stage's chat function."""
    return int(assembly.function(stage, "chat")["MemorySize"])


def metrics_of(function: str) -> set[str]:
    """The names of the metrics that a function reports while it works, by its source."""
    found = {name for path in _REPORTING[function] for name in _reported(path)}
    return found | {"cold_starts"} | (_CALLS if function == "chat" else set())


def paid_metrics(function: str) -> int:
    """How many metrics those are: one for each set of dimensions, and each of its values."""
    return sum(
        math.prod(_VALUES[function].get(dimension, 1) for dimension in dimensions)
        for name in metrics_of(function)
        for dimensions in METRICS[name].by
        if "client" not in dimensions and name not in _ON_FAILURE
    )


def _reported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        called = node.func.id if isinstance(node.func, ast.Name) else called
        if called in ("record", "recorder", "count"):
            yield from _names(node.args[0])


def _names(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and argument.value in METRICS:
        yield str(argument.value)
    elif isinstance(argument, ast.IfExp):
        yield from _names(argument.body)
        yield from _names(argument.orelse)
    elif isinstance(argument, ast.Name):  # the loop over what failed of a request
        yield from ("client_errors", "server_errors")
    elif isinstance(argument, ast.JoinedStr):  # what became of a document
        yield from (f"documents_{outcome}" for outcome in get_args(Outcome))


def _quantity(kind: str, charges: list[Charge]) -> float:
    return sum(one.quantity for one in charges if one.kind == kind)


def _short(charge: Charge) -> str:
    return f"`{charge.what.rpartition('-')[2]}`"


def _bold(totals: dict[str, float]) -> dict[str, str]:
    return {stage: f"**{total:.2f}**" for stage, total in totals.items()}
