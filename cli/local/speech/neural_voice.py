"""A voice of Piper's, run by ONNX Runtime: English, and far plainer to hear than espeak-ng's own.

How a text becomes its input is described by the voice's JSON and in
https://github.com/OHF-Voice/piper1-gpl/blob/main/src/piper/voice.py: each phoneme by its number,
with a blank between two, from a beginning to an end.
"""

from __future__ import annotations

import json
import math
import re
import time
import unicodedata
from pathlib import Path

import numpy as np
import onnxruntime as ort

from cli.local.speech.espeak import Espeak

LANGUAGE = "en"
_SENTENCE = re.compile(r"[^.!?\n]{1,400}(?:[.!?](?!\s|$)[^.!?\n]{0,400}){0,50}[.!?]{0,3}")
_CLAUSE = re.compile(r"(?:[^,;:.!?]|[,;:.!?](?!\s|$)){1,400}[,;:.!?]{0,3}")
_PAUSE_S = 0.25


class TooSlow(Exception):
    """The machine is too busy for this voice."""


class NeuralVoice:
    """Speaks English; safe to share between threads."""

    def __init__(self, path: Path, espeak: Espeak) -> None:
        self._espeak = espeak
        told = json.loads(path.with_suffix(".onnx.json").read_text(encoding="utf-8"))
        self.rate = int(told["audio"]["sample_rate"])
        self._numbers: dict[str, list[int]] = told["phoneme_id_map"]
        inference = told["inference"]
        self._noise, self._length = inference["noise_scale"], inference["length_scale"]
        self._noise_w = inference["noise_w"]
        options = ort.SessionOptions()
        options.intra_op_num_threads = 2
        self._session = ort.InferenceSession(str(path), options)

    def speak(self, text: str, speed: float, patience_s: float = math.inf) -> bytes:
        """16-bit samples at `rate`.

        Raises TooSlow once the sentences that are done tell that all take longer than `patience_s`.
        """
        silence = np.zeros(int(self.rate * _PAUSE_S), np.int16).tobytes()
        found = [match.group().strip() for match in _SENTENCE.finditer(text)]
        sentences = [one for one in found if one]
        whole, done, begun = sum(map(len, sentences)), 0, time.monotonic()
        spoken = []
        for sentence in sentences:
            spoken.append(self._sentence(sentence, speed))
            done += len(sentence)
            if done < whole and (time.monotonic() - begun) * whole / done > patience_s:
                raise TooSlow
        return silence.join(spoken)

    def _sentence(self, sentence: str, speed: float) -> bytes:
        blank = self._numbers["_"]
        numbers = [*self._numbers["^"], *blank]
        for phoneme in self._phonemes(sentence):
            if phoneme in self._numbers:
                numbers += [*self._numbers[phoneme], *blank]
        numbers += self._numbers["$"]
        scales = [self._noise, self._length / speed, self._noise_w]
        given = {
            "input": np.array([numbers], np.int64),
            "input_lengths": np.array([len(numbers)], np.int64),
            "scales": np.array(scales, np.float32),
        }
        sound = np.asarray(self._session.run(None, given)[0]).reshape(-1)
        loudest = max(0.01, float(np.abs(sound).max(initial=0.0)))
        samples: bytes = (sound * (32_000 / loudest)).astype(np.int16).tobytes()
        return samples

    def _phonemes(self, sentence: str) -> str:
        said = []
        for found in _CLAUSE.finditer(sentence):
            clause = found.group().strip()
            words = clause.rstrip(",;:.!?")
            if words:
                said.append(self._espeak.phonemes(words, LANGUAGE) + clause[len(words) :][:1])
        return unicodedata.normalize("NFD", " ".join(said))
