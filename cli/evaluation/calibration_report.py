"""Fits the confidence to a run, writes it as a setting, and tells how well it did."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from cli.evaluation.calibrating import as_setting, calibrate
from cli.evaluation.corpus import Corpus
from cli.evaluation.measurements import Run
from cli.local.layout import write_json
from cli.terminal import console


def calibrate_from(run: Run, corpus: Corpus, target: Path) -> None:
    """Writes the value of NEXUS_CALIBRATION to `target`. Raises Failure for too few questions."""
    fits = calibrate(run, lambda name: corpus.by_name[name].article)
    write_json(target, as_setting(fits))
    for language, fit in fits.items():
        console.print(
            f"[bold]{language.value}[/] fitted to {fit.examples} examples; on articles left out "
            f"ECE {fit.ece}, AUROC {fit.auroc}; ECE until now {fit.ece_before}"
        )
    console.print(f"Set NEXUS_CALIBRATION to the content of {escape(str(target))}.")
