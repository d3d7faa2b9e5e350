"""Which types of recordings are taken, told by their first bytes and never by their names."""

from __future__ import annotations

from nexus.errors import InvalidRequest

# Each type's media type, as an answer or a request names it.
MEDIA_TYPES = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "webm": "audio/webm",
}
TAKEN = "wav, mp3, ogg (opus or vorbis), flac, m4a or webm"
# What a file of a type begins with; an mp3 may have a tag before its frames.
_MARKS = {"ogg": b"OggS", "flac": b"fLaC", "webm": b"\x1aE\xdf\xa3", "mp3": b"ID3"}
# Boxes of an MP4 file that hold no sound: pictures of HEIF and AVIF begin with the same four bytes.
_PICTURES = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis")


def kind_of(content: bytes) -> str:
    """The recording's type, such as "mp3". Raises InvalidRequest naming `file` for any other."""
    kind = _kind(content[:64])
    if not content:
        raise InvalidRequest("The file is empty: send a recording.", "file")
    if kind is None:
        raise InvalidRequest(
            f"The file is no recording that is read: send {TAKEN}. Its content counts, not its "
            "name.",
            "file",
        )
    return kind


def _kind(head: bytes) -> str | None:
    for kind, mark in _MARKS.items():
        if head.startswith(mark):
            return kind
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp" and head[8:12] not in _PICTURES:
        return "m4a"
    # A frame of MPEG layer III: eleven bits set, and the layer's two.
    return "mp3" if len(head) > 2 and head[0] == 0xFF and _begins_frame(head) else None


def _begins_frame(head: bytes) -> bool:
    is_frame = head[1] & 0xE0 == 0xE0 and head[1] & 0x06 == 0x02 and head[1] & 0x18 != 0x08
    return is_frame and head[2] & 0xF0 not in (0x00, 0xF0) and head[2] & 0x0C != 0x0C
