"""How an answer is given to somebody of a tone: what stands before it, and how it is spoken.

Never what is answered: the question is answered as if it had been typed, and this is put around it.
"""

from __future__ import annotations

from dataclasses import dataclass

from nexus.speech.tone import Label, Tone

# Below this the tone is a guess, and the answer is given as to anybody.
SURE_FROM = 0.55

_BEFORE: dict[str, dict[Label, str]] = {
    "en": {
        "angry": "I am sorry for the trouble.",
        "sad": "I am sorry to hear that.",
        "worried": "Let us look at this calmly.",
        "happy": "Gladly!",
    },
    "id": {
        "angry": "Mohon maaf atas ketidaknyamanannya.",
        "sad": "Saya turut prihatin.",
        "worried": "Mari kita lihat dengan tenang.",
        "happy": "Dengan senang hati!",
    },
}
_SPEEDS: dict[Label, float] = {"angry": 0.95, "sad": 0.93, "worried": 0.93, "happy": 1.03}
_SOUNDS: dict[Label, str] = {
    "angry": "Speak calmly, with respect and regret.",
    "sad": "Speak gently and warmly.",
    "worried": "Speak slowly, calmly and reassuringly.",
    "happy": "Speak brightly.",
}


@dataclass(frozen=True, slots=True)
class Manner:
    """`before` is a sentence to begin with, or ""; `speed` is 1.0 for the voice's own."""

    before: str
    speed: float
    instructions: str


def manner_for(tone: Tone, language: str) -> Manner:
    """How to answer; plainly to a tone that is not sure, or in a language without sentences."""
    if tone.score < SURE_FROM:
        return Manner("", 1.0, "")
    return Manner(
        _BEFORE.get(language, {}).get(tone.label, ""),
        _SPEEDS.get(tone.label, 1.0),
        _SOUNDS.get(tone.label, ""),
    )
