"""Takes the words out of what a user typed, so that no search engine can misread it as syntax."""

from __future__ import annotations

from nexus.text.dictionary import translations
from nexus.text.search_terms import question_terms, telling
from nexus.text.segments import words_of
from nexus.text.tongues import tongue_of

# A message is at most 5,000 characters; more words than this change no ranking, only its cost.
MOST_WORDS = 64


# Words so common, in the languages that users write, that matching them tells nothing and makes the
# search score nearly every chunk (measured at 100,000 chunks: 90 ms instead of 3).
STOP_WORDS = frozenset(
    """
    a an and are as at be by can could do does for from had has have how i if in is it its me my of
    on or our should so than that the their them then there these they this those to was we were
    what when where which who whom whose why will with would you your
    ada adalah akan apa apakah atau bagaimana bagi berapa bisa dan dapat dari dengan di dimana harus
    ini itu jika juga kami kapan karena ke kepada kita mana mengapa oleh pada saat saya sebagai
    siapa sudah telah tentang untuk yaitu yang
    siapakah berapakah kapankah bagaimanakah manakah dimanakah mengapakah
    """.split()
)


def query_words(text: str) -> list[str]:
    """The different words of a text, lower-cased, in order: letters, digits and their marks only.

    Each as passages in the text's language are indexed, and as it is; English and Indonesian ones
    with what everyday words of the other language say the same. Without `STOP_WORDS` and the
    language's function words unless there are no others; at most `MOST_WORDS`; empty if the text
    holds no word. Operators, quotes, emoji, control characters and lone surrogates never come
    through.
    """
    words = list(dict.fromkeys(words_of(text)))
    tongue = tongue_of(text)
    # Those of English and Indonesian are chosen by what they cost, and may stand in any text.
    kept = [word for word in words if word not in STOP_WORDS]
    if tongue not in ("en", "id"):
        kept = telling(kept, tongue)
    own = question_terms(kept or words, tongue)
    # Their everyday words in the other of the two languages find passages that share none.
    others = [word for word in translations(kept or words, tongue) if word not in STOP_WORDS]
    return list(dict.fromkeys((*own, *others)))[:MOST_WORDS]


def storable(text: str) -> str:
    """The text with lone surrogates, which no UTF-8 store can hold, replaced by "?"."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
