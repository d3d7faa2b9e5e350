"""Writes handbooks as a typesetter does: embedded fonts, kerned and justified text, lists, tables.

Run by `frameworks.py` with the interpreter of `.local/bench`, which has Typst; imports nothing of
Nexus. The same seed gives the same bytes.
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime
from pathlib import Path

# What a sentence's braces stand for, by language.
WORDS = {
    "en": {
        "who": "student|lecturer|supervisor|head of programme|visiting researcher|new employee",
        "unit": "registry|finance office|library|dean's office|laboratory|student affairs office",
        "thing": "application|scholarship|thesis proposal|laboratory report|travel claim|contract",
        "when": "the first Monday of March|the end of each semester|14 days|30 September|noon",
        "does": "submits|renews|confirms in writing|withdraws|may ask for an extension of",
    },
    "id": {
        "who": "mahasiswa|dosen|pembimbing|ketua program studi|peneliti tamu|pegawai baru",
        "unit": "bagian akademik|bagian keuangan|perpustakaan|dekanat|laboratorium",
        "thing": "permohonan|beasiswa|usulan skripsi|laporan praktikum|klaim perjalanan|kontrak",
        "when": "hari Senin pertama bulan Maret|akhir setiap semester|14 hari|30 September",
        "does": "mengajukan|memperbarui|menegaskan secara tertulis|menarik kembali",
    },
}
SENTENCES = {
    "en": (
        "Every {who} {does} the {thing} before {when}.",
        "The {unit} keeps a copy of the {thing} for {n} years and returns the original.",
        "If the {thing} is late, the {who} pays {n}00,000 rupiah to the {unit}, without appeal.",
        "A {who} whose {thing} was refused may write to the {unit}, which replies within {n} days.",
        "For questions about the {thing}, the {unit} is open from {n} a.m. until {when}.",
        "Where a {thing} concerns more than {n} people, the {who} and the {unit} decide together.",
    ),
    "id": (
        "Setiap {who} {does} {thing} sebelum {when}.",
        "Pihak {unit} menyimpan salinan {thing} selama {n} tahun dan mengembalikan aslinya.",
        "Jika {thing} terlambat, {who} membayar {n}00.000 rupiah kepada {unit}.",
        "Seorang {who} yang {thing}-nya ditolak dapat menulis kepada {unit} dalam {n} hari.",
        "Untuk pertanyaan tentang {thing}, {unit} buka pukul {n} sampai {when}.",
    ),
}
# Set as office documents are; a page of prose holds about 400 words.
HEAD = """#set document(title: "{title}")
#set page(paper: "a4", margin: 3cm, numbering: "1 / 1", header: [{title}])
#set text(size: 12pt, lang: "{language}")
#set par(justify: true, leading: 0.8em)
#set heading(numbering: "1.1")
#outline()
"""
# Sections of one chapter; one page holds about one and a half.
SECTIONS = 4
SECTIONS_PER_PAGE = 1.5


def handbook(pages: int, seed: int) -> str:
    """The Typst source of a handbook of about so many pages; every fourth is Indonesian."""
    chance = random.Random(seed)
    language = "id" if seed % 4 == 3 else "en"
    title = f"Buku Pedoman {seed}" if language == "id" else f"Staff and Student Handbook {seed}"
    source = [HEAD.format(title=title, language=language)]
    for number in range(round(pages * SECTIONS_PER_PAGE)):
        if number % SECTIONS == 0:
            source.append(f"= {_words('{thing}, {unit}', language, chance).capitalize()}\n")
        source.append(f"== {_words('{thing}: {who}', language, chance).capitalize()}\n")
        source += [_prose(language, chance) + "\n" for _ in range(3)]
        source.append(_table(language, chance) if number % 5 == 4 else _list(language, chance))
    return "\n".join(source)


def _sentence(language: str, chance: random.Random) -> str:
    return _words(chance.choice(SENTENCES[language]), language, chance)


def _words(pattern: str, language: str, chance: random.Random) -> str:
    kinds = WORDS[language].items()
    chosen = {kind: chance.choice(words.split("|")) for kind, words in kinds}
    return pattern.format(n=chance.randint(2, 9), **chosen)


def _prose(language: str, chance: random.Random) -> str:
    sentences = (_sentence(language, chance) for _ in range(chance.randint(3, 5)))
    return " ".join(sentences)


def _list(language: str, chance: random.Random) -> str:
    return "\n".join(f"- {_sentence(language, chance)}" for _ in range(3)) + "\n"


def _table(language: str, chance: random.Random) -> str:
    rows = (
        f"[{_words('{thing}', language, chance)}], [{_words('{unit}', language, chance)}], "
        f"[{chance.randint(1, 99)}0,000],"
        for _ in range(6)
    )
    return "#table(columns: (1fr, 1fr, auto),\n" + "\n".join(rows) + "\n)\n"


def main() -> None:
    """Writes so many handbooks, each of about so many pages, into a folder."""
    import typst  # type: ignore[import-not-found]

    folder, documents, pages = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    # The fonts that come with Typst, whatever this machine has; no date of today.
    fonts = typst.Fonts(include_system_fonts=False)
    for seed in range(documents):
        typst.compile(
            handbook(pages, seed).encode(),
            output=str(folder / f"typeset-{seed}.pdf"),
            font_paths=fonts,
            timestamp=datetime(2026, 1, 1, tzinfo=UTC),
        )


if __name__ == "__main__":
    main()
