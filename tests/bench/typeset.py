"""Makes manuals as a typesetter sets them, for benchmarks that need PDFs as companies write them.

    .local/bench/bin/python -P tests/bench/typeset.py FOLDER [--documents 8] [--pages 25]

Typst, which lives in `.local/bench`, sets the words that are drawn here: embedded subsets of its
own fonts with maps to Unicode, ligatures, kerning, justified and hyphenated lines, compressed
streams, bookmarks, tags. A seed makes the same manual again, byte for byte, and nothing is
fetched. Imports nothing of Nexus, since it runs in an environment without it.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# What a block says is data; how it looks is only here. Libertinus has the ligatures of a book face.
LAYOUT = """
#let manual = json(bytes(sys.inputs.manual))
#set document(title: manual.title, date: none)
#set text(font: "Libertinus Serif", size: 11pt, lang: "en")
#set par(justify: true, leading: 0.88em, spacing: 1.4em)
#set heading(numbering: "1.1")
#set page(
  paper: "a4",
  margin: (x: 3cm, top: 3.2cm, bottom: 2.8cm),
  header: [#manual.title #h(1fr) #emph(manual.edition)],
  footer: context align(center)[Page #counter(page).display() of #counter(page).final().first()],
)
#show heading: set block(above: 1.9em, below: 1.1em)
#for block in manual.blocks {
  set text(lang: block.language)
  if block.kind == "heading" { heading(level: block.level, block.text) }
  if block.kind == "paragraph" { par(block.text) }
  if block.kind == "items" { list(..block.items) }
  if block.kind == "table" {
    align(center, table(
      columns: block.rows.first().len(),
      align: (at, _) => if at == 0 { left } else { right },
      table.header(..block.rows.first().map(strong)),
      ..block.rows.slice(1).flatten(),
    ))
  }
}
"""
# As many as LAYOUT sets on a page of prose, lists and tables.
WORDS_A_PAGE = 470

# A slot in braces is filled from the pool of that name, whose entries may have slots themselves.
POOLS = {
    "en": {
        "who": (
            "every employee|a line manager|the {office}|a new joiner|the safety officer|staff of "
            "the {office}|a contractor with a valid badge|the shift supervisor|a member of the "
            "works council|the head of department|a colleague on probation|the duty engineer"
        ),
        "office": (
            "finance office|people office|facilities desk|legal team|procurement office|"
            "information security team|regional branch in {city}|training centre|first-aid room|"
            "data protection officer|warehouse in {city}|payroll department"
        ),
        "city": "Surabaya|Bandung|Semarang|Makassar|Medan|Denpasar|Yogyakarta|Balikpapan",
        "paper": (
            "expense claim|travel request|medical certificate|incident report|non-disclosure "
            "agreement|overtime sheet|training plan|purchase order|risk assessment|supplier "
            "questionnaire|handover note|performance review|leave application|asset register"
        ),
        "thing": (
            "laptop|access card|company vehicle|fire extinguisher|forklift|server room|client file|"
            "meeting room|mobile phone|safety helmet|backup tape|petty cash box|visitor badge"
        ),
        "act": (
            "approve|file|countersign|verify|reject in writing|archive|forward|confirm receipt of"
        ),
        "how": (
            "without delay|in good faith|by electronic signature|through the staff portal|in the "
            "presence of a witness|on the official form|at the first opportunity|free of charge"
        ),
        "when": (
            "before the end of the fiscal quarter|within {number} working days|on the first Monday "
            "of the month|no later than {hour}|after the annual audit|during the first {number} "
            "weeks of service|unless the notice says otherwise|while the office is closed"
        ),
        "why": (
            "the figures affect the budget of the following year|a difficult case was found "
            "insufficiently documented|auditors ask for the original file|an efficient workflow "
            "saves effort for everyone|the insurer will not reimburse a loss that was reported "
            "late|confidential information must not leave the building|the law of the host "
            "country requires it|two offices once paid for the same delivery"
        ),
        "sum": "Rp {thousands},000|Rp {number},{thousands},000|USD {thousands}|{number} per cent",
    },
    "id": {
        "who": (
            "setiap karyawan|atasan langsung|bagian {office}|pegawai baru|petugas keselamatan|"
            "kepala bagian|pekerja kontrak|anggota serikat pekerja|pengawas giliran kerja"
        ),
        "office": (
            "keuangan|sumber daya manusia|pengadaan|hukum|keamanan informasi|pelatihan|gudang di "
            "{city}|penggajian|layanan umum"
        ),
        "city": "Surabaya|Bandung|Semarang|Makassar|Medan|Denpasar|Yogyakarta|Balikpapan",
        "paper": (
            "surat permohonan cuti|laporan kejadian|surat keterangan dokter|lembar lembur|rencana "
            "pelatihan|perjanjian kerahasiaan|bukti pembayaran|daftar inventaris|formulir klaim"
        ),
        "thing": (
            "kendaraan dinas|kartu akses|komputer jinjing|ruang rapat|alat pemadam api|helm "
            "keselamatan|berkas nasabah|buku-buku pedoman|telepon genggam"
        ),
        "act": "menyetujui|menyerahkan|memeriksa|menolak|menyimpan|menandatangani|meneruskan",
        "how": (
            "secara tertulis|melalui portal karyawan|tanpa dipungut biaya|di hadapan saksi|dengan "
            "tanda tangan elektronik|pada kesempatan pertama|sebaik-baiknya"
        ),
        "when": (
            "paling lambat {number} hari kerja setelah kejadian|sebelum akhir triwulan|setiap hari "
            "Senin pertama|sebelum pukul {hour}|selama masa percobaan|kecuali ditentukan lain"
        ),
        "why": (
            "perusahaan bertanggung jawab atas keselamatan bersama|auditor meminta berkas asli|"
            "peraturan perundang-undangan mewajibkannya|kerugian yang terlambat dilaporkan tidak "
            "diganti oleh asuransi|informasi rahasia tidak boleh keluar dari gedung"
        ),
        "sum": "Rp {thousands}.000|Rp {number}.{thousands}.000|{number} persen",
    },
}
SENTENCES = {
    "en": (
        "{who} must {act} the {paper} {how}, {when}.|The {paper} goes to the {office}, which keeps "
        "a copy of it for {number} years.|If the {thing} is damaged or lost, {who} tells the "
        "{office} {when} and files an “incident form” {how}.|Costs of more than "
        "{sum} are refunded only when {who} has approved them {how}.|This is because {why}.|The "
        "{office} may {act} the {paper} {when}, but {who} is free to object {how}; the objection "
        "is decided within {number} days.|Nobody may use the {thing} without the consent of the "
        "{office}, even {when}.|{who} who has worked for the company for at least {number} months "
        "is entitled to a supplement of {sum}, paid with the salary of the month after the {paper} "
        "was accepted.|Between {hour} and {hour} the {thing} is reserved for the {office} – other "
        "staff book it {how}.|Where {why}, the {office} shall {act} the {paper} and inform {who}.|"
        "Questions about the {paper} are answered by the {office} in {city}.|Any {paper} that is "
        "incomplete is returned; the period of {number} days begins again when {who} hands it in."
    ),
    "id": (
        "{who} wajib {act} {paper} {how}, {when}.|{paper} diserahkan kepada bagian {office}, yang "
        "menyimpan salinannya selama {number} tahun.|Apabila {thing} rusak atau hilang, {who} "
        "melapor kepada bagian {office} {when}.|Biaya yang melebihi {sum} hanya diganti jika {who} "
        "telah {act} {paper} {how}.|Hal ini diperlukan karena {why}.|Tidak seorang pun boleh "
        "menggunakan {thing} tanpa izin bagian {office}, {when}.|Antara pukul {hour} dan {hour}, "
        "{thing} hanya digunakan oleh bagian {office} di {city}.|{who} yang telah bekerja sekurang-"
        "kurangnya {number} bulan berhak atas tunjangan sebesar {sum}."
    ),
}
ITEMS = {
    "en": (
        "the {paper}, signed by {who} {how};|proof that the {thing} was returned {when};|a short "
        "account of what happened and why it could not be foreseen by {who};|the amount in full, "
        "if it is above {sum};|the name of {who} and of the {office} concerned."
    ),
    "id": (
        "{paper} yang telah ditandatangani oleh {who};|bukti bahwa {thing} telah dikembalikan "
        "{when};|jumlah biaya secara lengkap, jika melebihi {sum};|nama {who} dan bagian {office}."
    ),
}
HEADINGS = {
    "en": (
        "Use of the {thing}|Filing the {paper}|Duties of the {office}|Office hours in {city}|"
        "Allowances and benefits|When the {paper} is rejected|Loss of the {thing}|Offsite work"
    ),
    "id": (
        "Penggunaan {thing}|Tata cara pengajuan {paper}|Tugas bagian {office}|Jam kerja di {city}|"
        "Tunjangan dan fasilitas|Kehilangan {thing}"
    ),
}
COLUMNS = {
    "en": ("Item", "Limit", "Days", "Approved by"),
    "id": ("Uraian", "Batas", "Hari", "Disetujui oleh"),
}
_SLOT = re.compile(r"\{(\w+)\}")


def manual(pages: int, seed: int) -> dict[str, Any]:
    """The words of a manual of about that many pages: its title, edition and blocks in order."""
    chance = random.Random(seed)
    blocks: list[dict[str, Any]] = []
    words = 0
    while words < pages * WORDS_A_PAGE:
        for block in _section(chance, starts_chapter=not blocks or chance.random() < 0.2):
            blocks.append(block)
            words += len(" ".join(said(block)).split())
    return {
        "title": f"Staff Manual of the {_drawn(POOLS['en']['office'], 'en', chance)}",
        "edition": f"Edition {seed + 1}",
        "blocks": blocks,
    }


def said(block: dict[str, Any]) -> Iterator[str]:
    """The block's texts, in the order in which they are read."""
    if "text" in block:
        yield block["text"]
    yield from block.get("items", ())
    for row in block.get("rows", ()):
        yield from row


def typeset(document: dict[str, Any]) -> bytes:
    """The manual as a PDF."""
    import typst

    # System fonts would make the PDF another one on another machine.
    made: bytes = typst.compile(
        LAYOUT.encode(), ignore_system_fonts=True, sys_inputs={"manual": json.dumps(document)}
    )
    return made


def main() -> None:
    """Writes the manuals into the folder, named by their seeds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=8)
    parser.add_argument("--pages", type=int, default=25, help="of each document, about")
    given = parser.parse_args()
    for seed in range(given.documents):
        (given.folder / f"{seed}.pdf").write_bytes(typeset(manual(given.pages, seed)))


def _section(chance: random.Random, *, starts_chapter: bool) -> Iterator[dict[str, Any]]:
    language = "id" if chance.random() < 0.2 else "en"

    def block(kind: str, **content: Any) -> dict[str, Any]:
        return {"kind": kind, "language": language, **content}

    def one_of(patterns: dict[str, str]) -> str:
        return _drawn(patterns[language], language, chance)

    def paragraph() -> dict[str, Any]:
        sentences = (_capitalised(one_of(SENTENCES)) for _ in range(chance.randint(3, 6)))
        return block("paragraph", text=" ".join(sentences))

    if starts_chapter:
        yield block("heading", level=1, text=_capitalised(one_of(HEADINGS)))
        yield paragraph()
    yield block("heading", level=2, text=_capitalised(one_of(HEADINGS)))
    for _ in range(chance.randint(2, 4)):
        yield paragraph()
    if chance.random() < 0.4:
        yield block("items", items=[one_of(ITEMS) for _ in range(chance.randint(3, 6))])
        yield paragraph()
    if chance.random() < 0.25:
        pool = POOLS[language]
        cells = ("{paper}", "{sum}", "{number}", "{office}")
        body = [
            [_capitalised(_filled(cell, pool, chance)) for cell in cells]
            for _ in range(chance.randint(4, 8))
        ]
        yield block("table", rows=[list(COLUMNS[language]), *body])
        yield paragraph()


def _drawn(patterns: str, language: str, chance: random.Random) -> str:
    return _filled(chance.choice(patterns.split("|")), POOLS[language], chance)


def _filled(pattern: str, pool: dict[str, str], chance: random.Random) -> str:
    def fill(slot: re.Match[str]) -> str:
        match slot[1]:
            case "number":
                return str(chance.randint(2, 60))
            case "thousands":
                return str(chance.randint(100, 999))
            case "hour":
                return f"{chance.randint(7, 19):02}:{chance.choice(('00', '15', '30'))}"
            case "quote":
                return "“"
            case "unquote":
                return "”"
            case name:
                return _filled(chance.choice(pool[name].split("|")), pool, chance)

    return _SLOT.sub(fill, pattern)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


if __name__ == "__main__":
    main()
