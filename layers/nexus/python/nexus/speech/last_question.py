"""What of a transcript is asked: all of a short one, of a long one its last question."""

from __future__ import annotations

import re
from itertools import pairwise

from nexus.text.sentences import sentence_spans

# Who talks for minutes asks last, and what came before it hides the question from the search: of a
# half hour's talk tails of 600 characters and more were refused, and one of 300 answered.
WHOLE_UP_TO = 600
MOST_CHARS = 300
# A question may be followed by thanks and a farewell: about a minute of speech.
_NEAR_CHARS = 1_000
# Within a sentence the English words join clauses as often as they ask, the Indonesian ones do not.
_ASKS = re.compile(
    r"[?？؟]|"
    r"(?:^|[,:;])\W{0,3}(?:\w{1,30}\W{1,3}){0,2}?(?:what|who|whose|why|how|which|"
    r"(?:when|where)\W+(?:is|are|was|were|do|does|did|can|will|would|should|must|may))\b|"
    r"\b(?:questions? (?:is|are)|tell me|(?:want|like|need) to know)\b|"
    r"\b(?:pertanyaan(?:nya|ku)?|tolong|jelaskan|sebutkan)\b|"
    r"\b(?:(?:ber)?apa|siapa|kapan|bagaimana|gimana|mengapa|kenapa|di ?mana)(?:kah)?\b",
    re.IGNORECASE,
)
# A short question that points back needs what was said right before it.
_LEANS = re.compile(
    r"\b(?:it|its|they|them|their|that|those|these|there|itu|tersebut)\b|(?<=\w{3})nya\b",
    re.IGNORECASE,
)
_SHORT_WORDS = 12


def last_question(transcript: str) -> str:
    """All of a short transcript; of a longer one, its last question and what follows that.

    With what stands before it, where the question leans on that; whole sentences, if they fit.
    """
    text = transcript.strip()
    spans = list(sentence_spans(text))
    if len(text) <= WHOLE_UP_TO or not spans:
        return text
    end = spans[-1][1]
    last = next((at for at, _ in spans if end - at <= MOST_CHARS), spans[-1][0])
    near = [one for one in spans if end - one[0] <= _NEAR_CHARS] or spans[-1:]
    asking = [(begin, stop) for begin, stop in near if _ASKS.search(text[begin:stop])]
    if not asking:
        return _bounded(text[last:end])
    begin, stop = asking[-1]
    # What stands before it says what it is about, where it does not say that itself.
    if begin >= last and _leans(text[begin:stop]):
        return _bounded(text[last:end])
    stops = [stop for at, stop in spans if at >= begin]
    stop = next((one for one, after in pairwise(stops) if after - begin > MOST_CHARS), stops[-1])
    return _bounded(text[begin:stop])


def _leans(question: str) -> bool:
    return len(question.split()) <= _SHORT_WORDS and bool(_LEANS.search(question))


def _bounded(text: str) -> str:
    """The end of a text that is longer than what is asked, from a word on."""
    if len(text) <= MOST_CHARS:
        return text
    kept = text[-MOST_CHARS:]
    return kept.partition(" ")[2] or kept
