"""Tells what a message wants: an answer, a summary, or only a kind word back."""

from __future__ import annotations

import re
from typing import Literal

from nexus.answering.courtesies import courtesy_of
from nexus.answering.phrases import PHRASES

Route = Literal["question", "summary", "greeting", "thanks"]

# Words that may surround a greeting or a thank-you without making a question of it.
_FILLER = (
    "there|all|everyone|team|nexus|bot|dear|sir|madam|again|so|very|much|a|lot|for|your|the|help|"
    "ok|okay|great|perfect|alright|fine|good|got it|i see|oke|okey|baik|baiklah|sip|siap|"
    "semua|semuanya|kak|kakak|pak|bu|mas|mbak|min|admin|ya|banyak|atas|bantuannya|sekali|salam"
)
_GREETING = (
    r"hi|hello|hey|hiya|greetings|good (?:morning|afternoon|evening|day)|halo|hallo|hai|"
    r"selamat (?:pagi|siang|sore|malam|datang)|pagi|siang|sore|malam|"
    r"assalamu ?alaikum|assalamualaikum|apa kabar|how are you"
)
_THANKS = r"thanks|thank you|thx|cheers|many thanks|terima kasih|terimakasih|makasih|trims"


def _whole(words: str) -> re.Pattern[str]:
    """Matches a message that holds nothing but these words and fillers."""
    return re.compile(
        rf"^\W*(?:(?:{_FILLER})\W+)*(?:{words})\b(?:\W+(?:{words}|{_FILLER})\b)*\W*$",
        re.IGNORECASE,
    )


_IS_GREETING = _whole(_GREETING)
_IS_THANKS = _whole(_THANKS)
_IS_SUMMARY = re.compile(
    r"^\W*(?:(?:please|can you|could you|tolong|bisakah|mohon)\W+)*"
    r"(?:summari[sz]e|sum up|(?:give|write|make)(?: me)? (?:a|an|the) (?:\w+ )?"
    r"(?:summary|overview|outline)|(?:summary|overview) of|ringkas(?:kan)?|rangkum(?:kan)?|"
    r"(?:buat|beri|berikan)(?:kan)? (?:ringkasan|rangkuman|gambaran)|ringkasan|rangkuman)\b",
    re.IGNORECASE,
)

_INDONESIAN_MANNERS = re.compile(
    r"\b(?:halo|hai|selamat|pagi|siang|sore|malam|assalamu ?alaikum|apa kabar|terima ?kasih|"
    r"makasih|trims|kak|pak|bu)\b",
    re.IGNORECASE,
)


def route_of(message: str) -> Route:
    """What a message wants; whatever is not plainly something else is a question."""
    if _IS_GREETING.match(message):
        return "greeting"
    if _IS_THANKS.match(message):
        return "thanks"
    if said := courtesy_of(message):
        return said[0]
    return "summary" if _IS_SUMMARY.match(message) else "question"


def reply(route: Route, message: str) -> str:
    """The words that answer a greeting or thanks, in the message's language."""
    said = courtesy_of(message)
    language = said[1] if said else "en"
    if (_IS_GREETING.match(message) or _IS_THANKS.match(message)) and _INDONESIAN_MANNERS.search(
        message
    ):
        language = "id"
    return PHRASES[language].thanks if route == "thanks" else PHRASES[language].greeting
