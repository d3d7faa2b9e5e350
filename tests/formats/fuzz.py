"""Reads and cuts damaged real files: no crash, hang or memory? `python -m tests.formats.fuzz`.

Each run is a number, from which its file and damage follow. A run may end with a document or with
one of DocumentRejected's kinds, within 10 s of processor time and 1.5 GB. Whatever else is kept
under .local/fuzz and told; the exit code is then 1.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from cli.local.layout import PROJECT
from nexus.errors import DocumentRejected
from nexus.ingestion.chunking import chunk
from nexus.ingestion.parsing import parse
from tests.formats import scanned
from tests.formats.features import features
from tests.formats.mutations import mutated

LONGEST_S = 10
MOST_BYTES = 1_500_000_000
_SAMPLES = PROJECT / "cli" / "local" / "sample_documents"
_CASES = PROJECT / "tests" / "golden" / "documents"
_KEPT = PROJECT / ".local" / "fuzz"
# Asleep it uses no processor time: then the wall's clock ends it.
_ASLEEP_S = 180
_LIMIT = 100 * 1024 * 1024


@dataclass(slots=True)
class Tally:
    """What came of the runs: how many ended how, the longest (s), the most memory (bytes)."""

    ended: Counter[str] = field(default_factory=Counter)
    longest_s: float = 0.0
    most_bytes: int = 0
    faults: list[str] = field(default_factory=list)


def seeds() -> list[tuple[str, bytes]]:
    """The real files that are damaged: the samples, the cases, and a file of each feature."""
    found = [(path.name, path.read_bytes()) for path in sorted(_SAMPLES.iterdir())]
    cases = (path for path in sorted(_CASES.rglob("*")) if path.is_file())
    found += [(one.name, one.read_bytes()) for one in cases if one.suffix not in (".md", ".json")]
    found += [(feature.path, feature.make()) for feature in features()]
    image = scanned.picture()
    pictures = (("a.png", "PNG"), ("a.jpg", "JPEG"), ("a.tif", "TIFF"), ("scan.pdf", "PDF"))
    found += [(name, scanned.saved(image, form)) for name, form in pictures]
    found.append(("scan.docx", scanned.in_word(scanned.saved(image, "PNG"))))
    return [(name, content) for name, content in found if content]


def run(numbers: range, files: list[tuple[str, bytes]], *, ocr: bool = True) -> Tally:
    """Reads the files of these runs, each worker process until it fails; see the module."""
    tally = Tally()
    pending = iter(numbers)
    number = next(pending, None)
    while number is not None:
        number = _through_one_worker(number, pending, files, tally, ocr=ocr)
    return tally


def _through_one_worker(
    number: int | None,
    pending: Iterator[int],
    files: list[tuple[str, bytes]],
    tally: Tally,
    *,
    ocr: bool,
) -> int | None:
    """Gives runs to a worker while it lives; the next run's number, or None after the last."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    worker = context.Process(target=_work, args=(theirs, files, ocr), daemon=True)
    worker.start()
    theirs.close()
    try:
        while number is not None:
            ours.send(number)
            try:
                if not ours.poll(_ASLEEP_S):
                    _fault(tally, number, files, "hangs without using the processor")
                    return next(pending, None)
                how, seconds, memory = ours.recv()
            except EOFError:
                worker.join()
                code = worker.exitcode or 0
                hung = code == -signal.SIGPROF
                what = f"takes over {LONGEST_S} s" if hung else f"ends the process ({code})"
                _fault(tally, number, files, what)
                return next(pending, None)
            tally.ended[how] += 1
            tally.longest_s = max(tally.longest_s, seconds)
            tally.most_bytes = max(tally.most_bytes, memory)
            if how.startswith("!"):
                _fault(tally, number, files, how)
            is_large = memory > MOST_BYTES
            if is_large:
                _fault(tally, number, files, f"takes {memory} bytes")
            number = next(pending, None)
            if is_large:
                return number
        return None
    finally:
        worker.kill()
        worker.join()


def _work(pipe: Connection, files: list[tuple[str, bytes]], ocr: bool) -> None:
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    # What takes more than it may ends its process, and not the machine.
    resource.setrlimit(resource.RLIMIT_AS, (4 * MOST_BYTES, 4 * MOST_BYTES))
    had = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    while True:
        try:
            name, content = mutated(pipe.recv(), files)
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
        begun = time.process_time()
        try:
            document = parse(
                content, name, "", max_bytes=_LIMIT, max_unpacked_bytes=5 * _LIMIT, ocr=ocr
            )
            chunk(document, name, embedding_model="m")
            how = "read"
        except DocumentRejected as rejection:
            how = type(rejection).__name__
        except BaseException as err:  # noqa: BLE001 - whatever else it is, is the fault looked for
            how = f"! {type(err).__name__}"
        signal.setitimer(signal.ITIMER_PROF, 0)
        # A forked process begins with the pages of the one that it came from.
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - had
        pipe.send((how, time.process_time() - begun, memory))


def _fault(tally: Tally, number: int, files: list[tuple[str, bytes]], what: str) -> None:
    name, content = mutated(number, files)
    _KEPT.mkdir(parents=True, exist_ok=True)
    kept = _KEPT / f"{number}-{Path(name).name}"
    kept.write_bytes(content)
    tally.faults.append(f"run {number}, {name}: {what}; kept as {kept.relative_to(PROJECT)}")


def main() -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first run")
    parser.add_argument("--without-ocr", action="store_true")
    given = parser.parse_args()
    files = seeds()
    numbers = range(given.first, given.first + given.runs)
    tally = run(numbers, files, ocr=not given.without_ocr)
    sys.stdout.write(
        f"{given.runs} runs on {len(files)} files: {dict(tally.ended)}\n"
        f"longest {tally.longest_s:.1f} s of processor time, most memory "
        f"{tally.most_bytes / 1e6:.0f} MB, faults {len(tally.faults)}\n"
    )
    sys.stdout.writelines(f"{fault}\n" for fault in tally.faults)
    return bool(tally.faults)


if __name__ == "__main__":
    sys.exit(main())
