"""Decides whether passages support a claim, and which of them are its sources."""

from __future__ import annotations

from collections.abc import Sequence

from nexus.answering.claims import Asked, Claim
from nexus.answering.evidence import Evidence, Stretch, facts_in
from nexus.text.stems import meanings

# The shares of a sentence's words that must stand in its passages, and in the one stretch of them
# that says most of it; tuned on questions of the development set turned into
# statements, with their own passages and with others of the same article.
COVERAGE = 0.6
# A sentence without any number or name to hold on to must show more of its words.
COVERAGE_OF_WORDS_ALONE = 0.75
CONCENTRATION = 0.4
# Of a sentence in another language than its passage: the share of its words that are known in both
# languages and whose meaning the passage has.
SHARED_MEANINGS = 0.5
# From here on a stretch says the same as a sentence, and must not deny what the sentence affirms.
SAME_STATEMENT = 0.8
# A stretch with this share and numbers of its own speaks of other numbers than the sentence.
SAME_NUMBERS = 0.6
# A passage with less of the sentence than this is not its source.
CONTRIBUTION = 0.3
MOST_SOURCES = 3


def sources_of(
    claim: Claim, markers: Sequence[int], evidence: Sequence[Evidence], asked: Asked
) -> tuple[int, ...]:
    """The numbers of the passages that support the claim: those it cites, or else the best ones."""
    usable = [n for n, found in enumerate(evidence, start=1) if found.stretches]
    cited = [n for n in markers if n in usable and _contributes(claim, evidence[n - 1])]
    if _supports(claim, [evidence[n - 1] for n in cited], asked):
        return tuple(cited)
    usable.sort(key=lambda n: _closeness(claim, evidence[n - 1]), reverse=True)
    for number in usable:
        if _supports(claim, [evidence[number - 1]], asked):
            return (number,)
    chosen: list[int] = []
    for number in usable:
        if _contributes(claim, evidence[number - 1]) and len(chosen) < MOST_SOURCES:
            chosen.append(number)
            if _supports(claim, [evidence[n - 1] for n in chosen], asked):
                return tuple(chosen)
    return ()


def _supports(claim: Claim, evidence: Sequence[Evidence], asked: Asked) -> bool:
    if not evidence:
        return False
    if claim.plain and any(claim.plain in e.plain for e in evidence):
        return True
    facts = frozenset().union(*(e.facts for e in evidence))
    stems = frozenset().union(*(e.stems for e in evidence))
    means = frozenset().union(*(e.meanings for e in evidence))
    mentioned = asked.units.union(*(e.units for e in evidence))
    if not (
        all(fact & facts or fact & asked.facts for fact in claim.facts)
        and all(name in stems or name in asked.stems for name in claim.names)
        and claim.units <= mentioned
    ):
        return False
    has_fact = any(fact & facts for fact in claim.facts)
    spoken = {e.language for e in evidence}
    if not claim.stems:
        return has_fact
    if claim.language and None not in spoken and claim.language not in spoken:
        return _means_the_same(claim, stems, means, has_fact=has_fact)
    least = COVERAGE if has_fact or claim.names else COVERAGE_OF_WORDS_ALONE
    return _share(claim.stems, stems, means) >= least and _says_it_somewhere(claim, evidence)


def _means_the_same(
    claim: Claim, stems: frozenset[str], means: frozenset[int], *, has_fact: bool
) -> bool:
    """Whether a sentence fits passages of another language, by what can be compared."""
    known = [s for s in claim.stems if meanings(s) or s in stems]
    shared = [s for s in known if s in stems or meanings(s) & means]
    return (has_fact or len(shared) >= 2) and len(shared) >= SHARED_MEANINGS * len(known)


def _says_it_somewhere(claim: Claim, evidence: Sequence[Evidence]) -> bool:
    """Whether the words stand together in one stretch, which neither denies what they affirm nor
    gives other numbers for it.
    """
    stretches = [(found, s) for found in evidence for s in found.stretches]
    shares = [_share(claim.stems, s.stems, s.meanings) for _, s in stretches]
    best = max(shares, default=0.0)
    if best < CONCENTRATION:
        return False
    closest = [pair for pair, share in zip(stretches, shares, strict=True) if share == best]
    if best >= SAME_STATEMENT and all(_denies(stretch, claim) for _, stretch in closest):
        return False
    if best < SAME_NUMBERS or not claim.facts:
        return True
    said = [facts_in(stretch, found.text) for found, stretch in closest]
    return not all(facts and not any(fact & facts for fact in claim.facts) for facts in said)


def _denies(stretch: Stretch, claim: Claim) -> bool:
    return bool((claim.negated ^ stretch.negated) & stretch.stems & frozenset(claim.stems))


def _share(claim: Sequence[str], stems: frozenset[str], means: frozenset[int]) -> float:
    if not claim:
        return 0.0
    said = sum(s in stems or not means.isdisjoint(meanings(s)) for s in claim)
    return said / len(claim)


def _closeness(claim: Claim, evidence: Evidence) -> float:
    facts = sum(bool(fact & evidence.facts) for fact in claim.facts)
    here = sum(name in evidence.stems for name in claim.names)
    best = max((_share(claim.stems, s.stems, s.meanings) for s in evidence.stretches), default=0)
    return facts + here + best + _share(claim.stems, evidence.stems, evidence.meanings)


def _contributes(claim: Claim, evidence: Evidence) -> bool:
    """Whether a passage speaks of what the claim does; to have one of its numbers is not enough."""
    if not claim.stems:
        return any(fact & evidence.facts for fact in claim.facts)
    return _share(claim.stems, evidence.stems, evidence.meanings) >= CONTRIBUTION or (
        bool(claim.plain) and claim.plain in evidence.plain
    )
