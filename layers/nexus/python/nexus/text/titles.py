"""Makes titles, headings and names of sheets fit to be shown: they are written by anybody.

They are cleaned where a passage is made, and so for every answer, refusal, source and prompt.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from nexus.models import Locator
from nexus.text.inert import HIDDEN, without_inert
from nexus.text.sanitising import sanitise, visible

# A name is one line of a list; nobody reads a longer one.
MOST_CHARS = 300
# "handbook.id.pdf" is a file in Indonesian, and no address of Indonesia.
_FILE_NAME = re.compile(
    r"(?<!\S)[^\s/@:<>()\[\]&]{1,200}\."
    r"(?:pdf|docx?|pptx?|xlsx?|ods|csv|tsv|txt|md|html?|xml|log|rst)(?!\S)",
    re.IGNORECASE,
)
_HAS_WORDS = re.compile(r"[^\W_]")


@lru_cache(maxsize=1024)
def shown(name: str, instead: str = HIDDEN) -> str:
    """The title, heading or sheet's name as one line without links, markup and hidden characters.

    What instructs a machine, and what is nothing but an address, is shown as `instead`; that is
    cleaned too. An ordinary name stays as it is; one over 300 characters is cut.
    """
    line = " ".join(visible(name).split())
    if without_inert(line) == line:
        kept = _without_links(line)
        if kept == line or _HAS_WORDS.search(kept):
            return kept if len(kept) <= MOST_CHARS else f"{kept[: MOST_CHARS - 1].rstrip()}…"
    return HIDDEN if instead == HIDDEN else shown(instead)


def shown_place(locator: Locator) -> Locator:
    """The place with its headings and its sheet's name as they are shown."""
    if not locator.heading and locator.sheet is None:
        return locator
    sheet = None if locator.sheet is None else shown(locator.sheet)
    return replace(locator, heading=tuple(map(shown, locator.heading)), sheet=sheet)


def _without_links(line: str) -> str:
    return " ".join(sanitise(line, _FILE_NAME.findall(line)).split())
