"""What is told while an answer is written: never what is contradicted, and in the end its text."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from nexus.answering.answer_text import pieces_of
from nexus.answering.citations import renumber
from nexus.answering.generator import Generated, Generator
from nexus.answering.prompts import NO_ANSWER
from nexus.answering.telling import Telling
from nexus.answering.verifying import Claims, Verifier
from nexus.models import Locator, Passage, Said, Told, Usage, Withdrawn
from tests.fakes import FakeChat

QUESTION = "What does the library say about fees, loans and opening hours?"
TEXTS = (
    "The tuition fee is nine million rupiah. It is due on 15 August 2026. "
    "A late payment costs 250,000 rupiah.",
    "A book may be borrowed for 14 days. The library opens at 08:00 and closes at 21:00. "
    "Students may not bring food into the reading room.",
)
SUPPORTED = (
    "The tuition fee is nine million rupiah. [1]",
    "It is due on 15 August 2026 [1.2].",
    "A late payment costs 250,000 rupiah.",
    "A book may be borrowed for 14 days. [2]",
    "The library opens at 08:00 and closes at 21:00 [2].",
    "- The library opens at 08:00 [2.2]",
)
CONTRADICTED = (
    "The tuition fee is eleven million rupiah. [1]",
    "It is due on 19 August 2026 [1.2].",
    "A book may be borrowed for 40 days. [2]",
    "The library opens at 06:00 and closes at 21:00 [2].",
)
OTHERS = (
    "Those who settle the amount afterwards are charged something extra. [1]",
    "Readers get two weeks for each volume [2].",
    "## Fees",
    "The fees are:",
    "| Fee | Rupiah |\n| --- | --- |\n| Late payment [1] | 250,000 |",
    "Sources:\n[1] Fees\n[2] Library",
    f"{NO_ANSWER}",
    "<think>The fee is eleven million rupiah.</think>",
    "```\nlate = 250000 [1]\n```",
    "e.g. 14 days [2].",
)
LABELS = ("", "", "", "Answer: ", '{"answer": "', '"', "<think>Well. It is due.</think>")
PARTS = st.lists(st.sampled_from((*SUPPORTED, *SUPPORTED, *CONTRADICTED, *OTHERS)), max_size=7)
JOINTS = st.sampled_from((" ", "\n", "\n\n"))


class _Verifier(Verifier):
    """Refuses what it is told to refuse."""

    def __init__(self, refused: frozenset[int]) -> None:
        super().__init__(FakeChat(""), 100)
        self._refused = refused

    def ask(self, question: str, claims: Claims) -> tuple[tuple[bool | None, ...], Usage]:
        return tuple(len(words) % 3 not in self._refused for words, _ in claims), Usage()


def words(text: str) -> str:
    """A text without its markers and line breaks."""
    return " ".join(renumber(text, {}).split())


class _Heard:
    """What a listener has of an answer after each thing that it was told."""

    def __init__(self, *, retracts: bool) -> None:
        self.telling = Telling(self._hear, retracts=retracts)
        self.parts: list[str] = []
        self.ever: list[str] = []
        self.withdrawn = 0

    def _hear(self, told: Told) -> None:
        if isinstance(told, Said):
            assert told.index == len(self.parts)
            self.parts.append(told.text)
            self.ever.append(told.text)
        elif isinstance(told, Withdrawn):
            assert told.since < len(self.parts)
            del self.parts[told.since :]
            self.withdrawn += 1


def passages() -> list[Passage]:
    return [
        Passage(f"c{at}", f"d{at}", title, "s3://x", "v", Locator(), text, 1.0)
        for at, (title, text) in enumerate(zip(("Fees", "Library"), TEXTS, strict=True))
    ]


def written(
    script: Sequence[str], at_once: int, verifier: Verifier | None, heard: _Heard | None
) -> Generated:
    chat = FakeChat(*script)
    chat.heard_at_once = at_once
    generator = Generator(chat, 500, verifier)
    made = generator.generate(
        QUESTION, passages(), (), "default", telling=heard.telling if heard else None
    )
    if heard:
        heard.telling.finish(made.text, made.sources)
    return made


@st.composite
def drafts(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(LABELS))
    for part in draw(PARTS):
        text += part + draw(JOINTS)
    return text


@settings(deadline=None, max_examples=300)
@given(
    drafts(),
    drafts(),
    st.integers(1, 40),
    st.none() | st.frozensets(st.integers(0, 2)),
    st.booleans(),
)
def test_what_is_told_is_never_contradicted_and_ends_as_the_answer(
    draft: str, again: str, at_once: int, refused: frozenset[int] | None, retracts: bool
) -> None:
    verifier = None if refused is None else _Verifier(refused)
    heard = _Heard(retracts=retracts)
    made = written([draft, again], at_once, verifier, heard)
    assert made == written([draft, again], at_once, verifier, None)
    ever = "".join(heard.ever)
    for wrong in CONTRADICTED:
        assert wrong.split("[")[0].rstrip(" .") not in ever
    if retracts:
        assert "".join(heard.parts) == made.text
    else:
        assert not heard.withdrawn
        # Whoever cannot take anything back has all of the answer.
        told = words(ever)
        assert all(words(piece.text) in told for piece in pieces_of(made.text))


@settings(deadline=None)
@given(st.integers(1, 12))
def test_each_sentence_is_told_before_the_next_one_is_whole(at_once: int) -> None:
    heard = _Heard(retracts=True)
    written([" ".join(SUPPORTED[:5])], at_once, None, heard)
    assert len(heard.parts) == 5
    assert not heard.withdrawn
