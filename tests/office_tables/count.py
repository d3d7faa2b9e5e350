"""Counts how many of the questions are answered right: `python -m tests.office_tables.count`."""

from __future__ import annotations

import argparse
from collections import Counter

from tests.office_tables import HALVES
from tests.office_tables.asking import judged, tool_over


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("halves", nargs="*", default=list(HALVES), help="mended, held_out")
    parser.add_argument("--tell", action="store_true", help="tell what is not right")
    chosen = parser.parse_args()
    for half in chosen.halves:
        tool = tool_over(HALVES[half])
        seen: Counter[str] = Counter()
        for document in HALVES[half]:
            for question in document.questions:
                verdict, given = judged(tool, document.name, question)
                seen[verdict] += 1
                if chosen.tell and verdict != "right":
                    got = given.passages[0].text.split("\n")[0] if given.passages else ""
                    said = (question.asks, question.query, question.right, got, given.said)
                    print(verdict, document.name, *said, sep=" | ")  # noqa: T201
        print(half, f"{len(HALVES[half])} documents, {sum(seen.values())} questions:", dict(seen))  # noqa: T201


if __name__ == "__main__":
    main()
