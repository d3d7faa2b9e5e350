"""Knows the words that columns and fields are called by, in English and Indonesian."""

from __future__ import annotations

import re
from functools import lru_cache

# What offices write above a column or before a field; singular, since plurals are looked up too.
_WORDS = frozenset(
    """
    account action activity address age amount answer answered applicant approved area article
    author average balance bank birthday board born branch brand budget building capacity car
    category chairman city class client closes closing code color colour column comment
    committee company condition contact cost count country course credit crop currency customer
    date day deadline debit definition department dept description designation destination
    detail device difference director discount district division document driver due duration
    e-mail email employee employer end ends enrolled equipment event examiner expense expiry
    facility faculty fax fee field file fine first floor form frequency from full function
    gender given grade group guest head height holder hour household how id income index
    indicator institution invoice issue item job kind language last leaves lecturer length level
    limit line location machine maker manager material max maximum member method min minimum
    mobile model month name nationality net no note number occupation office officer opening
    opens operator option order organisation organization outcome owner paid participant partner
    party patient payment percent percentage period person phone place player point population
    position post postcode prepared price principal priority product program programme project
    province purpose qty quantity question quota rank rate reason receipt recipient record ref
    reference region registration relation religion remark report reported requirement
    responsible result role room route salary sample schedule school score seat section semester
    sender serial series service sex share shelf shift signature site size software source spent
    staff stage start starts state status stock street student subject subtotal sum supervisor
    supplier surname task tax teacher team telephone term test ticket time title topic total
    town trainer tuition type unit university until updated uploaded user valid value variable
    vehicle vendor venue village visitor volume ward website week weekday weight what when where
    who year zip

    alamat anggaran anggota angkatan arti asal asuransi atasan bagaimana bagian bahan banyak
    barang batas berangkat berat berlaku besaran biaya bidang buku bulan cabang cara catatan
    daerah dana denda desa deskripsi dijawab diperbarui disetujui diskon disusun dosen durasi
    email fakultas fitur fungsi gaji gedung gelar gelombang golongan guru harga hari hasil honor
    hp ijazah indikator isi istilah jabatan jadwal jam jarak jatuh jawaban jenis jenjang judul
    jumlah jurusan kab kabupaten kamar kapan kapasitas kategori kecamatan kegiatan kelamin kelas
    kelompok kelurahan kembali kendaraan kepala keperluan ket keterangan ketua kk kode kolom
    komponen kondisi kota kualitas kuliah kuota kurir kursus lahir lama lantai layanan lembaga
    lokasi luas lulusan mahasiswa mapel masa mata materi menit merek mitra mulai nama nasabah
    negara nik nilai nim nip nisn no nomor npwp pangkat pasien pegawai pekerjaan pelajaran
    pelaksana pelanggan pemasok pembayaran pemilik penanggung pendaftaran pendidikan penerbit
    penerima pengarang pengirim penguji penyakit periode pertanyaan perusahaan peserta petugas
    pimpinan poin posisi potongan predikat prestasi prodi produk program provinsi proyek
    realisasi rekening ruang ruangan rute saldo sampai sanksi sasaran satuan sekolah sekretaris
    selesai semester shift siapa sifat sisa siswa skor sks staf status suku sumber supir syarat
    tahap tahun tanda tanggal target tarif telepon telp tempat tenggat terpakai tgl tiket
    tingkat tipe total tugas tujuan ukuran umur unit uraian urutan usia utang volume waktu wali
    warna wilayah
    """.split()
)
# Longer ones are sentences, or what somebody filled in.
_MOST_WORDS = 5
_LONGEST = 50
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")


@lru_cache(maxsize=4096)
def is_column_word(text: str) -> bool:
    """Whether the text reads as the name of a column or a field, such as "Date of birth"."""
    if len(text) > _LONGEST or "?" in text:
        return False
    words = [word.lower() for word in _WORD.findall(text)]
    if not 0 < len(words) <= _MOST_WORDS or any(map(str.isdigit, text)):
        return False
    return any(_known(word) for word in words)


def _known(word: str) -> bool:
    return (
        word in _WORDS
        or word.removesuffix("s") in _WORDS
        or word.removesuffix("es") in _WORDS
        or (word.endswith("ies") and f"{word[:-3]}y" in _WORDS)
    )
