"""The manuals that are asked about, where they stand in Debian's packages, and the questions."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

QUESTIONS = Path(__file__).with_name("questions.jsonl")
# Package and place of each manual. The rules by hand were made on TUNED and FURTHER.
TUNED = {
    "ledger3.pdf": ("ledger", "usr/share/doc/ledger/ledger3.pdf"),
    "bird.pdf": ("bird-doc", "usr/share/doc/bird-doc/bird.pdf.gz"),
    "flex.pdf": ("flex-doc", "usr/share/doc/flex-doc/flex.pdf.gz"),
    "nut.pdf": ("nut-doc", "usr/share/doc/nut-doc/pdf/user-manual.pdf"),
}
HELD = {
    "avrdude.pdf": ("avrdude-doc", "usr/share/doc/avrdude/avrdude.pdf.gz"),
    "xfig_ref_en.pdf": ("xfig-doc", "usr/share/doc/xfig/xfig_ref_en.pdf"),
}
FURTHER = {
    "ddd.pdf": ("ddd-doc", "usr/share/doc/ddd/ddd.pdf.gz"),
    "install.pdf": (
        "installation-guide-amd64",
        "usr/share/doc/installation-guide-amd64/en/install.en.pdf.gz",
    ),
    "amc.pdf": (
        "auto-multiple-choice-doc-pdf",
        "usr/share/doc/auto-multiple-choice/auto-multiple-choice.en.pdf",
    ),
    "eyes17.pdf": ("eyes17-manuals-en", "usr/share/doc/eyes17/en/eyes17.pdf.gz"),
    "faq.pdf": ("debian-faq", "usr/share/doc/debian/FAQ/debian-faq.en.pdf.gz"),
    "gle.pdf": ("gle-graphics-manual", "usr/share/gle-graphics/doc/gle-manual.pdf"),
}
FURTHER_HELD = {
    "gutenprint.pdf": (
        "gutenprint-doc",
        "usr/share/doc/gutenprint-doc/gutenprint-users-manual.pdf",
    ),
    "dblatex.pdf": ("dblatex-doc", "usr/share/doc/dblatex/manual.pdf.gz"),
    "fai.pdf": ("fai-doc", "usr/share/doc/fai-doc/fai-guide.pdf"),
    "gpsbabel.pdf": ("gpsbabel-doc", "usr/share/doc/gpsbabel/gpsbabel.pdf.gz"),
    "claws-mail-manual.pdf": (
        "claws-mail-doc",
        "usr/share/doc/claws-mail/manual/en/claws-mail-manual.pdf.gz",
    ),
    "sdccman.pdf": ("sdcc-doc", "usr/share/doc/sdcc-doc/sdccman.pdf.gz"),
}
# Twenty-two questions on each, written without a look at what is answered.
THIRD = {
    "apt-cacher-ng.pdf": ("apt-cacher-ng", "usr/share/doc/apt-cacher-ng/apt-cacher-ng.pdf"),
    "asymptote.pdf": ("asymptote-doc", "usr/share/doc/asymptote/asymptote.pdf"),
    "dibbler.pdf": ("dibbler-doc", "usr/share/doc/dibbler-doc/dibbler-user.pdf.gz"),
    "gpredict.pdf": ("gpredict", "usr/share/doc/gpredict/gpredict-user-manual.pdf.gz"),
    "gputils.pdf": ("gputils-doc", "usr/share/doc/gputils-doc/gputils.pdf.gz"),
    "hackrf.pdf": ("hackrf-doc", "usr/share/doc/hackrf/hackrf.pdf.gz"),
}
FOURTH = {
    "ne.pdf": ("ne-doc", "usr/share/doc/ne/ne.pdf.gz"),
    "openafs-user.pdf": ("openafs-doc", "usr/share/doc/openafs-doc/auusg000.pdf.gz"),
    "pmw.pdf": ("pmw-doc", "usr/share/doc/pmw-doc/spec.pdf.gz"),
    "rtklib.pdf": ("rtklib-doc", "usr/share/doc/rtklib-doc/manual_2.4.2.pdf.gz"),
    "speex.pdf": ("speex-doc", "usr/share/doc/speex/manual.pdf.gz"),
    "xmds2.pdf": ("xmds2-doc", "usr/share/doc/xmds2/xmds2.pdf.gz"),
}
# Thirty questions on two, written by an examiner; nobody has looked at what is answered.
EXAM = {
    "gri.pdf": ("gri-pdf-doc", "usr/share/doc/gri/gri.pdf.gz"),
    "mrbayes.pdf": ("mrbayes-doc", "usr/share/doc/mrbayes/Manual_MrBayes_v3.2.pdf"),
}
# Each set is indexed by itself.
SETS = {
    "tuned": TUNED,
    "held": HELD,
    "further-tuned": FURTHER,
    "further-held": FURTHER_HELD,
    "third": THIRD,
    "fourth": FOURTH,
    "exam": EXAM,
}


@dataclass(frozen=True, slots=True)
class ManualQuestion:
    """A question on a manual; `sentence` matches the sentence that answers it, on these pages."""

    manual: str
    question: str
    pages: tuple[int, ...]
    sentence: re.Pattern[str]


def fetch(manuals: Mapping[str, tuple[str, str]], folder: Path) -> None:
    """Takes the manuals that are not in the folder yet out of their Debian packages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (package, inside) in manuals.items():
        if (folder / name).exists():
            continue
        with tempfile.TemporaryDirectory() as work:
            subprocess.run(["apt-get", "download", "-q", package], cwd=work, check=True)
            (archive,) = Path(work).glob("*.deb")
            subprocess.run(["dpkg-deb", "-x", archive, work], check=True)
            content = (Path(work) / inside).read_bytes()
        unpacked = gzip.decompress(content) if inside.endswith(".gz") else content
        (folder / name).write_bytes(unpacked)


def read_asked(manuals: Collection[str]) -> list[ManualQuestion]:
    """The questions on these manuals, in the file's order."""
    lines = map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines())
    return [
        ManualQuestion(
            line["manual"], line["question"], tuple(line["pages"]), re.compile(line["sentence"])
        )
        for line in lines
        if line["manual"] in manuals
    ]
