"""Computes what a million documents ask of every service, how long they take and what they cost.

    python -m tests.bench.scale_model

Writes the tables of `docs/scale.md`, from `scale_facts`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from cli.local.layout import PROJECT
from nexus.generations.reindexing import PAGE
from tests.bench.scale_facts import (
    CHUNKS,
    DOCUMENTS,
    GB_MONTH,
    LARGE_DIMENSION,
    LARGE_PER_TOKEN,
    METADATA_BYTES,
    PLAN_BUCKET_S,
    PLAN_CATALOGUE_S,
    PROD,
    RECORD_KB,
    SECONDS,
    SECONDS_EACH,
    TOKENS,
    Quota,
    costs,
    quotas,
)

DOC = PROJECT / "docs" / "scale.md"


def binding(tier: str) -> Quota:
    """The tightest quota for an organisation of this OpenAI tier."""
    return next(
        quota
        for quota in quotas()
        if not quota.name.startswith("OpenAI tokens") or quota.name.endswith(tier)
    )


def tables() -> dict[str, str]:
    """The tables of the document, by the name of their place in it."""
    return {
        "seconds": _seconds(),
        "costs": _costs(),
        "quotas": _quotas(),
        "settings": _settings(),
        "plan": _plan(),
        "beside": _beside(),
    }


def with_tables(doc: str) -> str:
    """The document with its tables brought up to date. Raises ValueError without a marker."""
    for name, table in tables().items():
        begin, end = f"<!-- {name}: written by `python -m tests.bench.scale_model` -->\n", "<!-- "
        before, marker, rest = doc.partition(begin)
        _, closing, after = rest.partition(end)
        if not marker or not closing:
            raise ValueError(f"docs/scale.md lacks the markers of {name}.")
        doc = before + begin + table + closing + after
    return doc


def _seconds() -> str:
    rows = [(name, f"{seconds:.3f}") for name, seconds in SECONDS.items()]
    return _table(("step", "s"), [*rows, ("**one document**", f"**{SECONDS_EACH:.2f}**")])


def _costs() -> str:
    rows = []
    first = changed = 0.0
    for cost in costs():
        uploaded = cost.each * DOCUMENTS * cost.dollars
        again = (cost.each * cost.again + cost.planned) * DOCUMENTS * cost.dollars
        first, changed = first + uploaded, changed + again
        used = f"{_number(cost.each * DOCUMENTS)} {cost.unit}s".replace("GB-ss", "GB-s")
        used = used.replace("GBs", "GB") if cost.each else ""
        rows.append((cost.name, used, f"{uploaded:,.2f}", f"{again:,.2f}"))
    rows.append(("**all**", "", f"**{first:,.0f}**", f"**{changed:,.0f}**"))
    return _table(("part", "for an upload", "ingest $", "change the model $"), rows)


def _quotas() -> str:
    rows = [
        (quota.name, quota.limit, quota.whose, _rate(quota.rate), _hours(quota.rate), quota.source)
        for quota in quotas()
    ]
    return _table(("quota", "default", "of", "documents/s", "a million", "documented in"), rows)


def _settings() -> str:
    rows = []
    now = PROD["ingest_concurrency"] / SECONDS_EACH
    configured = f"{PROD['ingest_concurrency']} (as `prod` is configured)"
    rows.append((configured, "this setting", _rate(now), _hours(now)))
    for tier in ("1 and 2", "3 and 4", "5"):
        quota = binding(tier)
        wanted = max(2, math.floor(quota.rate * SECONDS_EACH))
        rate = wanted / SECONDS_EACH
        named = f"{wanted} (OpenAI tier {tier})"
        rows.append((named, quota.name, _rate(rate), _hours(rate)))
    return _table(("`ingest_concurrency`", "what binds", "documents/s", "a million"), rows)


def _plan() -> str:
    pages = DOCUMENTS // PAGE
    rows = []
    # What `functions/reindex/handler.py` keeps back for a last page.
    usable = PROD["reindex_timeout_s"] - 60
    for name, page_s in (("bucket", PLAN_BUCKET_S), ("catalogue", PLAN_CATALOGUE_S)):
        seconds = pages * page_s
        invocations = math.ceil(seconds / usable)
        rows.append((name, f"{pages:,}", f"{page_s:.2f}", f"{seconds / 60:.0f}", str(invocations)))
    return _table(("pass", "pages", "s a page", "minutes", "invocations"), rows)


def _beside() -> str:
    larger = math.ceil(CHUNKS * (LARGE_DIMENSION * 4 + METADATA_BYTES) / 1_000)
    stored_gb = DOCUMENTS * CHUNKS * RECORD_KB / 1e6
    rows = [
        ("embeddings by text-embedding-3-large", f"{DOCUMENTS * TOKENS * LARGE_PER_TOKEN:,.0f}"),
        (f"upserts of its {LARGE_DIMENSION:,} numbers", f"{DOCUMENTS * larger * 4 / 1e6:,.0f}"),
        (f"{stored_gb:.0f} GB stored in Pinecone, a month", f"{stored_gb * GB_MONTH:,.0f}"),
        (
            f"one question: two searches of {stored_gb:.0f} read units, all in one tenant",
            f"{2 * stored_gb * 16 / 1e6:.4f}",
        ),
    ]
    return _table(("part", "$"), rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n".replace("| --- ", "|---") for cells in lines)


def _number(value: float) -> str:
    if value >= 1e9:
        return f"{value / 1e9:,.1f} G"
    return f"{value / 1e6:,.1f} M" if value >= 1e6 else f"{value:,.0f}"


def _rate(rate: float) -> str:
    return f"{rate:,.1f}" if rate < 100 else f"{rate:,.0f}"


def _hours(rate: float) -> str:
    hours = DOCUMENTS / rate / 3600
    return f"{hours:,.1f} h" if hours < 48 else f"{hours / 24:,.1f} days"


if __name__ == "__main__":
    DOC.write_text(with_tables(DOC.read_text(encoding="utf-8")), encoding="utf-8")
