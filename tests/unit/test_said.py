"""How passages in two languages are compared by what they say of a question."""

from __future__ import annotations

from nexus.models import Hit, Locator
from nexus.retrieval.fusion import fuse, rank
from nexus.retrieval.said import BY_CHANCE, tell_apart

QUESTION = "Berapa denda untuk buku perpustakaan yang terlambat dikembalikan?"
ENGLISH = "The fine for an overdue book is IDR 1,000 for each day that the reader is late."
INDONESIAN = "Mahasiswa yang pindah kamar memberi tahu pengelola asrama untuk menerima kunci baru."
GERMAN = "Wer ein Buch zu spät in die Bibliothek zurückbringt, der zahlt für jeden Tag eine Gebühr."


def hit(chunk_id: str, text: str, score: float) -> Hit:
    return Hit(
        chunk_id=chunk_id,
        document_id=chunk_id,
        title="",
        uri="",
        text=text,
        locator=Locator(),
        ordinal=0,
        added_in=1,
        score=score,
    )


def test_a_passage_says_what_its_words_mean_in_the_questions_language() -> None:
    hits = [hit("id", INDONESIAN, 0.9), hit("en", ENGLISH, 0.8)]
    found = tell_apart(QUESTION, "id", hits, [])
    assert found.foreign == {"en"}
    assert set(found.read) == {"en"}
    assert set(found.said) == {"en"}
    assert found.said["en"] > 0.3
    own = hit("own", "Denda buku perpustakaan yang terlambat dikembalikan adalah 1.000.", 0.7)
    assert tell_apart(QUESTION, "id", [*hits, own], []).said["en"] < found.said["en"] - 0.3


def test_a_passage_in_another_language_comes_first_if_it_says_more_of_the_question() -> None:
    far = hit("far", "Kegiatan olahraga diadakan setiap akhir pekan.", 0.1)
    dense = [hit("id", INDONESIAN, 0.9), hit("en", ENGLISH, 0.8), far]
    said = tell_apart(QUESTION, "id", dense, []).said
    assert [one.chunk_id for one, _ in fuse(dense, [], 0.1, {"en"})] == ["id", "en", "far"]
    fused = fuse(dense, [], 0.1, {"en"}, said)
    assert [one.chunk_id for one, _ in fused] == ["en", "id", "far"]
    assert all(0 <= score <= 1 for _, score in fused)
    relevances = {"id": 0.5, "en": 0.4, "far": 0.1}
    assert rank(fused, relevances, {}, said)[0].hit.chunk_id == "en"


def test_one_language_is_left_as_it_is() -> None:
    hits = [hit("id", INDONESIAN, 0.9)]
    assert tell_apart(QUESTION, "id", hits, []).said == {}
    assert tell_apart("What is the fine?", "en", [hit("en", ENGLISH, 0.9)], []).said == {}


def test_what_is_said_by_chance_speaks_against_a_passage() -> None:
    hits = [
        hit("id", INDONESIAN, 0.9),
        hit("en", "The rooms of the halls are cleaned by our staff once in a week.", 0.8),
    ]
    assert tell_apart(QUESTION, "id", hits, []).said["en"] == -BY_CHANCE


def test_a_language_without_a_dictionary_gains_nothing_by_what_others_say() -> None:
    hits = [hit("id", INDONESIAN, 0.9), hit("en", ENGLISH, 0.8), hit("de", GERMAN, 0.7)]
    found = tell_apart(QUESTION, "id", hits, [])
    assert found.foreign == set(found.said) == {"en", "de"}
    assert found.said["en"] > 0.3
    assert found.said["de"] == 0
    assert tell_apart(QUESTION, "id", [hits[0], hits[2]], []).said == {}


def test_a_language_without_a_dictionary_loses_no_more_than_the_best_that_is_read() -> None:
    own = "Denda buku perpustakaan yang terlambat dikembalikan adalah 1.000 rupiah."
    hits = [hit("id", own, 0.9), hit("en", ENGLISH, 0.8), hit("de", GERMAN, 0.7)]
    found = tell_apart(QUESTION, "id", hits, [])
    assert found.said["en"] < 0
    assert found.said["de"] == found.said["en"]
