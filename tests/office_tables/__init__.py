"""Tables as offices write them, the questions asked of them, and what is right of each.

`HALVES` are the documents that tables were mended with, those that nobody looked at meanwhile, and
those that were written afterwards, three times, to find what neither holds.
"""

from tests.office_tables import (
    held_out,
    held_out_texts,
    last,
    last_texts,
    later,
    later_texts,
    mended,
    mended_texts,
    unusual,
)

HALVES = {
    "mended": (*mended.SHEETS, *mended_texts.TEXTS),
    "held_out": (*held_out.SHEETS, *held_out_texts.TEXTS),
    "later": (*later.SHEETS, *later_texts.TEXTS),
    "last": (*last.DOCUMENTS, *last_texts.DOCUMENTS),
    "unusual": tuple(unusual.DOCUMENTS),
}
