"""How well the local engines hear what they speak: `pytest tests/quality/test_speech.py -s`.

Ten sentences of English by one voice are held to one word in ten wrong, on normalised numbers;
what Indonesian reaches is printed, and is not held to anything. Where the models are not installed
(`nexus audio` installs them), it is skipped, as CI downloads nothing for it.
"""

from __future__ import annotations

import re
import sys

import httpx
import pytest

from cli.local.speech.install import is_installed
from nexus.text.number_words import spelled_numbers
from tests.model_server import MODELS, MODELS_KEY, running_model_server
from tests.recordings import SENTENCE, spoken

pytestmark = pytest.mark.skipif(
    not is_installed(MODELS), reason="the speech models are not installed in .local/models"
)
MOST_WRONG = 0.10
ENGLISH = (
    "When does the library open on Saturday morning?",
    "How much does a student pay for a new identity card?",
    "Please tell me which documents I need to apply for a scholarship.",
    "The clinic is closed on public holidays and during the summer break.",
    "Who helps me when I lose my password for the student portal?",
    "A stolen laptop must be reported to the service desk within twenty four hours.",
    "What happens when I miss the payment deadline in September?",
    "Research with human participants needs approval from the ethics committee.",
    "Can my parents stay in the dormitory during orientation week?",
    "The results are published fourteen days after the last paper.",
)
INDONESIAN = (
    "Kapan perpustakaan universitas buka pada hari Sabtu?",
    "Berapa biaya penggantian kartu mahasiswa yang hilang?",
    "Dokumen apa saja yang diperlukan untuk mendaftar beasiswa?",
    "Pusat kesehatan tutup pada hari libur nasional.",
    "Batas waktu pembayaran uang kuliah adalah akhir bulan ini.",
)
_JOINED = re.compile(r"[-–]")


def words(text: str) -> list[str]:
    """Lower-case words, in which a spelled number is written in digits."""
    text = _JOINED.sub(" ", text.lower())
    for start, end, value, _ in sorted(spelled_numbers(text), reverse=True):
        text = f"{text[:start]}{value}{text[end:]}"
    return re.findall(r"\w+", text)


def wrong(said: list[str], heard: list[str]) -> int:
    """Words to insert, delete or replace."""
    row = list(range(len(heard) + 1))
    for one, word in enumerate(said, 1):
        before, row[0] = row[:], one
        for two, other in enumerate(heard, 1):
            row[two] = min(before[two] + 1, row[two - 1] + 1, before[two - 1] + (word != other))
    return row[-1]


@pytest.fixture(scope="module")
def api():
    with (
        running_model_server() as url,
        httpx.Client(
            base_url=url, timeout=120, headers={"authorization": f"Bearer {MODELS_KEY}"}
        ) as client,
    ):
        yield client


def heard(api: httpx.Client, content: bytes, language: str | None = None) -> str:
    more = {"language": language} if language else {}
    file = {"file": ("a.wav", content)}
    response = api.post("/audio/transcriptions", data={"model": "whisper-base", **more}, files=file)
    assert response.status_code == 200, response.text
    return str(response.json()["text"])


def rate(api: httpx.Client, sentences: tuple[str, ...], language: str | None = None) -> float:
    """The share of words that are wrong, each sentence spoken and written down."""
    faults = total = 0
    for sentence in sentences:
        body = {"model": "any", "input": sentence, "voice": "alloy", "response_format": "wav"}
        text = heard(api, api.post("/audio/speech", json=body).content, language)
        faults += wrong(words(sentence), words(text))
        total += len(words(sentence))
    return faults / total


def test_one_word_in_ten_of_english_is_wrong_at_most(api):
    found = rate(api, ENGLISH)
    sys.stdout.write(f"\nword error rate, English, ten sentences: {found:.1%}\n")
    assert found <= MOST_WRONG


def test_what_indonesian_reaches_is_told(api):
    found = rate(api, INDONESIAN, "id")
    sys.stdout.write(f"\nword error rate, Indonesian, five sentences: {found:.1%}\n")


@pytest.mark.parametrize("kind", ["wav", "mp3", "ogg", "flac", "m4a", "webm"])
def test_every_type_is_heard(api, kind):
    assert wrong(words(SENTENCE), words(heard(api, spoken(kind)))) <= 1


@pytest.mark.parametrize("form", ["mp3", "opus", "aac", "flac", "wav", "pcm"])
def test_every_form_is_spoken(api, form):
    body = {"model": "any", "input": SENTENCE, "voice": "en", "response_format": form}
    sound = api.post("/audio/speech", json=body).content
    assert len(sound) > 3_000
    if form != "pcm":
        assert wrong(words(SENTENCE), words(heard(api, sound))) <= 1


def test_what_is_no_recording_and_what_is_no_voice_are_refused(api):
    file = {"file": ("a.wav", b"RIFF nothing")}
    refused = api.post("/audio/transcriptions", data={"model": "x"}, files=file)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "file")
    body = {"model": "x", "input": "Hello.", "voice": "nobody"}
    refused = api.post("/audio/speech", json=body)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "voice")
