"""`docs/scale.md` says what the model computes, and the model what is documented."""

from __future__ import annotations

import re

import pytest

from tests.bench.scale_facts import DOCUMENTS, costs, quotas
from tests.bench.scale_model import DOC, binding, tables, with_tables

TEXT = DOC.read_text(encoding="utf-8")


def test_the_tables_are_the_model_s() -> None:
    assert with_tables(TEXT) == TEXT, "run `python -m tests.bench.scale_model`"


def test_a_document_without_its_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="markers"):
        with_tables("# A million documents\n")


def test_every_quota_names_where_it_is_documented_and_every_service_has_one() -> None:
    found = quotas()
    assert all(quota.source and quota.limit and quota.whose for quota in found)
    for service in ("S3", "SQS", "Lambda", "DynamoDB", "Pinecone", "OpenAI"):
        assert any(quota.name.startswith(service) for quota in found), service
    assert [quota.rate for quota in found] == sorted(quota.rate for quota in found)


def test_no_recommended_concurrency_goes_over_the_limit_that_binds() -> None:
    rows = re.findall(r"\(OpenAI tier ([^)]+)\) \| [^|]+ \| ([\d.]+) \|", tables()["settings"])
    assert [tier for tier, _ in rows] == ["1 and 2", "3 and 4", "5"]
    for tier, rate in rows:
        assert float(rate) <= binding(tier).rate


def test_the_sum_is_the_sum_of_its_parts() -> None:
    ingest = sum(cost.each * DOCUMENTS * cost.dollars for cost in costs())
    assert f"**{ingest:,.0f}**" in TEXT
