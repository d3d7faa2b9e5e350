"""What a recording is, and which ones are refused before anything is paid for them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.errors import InvalidRequest
from nexus.speech.inspecting import inspected
from nexus.speech.kinds import kind_of
from nexus.speech.loudness import loudness_of
from tests.recordings import spoken, tone_wav

KINDS = ("wav", "mp3", "ogg", "flac", "m4a", "webm")
HOUR = 3600.0


@pytest.mark.parametrize("kind", KINDS)
def test_each_type_is_known_by_its_content_and_tells_its_length(kind):
    recording = inspected(spoken(kind), HOUR)
    assert recording.kind == kind
    assert recording.seconds == pytest.approx(inspected(spoken("wav"), HOUR).seconds, abs=0.25)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 and so on",
        b"PK\x03\x04 a zip",
        b"<html>no sound</html>",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\0\0\0\x18ftypheic\0\0\0\0",
        b"RIFF\x24\0\0\0AVI LIST",
        b"just some words",
        b"\xff\xd8\xff\xe0 a JPEG",
    ],
)
def test_another_type_is_refused_whatever_it_is_called(content):
    with pytest.raises(InvalidRequest, match="no recording") as refused:
        kind_of(content)
    assert refused.value.field == "file"


def test_an_empty_file_is_refused():
    with pytest.raises(InvalidRequest, match="empty"):
        inspected(b"", HOUR)


@pytest.mark.parametrize("kind", ["wav", "m4a"])
def test_a_file_that_is_broken_off_is_refused(kind):
    whole = spoken(kind)
    with pytest.raises(InvalidRequest, match="broken off"):
        inspected(whole[: len(whole) // 2], HOUR)


@pytest.mark.parametrize("kind", KINDS)
def test_a_header_without_sound_is_refused(kind):
    with pytest.raises(InvalidRequest):
        inspected(spoken(kind)[:24], HOUR)


def test_silence_is_refused_and_a_quiet_voice_is_not():
    with pytest.raises(InvalidRequest, match="Nobody speaks"):
        inspected(tone_wav(level=0.0), HOUR)
    assert inspected(tone_wav(level=0.01), HOUR).seconds == pytest.approx(1.0)


def test_a_recording_is_neither_a_click_nor_a_day():
    with pytest.raises(InvalidRequest, match="shorter"):
        inspected(tone_wav(0.1), HOUR)
    with pytest.raises(InvalidRequest, match="at most 1 are"):
        inspected(tone_wav(61), 60.0)


def test_loudness_swings_where_loud_and_soft_alternate():
    loud, soft = tone_wav(1, 0.5), tone_wav(1, 0.1)
    even = loudness_of(loud)
    assert even is not None
    assert even.swing < 0.1
    header = loud[:40] + (len(loud) - 44 + len(soft) - 44).to_bytes(4, "little")
    alternating = loudness_of(header + loud[44:] + soft[44:])
    assert alternating is not None
    assert alternating.swing > 0.5


@given(st.sampled_from(KINDS), st.data())
def test_damage_is_refused_or_read_and_never_raises_anything_else(kind, data):
    content = bytearray(spoken(kind))
    for at in data.draw(st.lists(st.integers(0, min(400, len(content) - 1)), max_size=12)):
        content[at] = data.draw(st.integers(0, 255))
    with suppress(InvalidRequest):
        assert 0 < inspected(bytes(content), HOUR).seconds <= HOUR
