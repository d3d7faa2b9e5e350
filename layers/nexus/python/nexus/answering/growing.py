"""Shows the sentences of an answer while a model writes it, each once it is whole and checked.

What was heard so far is read and checked as if it were all, but for its last sentence: what comes
next may still change that. So nothing is shown that the whole answer's check would call
contradicted, and what it settles otherwise, a list of sources or a limit of words, it takes back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nexus.answering.answer_text import (
    WORD_LIMITS,
    Piece,
    Style,
    WordLimits,
    joined,
    limit_words,
    pieces_of,
)
from nexus.answering.citations import single_markers
from nexus.answering.claims import HAS_WORDS
from nexus.answering.grounding import MOST_CHARS, Grounded, Known, ground
from nexus.answering.reply import MOST_CHARS as MOST_HEARD
from nexus.answering.reply import read_reply, says_no_answer
from nexus.answering.telling import Telling
from nexus.answering.thoughts import without_thoughts
from nexus.models import Passage

# What can end a sentence, an item or a row, and then what begins the next one: its markers do not.
_BORDER = re.compile(r"[.!?…:;|)\]\"”’*_`]\s|\n|[。！？؟।]")
_NEXT = re.compile(r"(?:[\s|*#>-]|[\[【(][^\[\]【】()\n]{0,40}[\]】)]\.?)*[^\s|*#>\[【(-]")
# What may turn out to be put around the whole answer (`wrappers`), or to be thoughts without a mark
# at their beginning.
_WRAPPED = re.compile(r"\[?\{|[\"“`~]|analysis\S")
_MARKER_TO_COME = re.compile(r"[\[【(][^\[\]【】()\n]{0,40}\Z")


class GrowingDraft:
    """One draft of an answer, as far as it has been heard.

    With `waits`, what nothing has decided yet is not shown, nor what stands behind it.
    """

    def __init__(
        self,
        telling: Telling,
        passages: Sequence[Passage],
        question: str,
        style: Style,
        *,
        waits: bool,
        limits: WordLimits = WORD_LIMITS,
    ) -> None:
        self._telling = telling
        self._passages = passages
        self._question = question
        self._style = style
        self._waits = waits
        self._limits = limits
        self._heard = ""
        self._known: Known = {}
        self._settled = 0
        self._hides = False
        self._border: int | None = None

    def hear(self, text: str) -> None:
        """Takes the next piece of what the model writes, and shows what it settles.

        Raises Abandoned once nobody listens.
        """
        self._telling.check()
        self._heard += text
        if self._hides or not self._may_settle(len(text)):
            return
        pieces = self._whole_pieces()
        grounded = self._grounded(pieces) if len(pieces) > self._settled else None
        if grounded is not None:
            shown = limit_words(grounded.text, self._style, self._limits)
            self._telling.show(shown, grounded.sources)

    def _may_settle(self, new: int) -> bool:
        """Whether something may have ended, and the next begun, with so many new characters."""
        for border in _BORDER.finditer(self._heard, max(0, len(self._heard) - new - 1)):
            self._border = border.end()
        if self._border is None or not _NEXT.match(self._heard, self._border):
            return False
        self._border = None
        return True

    def _whole_pieces(self) -> list[Piece]:
        """The pieces of what was heard that nothing can change any more."""
        said = without_thoughts(self._heard[:MOST_HEARD])
        if _WRAPPED.match(said) or "<" in said or says_no_answer(said):
            return []
        if len(said) > MOST_CHARS:
            self._hides = True
            return []
        text = read_reply(self._heard, passages=len(self._passages)).text
        pieces = pieces_of(single_markers(_MARKER_TO_COME.sub("", text)))
        # A piece without words is a marker or a rule that belongs to what stands before it.
        while pieces and not HAS_WORDS.search(pieces[-1].text):
            pieces.pop()
        return pieces[:-1]

    def _grounded(self, pieces: list[Piece]) -> Grounded | None:
        """What stays of the pieces; None where nothing of them can be shown yet."""
        grounded = None
        for count in range(self._settled + 1 if self._waits else len(pieces), len(pieces) + 1):
            one = ground(joined(pieces[:count]), self._passages, self._question, known=self._known)
            if self._waits and one.unverified:
                self._hides = True  # whatever follows stands behind it
                break
            self._settled = count
            if one.needs_retry:
                # A draft that begins with what is condemned is written once more. Until a claim
                # has come there is only nothing to show.
                self._hides = bool(one.unsupported)
            else:
                grounded = one
        return None if self._hides and not self._waits else grounded
