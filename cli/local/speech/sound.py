"""Writes samples as a file of sound, by FFmpeg's libraries (PyAV)."""

from __future__ import annotations

import io
import wave

import av
import numpy as np

# Container, codec and sample rate (0 is the samples' own) of each form of OpenAI's API.
FORMS = {
    "mp3": ("mp3", "libmp3lame", 0),
    "opus": ("ogg", "libopus", 48_000),
    "aac": ("adts", "aac", 0),
    "flac": ("flac", "flac", 0),
}
# Of one voice; flac takes what it needs.
_BITS_A_SECOND = 48_000


def written(samples: bytes, rate: int, form: str) -> bytes:
    """16-bit samples of one channel as mp3, opus, aac, flac, wav or pcm."""
    if form == "pcm":
        return samples
    made = io.BytesIO()
    if form == "wav":
        with wave.open(made, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(samples)
        return made.getvalue()
    container, codec, own_rate = FORMS[form]
    with av.open(made, "w", format=container) as output:
        stream = output.add_stream(codec, rate=own_rate or rate, layout="mono")
        stream.bit_rate = _BITS_A_SECOND
        frame = av.AudioFrame.from_ndarray(
            np.frombuffer(samples, np.int16).reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=stream.format,
            layout="mono",
            rate=own_rate or rate,
            frame_size=stream.codec_context.frame_size,
        )
        for ready in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(ready))
        output.mux(stream.encode(None))
    return made.getvalue()
