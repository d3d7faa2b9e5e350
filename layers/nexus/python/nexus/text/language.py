"""Tells which of the two languages that rankings are fitted to a text is written in."""

from __future__ import annotations

import re

from nexus.models import Language
from nexus.text.tongues import tongue_of

WORD = re.compile(r"\w+", re.UNICODE)

# The function words that carry the grammar of each language and hardly occur in the other.
INDONESIAN = frozenset(
    "yang dan di ke dari untuk dengan pada adalah itu ini apa siapa berapa kapan bagaimana mengapa "
    "mana apakah tidak atau saya kami kita anda mereka akan bisa dapat sudah belum harus jika "
    "kalau oleh dalam sebagai juga ada lebih tentang setelah sebelum hingga sampai kepada para "
    "secara dimana gimana kenapa jam hari biaya siapakah berapakah kapankah bagaimanakah manakah "
    "dimanakah mengapakah adakah bisakah dapatkah bolehkah haruskah".split()
)
ENGLISH = frozenset(
    "the a an and of to in on at for with is are was were be been do does did what who whom whose "
    "how when where why which that this these those it its they them he she i we you my our your "
    "can could should would will may must not or if from by as about after before until has have "
    "had there their much many".split()
)


def language_of(text: str) -> Language:
    """Indonesian if that is what a text is most likely written in; English for all others."""
    return Language.INDONESIAN if tongue_of(text) == "id" else Language.ENGLISH
