"""Tells what turns a sentence round: negations, conditions, limits, opposites and obligations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

NEGATIONS = frozenset(
    """not no never neither nor none nobody nothing nowhere without cannot cant n't dont doesnt
    didnt isnt arent wasnt werent wont wouldnt shouldnt couldnt mustnt havent hasnt hadnt unable
    fail fails failed lack lacks hardly refuse refused denied deny exempt exempted
    tidak tak bukan bukanlah jangan belum tanpa tiada dilarang nggak gak
    nicht kein keine keinen keinem keiner nie niemals ohne weder
    pas jamais sans aucun aucune ni ne non rien
    nunca sin ningún ninguna ninguno tampoco jamás nada""".split()
)
CONDITIONS = frozenset(
    """if unless except excepting excluding until provided only solely exclusively otherwise subject
    depending when kecuali jika bila apabila asalkan hanya cuma sepanjang melainkan
    wenn falls sofern sauf si seulement uniquement nur außer
    salvo excepto solo sólo solamente únicamente""".split()
)
# Opposites: who says the one where a passage says the other, says something else.
_OPPOSITES = """
free gratis cuma | charge charged charges fee fees paid payable cost costs biaya bayar
  berbayar dipungut tarif
allowed permitted may can boleh diizinkan diperbolehkan | forbidden prohibited banned dilarang
  larangan
optional recommended voluntary may boleh opsional disarankan sukarela | compulsory mandatory
  required must obligatory wajib harus
open opens opened buka dibuka | close closes closed shut tutup ditutup
before sebelum prior | after setelah sesudah
above over more lebih greater higher exceed exceeds exceeding | below under less kurang fewer
  lower
maximum most minimal paling maksimal maksimum | minimum least minimal minimum sedikit
increase increases increased rise rose risen grew growth up gain gained naik meningkat
  bertambah tumbuh higher | decrease decreases decreased fall fell fallen declined decline
  down drop dropped lost turun menurun berkurang lower
all every each always semua seluruh setiap selalu | some few sometimes several sebagian
  beberapa kadang most
first pertama earliest | last terakhir latest
start starts started begin begins began mulai dimulai | end ends ended finish finished akhir
  berakhir selesai
accepted accepts approved diterima disetujui | rejected refused declined ditolak
included includes including termasuk | excluded excludes excluding
cancelled canceled dibatalkan postponed ditunda | held confirmed diadakan berlangsung takes
early earlier | late later
win won wins | lose lost loses
buy bought purchase | sell sold
import imported | export exported
male man men boy he laki | female woman women girl she perempuan wanita
mother ibu | father ayah
north utara | south selatan
east timur | west barat
left kiri | right kanan
high higher highest tinggi | low lower lowest rendah
large larger largest big besar | small smaller smallest kecil
old older oldest lama | new newer newest young younger baru
long longer longest panjang | short shorter shortest pendek
best better | worst worse
with dengan | without tanpa
inside indoors indoor dalam | outside outdoors outdoor luar
public umum | private pribadi
true benar | false salah
safe aman | dangerous unsafe berbahaya
possible mungkin | impossible mustahil
same sama | different berbeda
day daily hari harian | week weekly minggu mingguan | month monthly bulan bulanan | year
  yearly annual annually tahun tahunan | hour hourly
morning pagi am | afternoon siang | evening malam night pm
monday senin | tuesday selasa | wednesday rabu | thursday kamis | friday jumat | saturday
  sabtu | sunday
cash tunai | card kartu
student students mahasiswa siswa | staff lecturer lecturers employees employee dosen karyawan
  pegawai | visitor visitors guest guests tamu pengunjung
""".strip()


@lru_cache(maxsize=1)
def _opposites() -> dict[str, tuple[tuple[frozenset[str], frozenset[str]], ...]]:
    """Each word, with its own side and the opposite side of each line that it stands in."""
    found: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = {}
    for line in _OPPOSITES.replace("\n  ", " ").splitlines():
        sides = [frozenset(side.split()) for side in line.split("|")]
        for side in sides:
            others = frozenset().union(*(s for s in sides if s is not side))
            for word in side:
                found.setdefault(word, []).append((side, others))
    return {word: tuple(sides) for word, sides in found.items()}


# Who may and who must; a passage that says "may" does not say "must".
_MODALS = {
    "must": "must shall required requires require mandatory compulsory obligatory wajib harus "
    "diwajibkan perlu muss müssen doit doivent debe deben",
    "may": "may might could possibly perhaps optional can boleh dapat bisa mungkin kann darf peut "
    "peuvent puede pueden allowed permitted",
    "should": "should recommended advised ought sebaiknya disarankan sollte",
}
_MODAL = {word: kind for kind, words in _MODALS.items() for word in words.split()}
# What limits or widens a statement, and so has to stand in the passage if a sentence says it.
LIMITS = frozenset(
    """all every each always any some few several many most mostly often usually sometimes rarely
    both either only solely first last least at-least more less fewer than over under above below
    before after until since within during between against per twice once again still already
    semua seluruh setiap selalu beberapa sebagian hanya cuma paling lebih kurang sebelum setelah
    sampai hingga alle jede immer nur mehr weniger vor nach tous toutes chaque toujours plus moins
    avant après todos todas cada siempre más menos antes después""".split()
)
# In scripts without blanks, and in those that deny at the end of a word.
_EASTERN = re.compile(
    r"不|没|沒|無|无|未|非|禁|勿|别|ない|ません|ずに|않|안\s|못|없|아니|말아|말라|금지|"
    r"\bلا\b|\bليس|\bلم\b|\bلن\b|\bбез\b|\bне\b|\bнет\b|नहीं|बिना|ไม่|không|chưa"
)
_EASTERN_LIMIT = re.compile(r"只|仅|僅|除非|除了|如果|だけ|のみ|만\s|경우에만|لكن|إلا|فقط|केवल|यदि")


def negations(words: Sequence[str], text: str) -> int:
    """How many negations a text in lower case has; two in a row of one language count as two."""
    spaced = sum(word in NEGATIONS or word.endswith("n't") for word in words)
    # French denies with two words.
    if "ne" in words and not {"pas", "jamais", "aucun", "aucune", "rien"}.isdisjoint(words):
        spaced -= 1
    if "neither" in words and "nor" in words:
        spaced -= 1
    return spaced if text.isascii() else spaced + len(_EASTERN.findall(text))


def conditions(words: Sequence[str], text: str) -> frozenset[str]:
    """The words of a text that bind what it says to a condition, or limit it to one case."""
    found = CONDITIONS.intersection(words)
    return found if text.isascii() else found.union(_EASTERN_LIMIT.findall(text))


def overstates(said: frozenset[str], stated: frozenset[str]) -> bool:
    """Whether a text says must where the other does not, or only may where the other says must."""
    if "must" in said:
        return "must" not in stated
    return bool(said) and "must" in stated


def modality(words: Sequence[str]) -> frozenset[str]:
    """Whether a text says must, may or should; several at once, or none."""
    return frozenset(_MODAL[word] for word in words if word in _MODAL)


def turned_round(said: frozenset[str], stated: frozenset[str]) -> bool:
    """Whether a word that is said has its opposite stated and is not stated itself."""
    opposites = _opposites()
    for word in said - stated:
        for side, others in opposites.get(word, ()):
            if stated & others and not stated & side:
                return True
    return False
