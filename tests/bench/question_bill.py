"""What a thousand questions and a thousand pages cost, part by part, with the arithmetic shown.

How much an answer takes is measured (tokens in: `cost`; calls: `tests/functions/test_calls.py`) or
assumed (tokens out, restores, duration); the prices are those of `prices`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.prices import PRICES, cost

QUESTIONS = 1_000
# `cost` measures the first; an answer's length, with what the model thinks, is an assumption.
TOKENS_IN, TOKENS_OUT, QUESTION_TOKENS = 1_480, 330, 20
VERIFIED_IN, VERIFIED_OUT = 750, 60
SEARCHES, READ_UNITS = 2, 10
# Of the writes, two are the question log's item, of 1 to 2 KB.
READS, WRITES = 9, 5
DURATION_S, LOG_KB = 1.5, 6
# The authorizer's memory, and how long it takes where it has to read who calls; with its log line.
AUTHORIZER_GB, AUTHORIZER_S = 0.5, 0.01
# How many of a thousand questions start another copy of the function.
RESTORES = 50
# 1,024 numbers, and the text, its stems and what is said of it.
VECTOR_KB = 8
PAGES, CHUNKS, CHUNK_TOKENS, CHUNK_WRITE_UNITS = 1_000, 2_500, 250, 7


@dataclass(frozen=True)
class Part:
    """One line of the bill; `arithmetic` is what the dollars come from."""

    name: str
    arithmetic: str
    dollars: float


def question_bill(chat_memory_mb: int) -> list[Part]:
    """The parts of a thousand questions' price, without what an account has for nothing."""
    memory_gb = chat_memory_mb / 1024
    return [
        _model("answers, `gpt-5.4-mini`", TOKENS_IN, TOKENS_OUT, "tokens"),
        _model("verification, `gpt-5.4-nano`", VERIFIED_IN, VERIFIED_OUT, "verifier"),
        _part("question embeddings", "embedding", QUESTION_TOKENS, f"{QUESTION_TOKENS} tokens"),
        _part(
            "Pinecone",
            "pinecone read",
            SEARCHES * READ_UNITS,
            f"{SEARCHES} searches × {READ_UNITS} read units",
        ),
        _part("API Gateway", "request", 1, "1 request"),
        Part(
            "Lambda, arm64",
            f"1,000 × {memory_gb:.2f} GB × {DURATION_S} s × $0.0000133 + 1,000 × $0.20 ÷ 1 M",
            cost("compute", QUESTIONS * memory_gb * DURATION_S) + cost("invocation", QUESTIONS),
        ),
        Part(
            "the authorizer, arm64",
            f"1,000 × {AUTHORIZER_GB} GB × {AUTHORIZER_S} s × $0.0000133 + 1,000 × $0.20 ÷ 1 M",
            cost("compute", QUESTIONS * AUTHORIZER_GB * AUTHORIZER_S)
            + cost("invocation", QUESTIONS),
        ),
        Part(
            "restores from snapshots",
            f"{RESTORES} × {memory_gb:.2f} GB × $0.00014",
            cost("restore", RESTORES * memory_gb),
        ),
        Part(
            "DynamoDB",
            f"1,000 × ({READS} reads × $0.125 + {WRITES} writes × $0.625) ÷ 1 M",
            cost("read", QUESTIONS * READS) + cost("write", QUESTIONS * WRITES),
        ),
        Part("logs", f"1,000 × {LOG_KB} KB × $0.50 per GB", cost("log", QUESTIONS * LOG_KB / 1e6)),
        _part("traces", "trace", 1, "1 trace"),
    ]


def aws_alone_bill(chat_memory_mb: int) -> list[Part]:
    """The same thousand questions in a stage whose models and index are AWS's own."""
    index_gb = CHUNKS * VECTOR_KB / 1e6
    searched = cost("vector query", QUESTIONS * SEARCHES)
    searched += cost("vector read", QUESTIONS * SEARCHES * index_gb / 1e3)
    kept = [part for part in question_bill(chat_memory_mb)[4:] if "restores" not in part.name]
    return [
        _model("answers, `gpt-oss-120b`", TOKENS_IN, TOKENS_OUT, "bedrock tokens"),
        _model("verification, `gpt-oss-20b`", VERIFIED_IN, VERIFIED_OUT, "bedrock verifier"),
        _part("question embeddings", "embedding", QUESTION_TOKENS, f"{QUESTION_TOKENS} tokens"),
        Part(
            "S3 Vectors",
            f"1,000 × {SEARCHES} queries × ($2.50 ÷ 1 M + {index_gb * 1e3:.0f} MB × $0.004 per TB)",
            searched,
        ),
        *kept,
    ]


def aws_dollars(parts: list[Part]) -> float:
    """What of it AWS is paid."""
    return sum(part.dollars for part in parts[4:])


def page_bill() -> dict[str, float]:
    """What it costs to ingest a thousand pages: embeddings, and Pinecone's writes."""
    return {
        "embeddings": cost("embedding", CHUNKS * CHUNK_TOKENS),
        "Pinecone": cost("pinecone write", CHUNKS * CHUNK_WRITE_UNITS),
    }


def page_bill_on_aws() -> dict[str, float]:
    """The same thousand pages where the index is S3 Vectors, and what they cost to keep a month."""
    gigabytes = CHUNKS * VECTOR_KB / 1e6
    return {
        "embeddings": cost("embedding", CHUNKS * CHUNK_TOKENS),
        "S3 Vectors": cost("vector write", gigabytes),
        "kept": cost("vector stored", gigabytes),
    }


def _model(name: str, read: int, written: int, kind: str) -> Part:
    each_in, each_out = (PRICES[f"{kind} {way}"].dollars * 1e6 for way in ("in", "out"))
    arithmetic = (
        f"1,000 × ({read:,} tokens in × ${each_in:.2f} + {written} out × ${each_out:.2f}) ÷ 1 M"
    )
    return Part(name, arithmetic, QUESTIONS * (read * each_in + written * each_out) / 1e6)


def _part(name: str, kind: str, each: float, what: str) -> Part:
    per_million = PRICES[kind].dollars * 1e6
    money = f"{per_million:.0f}" if per_million >= 5 else f"{per_million:.2f}"
    return Part(name, f"1,000 × {what} × ${money} ÷ 1 M", cost(kind, QUESTIONS * each))
