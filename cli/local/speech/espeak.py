"""espeak-ng, by its library: how words are spoken, and a voice for each of its languages.

https://github.com/espeak-ng/espeak-ng/blob/1.52.0/src/include/espeak-ng/speak_lib.h
"""

from __future__ import annotations

import ctypes
import threading

_SYNCHRONOUS, _UTF8, _IPA = 2, 1, 2
_RATE = 1  # espeakRATE, in words a minute
_USUAL_RATE = 150
# Where espeak-ng has another name for a language than ISO 639-1.
_NAMES = {"en": "en-us", "zh": "cmn", "no": "nb", "fr": "fr-fr", "pt": "pt-br"}
_Heard = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class UnknownLanguage(ValueError):
    """espeak-ng has no voice for the language."""


class Espeak:
    """One engine for the process, which does one thing at a time."""

    def __init__(self, library: str, data: str) -> None:
        self._lock = threading.Lock()
        self._samples: list[bytes] = []
        self._library = ctypes.CDLL(library)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self.rate = int(self._library.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), 0))
        if self.rate <= 0:
            raise RuntimeError("espeak-ng did not start.")
        self._callback = _Heard(self._hear)
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(self, text: str, language: str, speed: float) -> bytes:
        """16-bit samples at `rate`. Raises UnknownLanguage."""
        with self._lock:
            self._choose(language)
            self._samples.clear()
            self._library.espeak_SetParameter(_RATE, round(_USUAL_RATE * speed), 0)
            written = text.replace("\0", " ").encode()
            self._library.espeak_Synth(
                written, ctypes.c_size_t(len(written) + 1), 0, 1, 0, _UTF8, None, None
            )
            return b"".join(self._samples)

    def phonemes(self, text: str, language: str) -> str:
        """How a text is spoken, in IPA. Raises UnknownLanguage."""
        with self._lock:
            self._choose(language)
            left = ctypes.c_char_p(text.replace("\0", " ").encode())
            clauses = []
            while left.value:
                clause = self._library.espeak_TextToPhonemes(ctypes.byref(left), _UTF8, _IPA)
                clauses.append((clause or b"").decode("utf-8", "replace").strip())
            return " ".join(clauses)

    def _choose(self, language: str) -> None:
        name = _NAMES.get(language, language)
        if self._library.espeak_SetVoiceByName(name.encode()) != 0:
            raise UnknownLanguage(language)

    def _hear(self, samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int) -> int:
        if count:
            self._samples.append(ctypes.string_at(samples, count * 2))
        return 0
