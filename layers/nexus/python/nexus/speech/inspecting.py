"""Looks at a recording before anything is paid for it: its type, its length, its wholeness."""

from __future__ import annotations

import io
import math

from tinytag import TinyTag

from nexus.errors import InvalidRequest
from nexus.ports import Recording
from nexus.speech import webm
from nexus.speech.kinds import kind_of
from nexus.speech.loudness import loudness_of

LEAST_S = 0.2
BROKEN = "The recording cannot be read: it is damaged or broken off. Send it again, whole."
SILENCE = "Nobody speaks in the recording: check the microphone, and send it again."


def inspected(content: bytes, longest_s: float, key: str = "") -> Recording:
    """The recording that the bytes are.

    Raises InvalidRequest naming `file` for another type, one that is broken off, shorter than 0.2 s
    or longer than `longest_s`, and for a WAV file in which nobody speaks; of the other types that
    is known when they are written down.
    """
    kind = kind_of(content)
    seconds = _seconds(content, kind)
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        raise InvalidRequest(BROKEN, "file")
    if seconds < LEAST_S:
        raise InvalidRequest(f"The recording is shorter than {LEAST_S} s: speak longer.", "file")
    if seconds > longest_s:
        raise InvalidRequest(
            f"The recording lasts {seconds / 60:.0f} minutes, and at most {longest_s / 60:.0f} are "
            "taken: send it in parts.",
            "file",
        )
    heard = loudness_of(content) if kind == "wav" else None
    if heard is not None and heard.is_silent:
        raise InvalidRequest(SILENCE, "file")
    return Recording(content, kind, seconds, key)


def _seconds(content: bytes, kind: str) -> float | None:
    """The recording's length; None if it is not whole, or does not tell."""
    try:
        if kind == "webm":
            return webm.seconds_of(content)
        if (kind == "wav" and _is_short(content)) or (kind == "m4a" and b"moov" not in content):
            return None
        tag = TinyTag.get(file_obj=io.BytesIO(content), tags=False, duration=True)
    except Exception:  # noqa: BLE001 - whatever a parser of outside bytes raises
        return None
    return tag.duration


def _is_short(content: bytes) -> bool:
    """Whether a WAV file holds less sound than its header says; recorders may say 0 or the most."""
    at = 12
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        if content[at : at + 4] == b"data":
            return 0 < size < 0xFFFFFF00 and at + 8 + size > len(content) + 1
        at += 8 + size + size % 2
    return True
