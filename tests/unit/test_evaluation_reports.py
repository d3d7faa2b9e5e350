"""What a report says of what was measured, and how two reports are compared."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cli.evaluation.comparison import compare, read_report
from cli.evaluation.html_report import page
from cli.evaluation.measurements import (
    ARTICLE_MISSING,
    GOLD_REMOVED,
    Judged,
    MeasuredAnswer,
    MeasuredQuestion,
    Run,
)
from cli.evaluation.questions import GoldenQuestion
from cli.evaluation.report import Prices, report
from cli.failure import Failure


def golden(name: str, *, answerable: bool = True, text: str = "What?") -> GoldenQuestion:
    return GoldenQuestion(name, text, "d", ("x",) if answerable else (), answerable)


def measured(
    name: str, rank: int | None, probability: float, *, answerable: bool = True, **more: Any
) -> MeasuredQuestion:
    return MeasuredQuestion(
        golden(name, answerable=answerable),
        rank=rank,
        held=rank is not None and rank <= 5,
        probability=probability,
        refused=probability < 0.5,
        timings_ms={"embed": 10.0 * (rank or 9)},
        **more,
    )


def a_run() -> Run:
    right = MeasuredAnswer("X. [1]", 0.9, True, True, True, 1.0, 2, 2, 1, 1)
    wrong = MeasuredAnswer("Y. [1]", 0.9, False, False, False, 0.0, 2, 1, 1, 0)
    return Run(
        asked=5,
        questions=[
            measured("a", 1, 0.9, answered=True, answer=right, input_tokens=1000),
            measured("b", 3, 0.8, answered=True, answer=wrong, output_tokens=500),
            measured("c", None, 0.2, answered=False),
            measured("u", None, 0.6, answerable=False, answered=True, answer=wrong),
            MeasuredQuestion(golden("e"), error="UpstreamUnavailable"),
        ],
        missing={
            ARTICLE_MISSING: [Judged("a", 0.1, True), Judged("c", 0.3, True)],
            GOLD_REMOVED: [Judged("a", 0.7, False)],
        },
        indexing={"tokens": 2000},
    )


def test_the_figures_are_those_of_the_questions_that_were_measured() -> None:
    found = report(a_run(), Prices(1.0, 2.0, 4.0))
    assert found["retrieval"]["questions"] == 3
    assert found["retrieval"]["recall@1"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["answers"]["answered"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["answers"]["containment_3"] == 0.5
    assert found["answers"]["citation_precision"] == pytest.approx(4 / 6, abs=1e-4)
    assert found["answers"]["citation_coverage"] == pytest.approx(1 / 3, abs=1e-4)
    refusals = found["refusals"]
    # "c" is refused, wrongly; "u" is not, wrongly.
    assert (refusals["precision"], refusals["recall"]) == (0, 0)
    assert refusals["auroc"] == pytest.approx(2 / 3, abs=1e-4)
    # Only the questions that were also asked without their documents are set against these.
    assert refusals["auroc_article_missing"] == 0.75
    assert refusals["auroc_gold_removed"] == 1
    assert refusals["article_missing_refused"] == 1
    assert found["calibration"]["questions"] == 4
    assert found["calibration"]["ece"] == pytest.approx((0.1 + 0.1 + 0.2 + 0.3) / 4)
    assert found["latency_ms"]["embed"] == {"p50": 60.0, "p95": 90.0, "max": 90.0}
    assert found["cost_usd"] == pytest.approx((2000 * 1 + 1000 * 2 + 500 * 4) / 1e6)
    assert found["questions"] == {
        "asked": 5,
        "measured": 4,
        "failed": 1,
        "not_reranked": 0,
        "stopped": None,
    }
    assert [line["id"] for line in found["per_question"]] == ["a", "b", "c", "u", "e"]


def test_figures_that_nothing_was_measured_for_are_null() -> None:
    found = report(Run(asked=1, questions=[MeasuredQuestion(golden("e"), error="X")]))
    assert found["retrieval"]["recall@1"] is None
    assert found["answers"]["answered"] is None
    assert found["refusals"]["auroc"] is None
    assert found["calibration"]["ece"] is None
    assert found["cost_usd"] is None
    page(found)


def test_the_page_stands_alone_and_escapes_every_text() -> None:
    run = a_run()
    evil = "<script>alert(1)</script><img src='http://evil.example/x'>"
    run.questions.append(
        MeasuredQuestion(GoldenQuestion("<b>", evil, "d", (), True), rank=4, refused=False)
    )
    run.settings, run.stopped = {"corpus": evil}, evil
    html = page(report(run))
    assert not re.search(r"<(script|img|link|iframe)", html)
    assert "&lt;script&gt;" in html
    assert html.count("<svg") == 3
    assert "http" not in html.replace("http://evil.example", "")


def test_the_plots_show_the_figures_of_the_report() -> None:
    found = report(a_run())
    shown = re.findall(r"<title[^>]*>([^<]+)</title>", page(found))
    retrieval, bins = found["retrieval"], found["calibration"]["bins"]
    for k in (1, 5, 10):
        assert f"{k}: {retrieval[f'recall@{k}']:.3f}" in shown
    assert len([title for title in shown if re.fullmatch(r"\d+: [\d.]+", title)]) == 20
    for item in bins:
        assert f"{item['count']} said {item['stated']:.2f}, true {item['true']:.2f}" in shown
    assert "60.0 · 90.0 ms</text>" in page(found)


def test_a_stage_of_any_name_is_drawn_as_text() -> None:
    found = report(a_run())
    found["latency_ms"]["<script>\x00\ud800$^{"] = {"p50": 1.0, "p95": 2.0, "max": 3.0}
    html = page(found)
    assert "<script" not in html
    assert "1.0 · 2.0 ms" in html


def test_a_comparison_names_the_questions_that_changed() -> None:
    before, after = a_run(), a_run()
    after.questions[0] = measured("a", 2, 0.9)
    after.questions[1] = measured("b", 1, 0.8)
    after.questions[3] = measured("u", None, 0.1, answerable=False)
    after.questions[4] = measured("new", 1, 0.9)
    found = compare(report(before), report(after))
    assert [line["id"] for line in found["better"]] == ["b", "u"]
    assert [line["id"] for line in found["worse"]] == ["a"]
    assert found["worse"][0]["rank"] == {"before": 1, "after": 2}
    assert found["questions"] == {"in_both": 4, "only_before": 1, "only_after": 1}
    recall = found["figures"]["retrieval.recall@1"]
    assert recall["difference"] == pytest.approx(recall["after"] - recall["before"])
    same = compare(report(before), report(before))
    assert same["better"] == same["worse"] == []


def test_another_file_is_not_taken_for_a_report(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"figures": {}}), encoding="utf-8")
    with pytest.raises(Failure, match="not a report"):
        read_report(other)


def test_what_is_told_as_sure_without_an_answer_is_shown_and_apart_for_articles_left_out() -> None:
    asked = [
        measured("u", None, 0.9, answerable=False, high=high, article=article)
        for high, article in ((True, "Oxygen"), (False, "Oxygen"), (True, "Construction"))
    ]
    found = report(Run(asked=3, questions=asked))["refusals"]
    assert found["unanswerable_high"] == 0.6667
    assert found["unanswerable_high_left_out"] == 1
