"""Checks each sentence of an answer against the passages, and removes only what is condemned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nexus.answering.answer_text import Piece, joined, pieces_of
from nexus.answering.citations import Citation, single_markers, with_plain_markers
from nexus.answering.cited_sentences import Cited, cited_by, quoted
from nexus.answering.claims import (
    HAS_WORDS,
    claims_nothing,
    introduces,
    plain_words,
    read_claim,
    read_question,
)
from nexus.answering.evidence import Evidence, evidence_of
from nexus.answering.shown_pieces import (
    blank_row,
    cited_anew,
    order_of_appearance,
    with_lone_markers,
    without_empty_parts,
)
from nexus.answering.verdicts import Judgement, judge
from nexus.answering.verifying import Verifying
from nexus.models import CheckedClaim, Passage, Source
from nexus.text.sanitising import sanitise, without_markup

# Far more than an answer is allowed: a model that writes on and on repeats itself.
MOST_CHARS = 20_000
MOST_PIECES = 300
# An order, or an address to go to, that the question did not ask for is shown only if somebody
# has confirmed it: a model that obeys a document relays it word for word. Of sentences that people
# found right, one in a thousand is such (measured with `nexus eval --grounding`).
NEVER_UNVERIFIED = frozenset({"order", "address"})


@dataclass(frozen=True, slots=True)
class Grounded:
    """An answer without what was condemned, with the sources that its markers `[1]` to `[n]` name.

    `unsupported` holds the sentences that were removed: to be counted, never logged. `claims` are
    the sentences that stayed, and `unverified` those of them that nothing has confirmed; with one
    of these an answer is no more than of medium confidence. `support` is the share of the claims
    that were not condemned, from 0 to 1. `needs_retry` is True if the first claim was condemned or
    no claim is left.
    """

    text: str
    sources: tuple[Source, ...]
    unsupported: tuple[str, ...]
    support: float
    needs_retry: bool
    claims: tuple[CheckedClaim, ...] = ()

    @property
    def unverified(self) -> tuple[str, ...]:
        return tuple(claim.text for claim in self.claims if not claim.verified)


# Sentences with what they cite, and how they were judged: one draft's, over the same passages.
Known = dict[tuple[str, tuple[Citation, ...]], tuple[Cited, Judgement]]


@dataclass(slots=True)
class _Claim:
    """A sentence under judgement, with its piece's place among those that are kept."""

    place: int
    piece: Piece
    words: str
    cited: Cited
    judgement: Judgement
    verdict: bool | None = None


def ground(
    text: str,
    passages: Sequence[Passage],
    question: str = "",
    verifier: Verifying | None = None,
    known: Known | None = None,
) -> Grounded:
    """Removes what is contradicted or refused, and ties the rest to verbatim quotes.

    A sentence is compared with the sentences that it cites: `[2.3]` is sentence 3 of passage 2,
    `[2]` the best ones of that passage, no marker the best ones of all. What is undecided is asked
    of the verifier, in one call; without one it stays, unverified, unless it orders the reader
    about. Links, images and HTML are
    removed. What documents say to machines supports nothing. What a model wrote beyond 20,000
    characters, or 300 sentences and lines, is left out. Takes some 2 ms a sentence that is not
    `known` from the beginning of the same text; never raises but what the verifier raises.
    """
    evidence = [evidence_of(passage) for passage in passages]
    allowed = {fact[4:] for e in evidence for fact in e.facts if fact.startswith("url:")}
    # Each is compared with all that the passages say.
    written, citations = with_plain_markers(
        single_markers(without_markup(text[:MOST_CHARS], allowed))
    )
    pieces = pieces_of(written)
    # The half of a sentence that was cut may say the opposite of the whole.
    pieces = (pieces[:-1] if len(text) > MOST_CHARS else pieces)[:MOST_PIECES]
    known = {} if known is None else known
    kept, claims = _sorted_out(
        with_lone_markers(pieces), citations, passages, evidence, question, known
    )
    _decide(claims, question, verifier)
    gone = [claim for claim in claims if claim.verdict is False]
    stay = [claim for claim in claims if claim.verdict is not False]
    removed = tuple(claim.piece.text for claim in gone)
    support = len(stay) / len(claims) if claims else 0.0
    if not any(claim.cited for claim in stay):
        return Grounded("", (), removed, 0.0, needs_retry=True)
    return _shown(kept, stay, removed, support, passages, evidence, claims)


def _sorted_out(
    pieces: Sequence[Piece],
    citations: Sequence[Citation],
    passages: Sequence[Passage],
    evidence: Sequence[Evidence],
    question: str,
    known: Known,
) -> tuple[list[Piece], list[_Claim]]:
    """The pieces that may be shown, and the claims among them, judged."""
    asked = read_question(question)
    kept: list[Piece] = []
    claims: list[_Claim] = []
    rules = {(piece.line, piece.table) for piece in pieces if piece.kind == "layout"}
    at = 0
    for piece in pieces:
        mine = citations[at : at + piece.marks]
        at += piece.marks
        words = plain_words(piece)
        if piece.kind == "layout":
            kept.append(piece)
        if piece.kind == "layout" or not HAS_WORDS.search(words):
            continue
        # A table's row is its header if it is the one above the rule.
        is_header = bool(piece.table) and (piece.line + 1, piece.table) in rules
        is_label = is_header or piece.kind == "heading"
        claim = read_claim(words, label=is_label, has_label=piece.is_item)
        if is_header:
            kept.append(piece if introduces(claim, evidence, asked, 1) else blank_row(piece))
        elif claims_nothing(claim, words, asked):
            kept.append(piece)
        elif piece.kind == "heading":
            if introduces(claim, evidence, asked, 1):
                kept.append(piece)
        elif words.endswith(":") and not claim.facts and introduces(claim, evidence, asked, 0.75):
            kept.append(piece)
        else:
            what = words, tuple(mine)
            if what not in known:
                known[what] = _judged(words, mine, passages, question)
            cited, judgement = known[what]
            claims.append(_Claim(len(kept), piece, words, cited, judgement))
            kept.append(piece)
    return kept, claims


def _judged(
    words: str, citations: Sequence[Citation], passages: Sequence[Passage], question: str
) -> tuple[Cited, Judgement]:
    """The verdict on a sentence, and the sentences of the passages that it rests on."""
    named = cited_by(words, citations, passages)
    judgement = judge(words, named.said, passages, question)
    if not citations or (named.said and judgement.verdict == "supported"):
        return named, judgement
    # It may cite the wrong place, and stand in another.
    best = cited_by(words, (), passages)
    second = judge(words, best.said, passages, question)
    return (best, second) if second.verdict == "supported" or not named else (named, judgement)


def _decide(claims: Sequence[_Claim], question: str, verifier: Verifying | None) -> None:
    """Gives each claim its verdict: True, False, or None for what nobody can tell."""
    known = {"supported": True, "contradicted": False, "undecided": None}
    for claim in claims:
        claim.verdict = known[claim.judgement.verdict]
        # Relaying what a document tells machines is no matter of support.
        announces = claim.words.endswith(":") and claim.judgement.reason == "order"
        if claim.judgement.reason == "injected" or announces:
            claim.verdict = False
    open_ones = [claim for claim in claims if claim.verdict is None]
    if open_ones and verifier is not None:
        asked = [(claim.words, claim.cited.said) for claim in open_ones]
        for claim, verdict in zip(open_ones, verifier.verify(question, asked), strict=False):
            claim.verdict = verdict
    for claim in open_ones:
        if claim.verdict is None and claim.judgement.reason in NEVER_UNVERIFIED:
            claim.verdict = False


def _shown(
    kept: Sequence[Piece],
    stay: Sequence[_Claim],
    removed: tuple[str, ...],
    support: float,
    passages: Sequence[Passage],
    evidence: Sequence[Evidence],
    claims: Sequence[_Claim],
) -> Grounded:
    of_place = {claim.place: claim for claim in stay}
    condemned = {claim.place for claim in claims} - of_place.keys()
    pieces = [
        (piece, of_place[place].cited.numbers if place in of_place else (), place in of_place)
        for place, piece in enumerate(kept)
        if place not in condemned
    ]
    order = order_of_appearance([(piece, numbers) for piece, numbers, _ in pieces])
    shown = [replace(piece, text=cited_anew(piece, numbers, order)) for piece, numbers, _ in pieces]
    sources = tuple(
        Source(
            new,
            passages[old - 1],
            quoted(
                [(c.words, c.cited.spans.get(old)) for c in stay if old in c.cited.numbers],
                evidence[old - 1],
            ),
        )
        for old, new in order.items()
    )
    text = joined(without_empty_parts(shown, [is_claim for _, _, is_claim in pieces]))
    text = sanitise(text, [source.passage.text for source in sources])
    checked = tuple(
        CheckedClaim(
            claim.words, tuple(order[n] for n in claim.cited.numbers), claim.verdict is True
        )
        for claim in stay
    )
    return Grounded(text, sources, removed, support, claims[0] is not stay[0], checked)
