"""The words of a passage, worked out once: many questions find it, and each asks for them again.

Nothing here is of a question or a tenant: equal texts have equal words, whoever searched for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache

from nexus.text.segments import words_of
from nexus.text.sentences import sentence_spans
from nexus.text.stems import stem

# Passages whose words are kept, at about 21 KB each; a question is compared with up to a hundred.
REMEMBERED = 1_000


class Wording:
    """A passage's words, each part worked out when it is first asked for; see `wording`."""

    def __init__(self, title: str, text: str) -> None:
        self._title = title
        self._text = text

    @cached_property
    def title_words(self) -> tuple[str, ...]:
        """The words of the title, in order."""
        return tuple(words_of(self._title))

    @cached_property
    def text_words(self) -> tuple[str, ...]:
        """The words of the text, in order."""
        return tuple(words_of(self._text))

    @cached_property
    def text_stems(self) -> str:
        """The stems of the text's words, in order, with a blank before and after each."""
        return f" {' '.join(map(stem, self.text_words))} "

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the title and then of the text: no word stands in both."""
        return self.title_words + self.text_words

    @cached_property
    def title_stems(self) -> frozenset[str]:
        """The stems of the title's words."""
        return frozenset(map(stem, self.title_words))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the words of title and text."""
        return frozenset(map(stem, self.words))

    @cached_property
    def distinct(self) -> frozenset[str]:
        """Every word of title and text."""
        return frozenset(self.words)

    @cached_property
    def by_stem(self) -> dict[str, tuple[str, ...]]:
        """The words of title and text by their stem."""
        found: dict[str, tuple[str, ...]] = {}
        for word in self.distinct:
            root = stem(word)
            found[root] = (*found.get(root, ()), word)
        return found

    @cached_property
    def sentences(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """The text's sentences, in order, each with its words: together these are the text's."""
        return tuple((span, frozenset(words_of(span))) for span in self._spans())

    @cached_property
    def sentence_stems(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """The same, each sentence with the stems of its words."""
        return tuple((span, frozenset(map(stem, words_of(span)))) for span in self._spans())

    def _spans(self) -> Iterator[str]:
        return (self._text[start:end] for start, end in sentence_spans(self._text))


@lru_cache(maxsize=REMEMBERED)
def wording(title: str, text: str) -> Wording:
    """What the words of a passage are; kept for the next question that finds it."""
    return Wording(title, text)
