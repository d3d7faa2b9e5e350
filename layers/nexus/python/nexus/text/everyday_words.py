"""Everyday words of handbooks and rules that say the same in English and Indonesian."""

from __future__ import annotations

# One meaning a line: English, then Indonesian.
_TABLE = """
fee cost charge price tuition pay payment paid | biaya harga tarif ongkos bayar pembayaran dibayar
fine penalty | denda sanksi
student undergraduate | mahasiswa siswa pelajar
lecturer teacher professor | dosen guru pengajar
employee staff worker | karyawan pegawai staf
library | perpustakaan
book | buku
borrow loan lend borrower | pinjam peminjaman meminjam dipinjam peminjam
return returned | kembali pengembalian mengembalikan dikembalikan
renew renewal extend extension | perpanjang perpanjangan diperpanjang memperpanjang
day daily | hari harian
week weekly | minggu pekan mingguan
month monthly | bulan bulanan
year annual yearly | tahun tahunan
hour o'clock | jam pukul
minute | menit
semester term | semester
open opens opening | buka dibuka pembukaan
close closes closed closing | tutup ditutup penutupan
deadline due latest | tenggat lambat batas
start begin begins commence | mulai dimulai bermula
end finish ends | akhir berakhir selesai
register registration enrol enrolment enroll enrollment sign | daftar pendaftaran mendaftar
apply application request | permohonan mengajukan diajukan pengajuan ajukan lamaran
require required requirement need needs must | wajib syarat persyaratan perlu diperlukan memerlukan
allow allowed permitted permit | boleh diperbolehkan diizinkan izin
forbid forbidden prohibited banned | dilarang larangan
free | gratis cuma
late overdue | terlambat keterlambatan telat
lost lose missing | hilang kehilangan
replace replacement | ganti pengganti penggantian mengganti
card | kartu
letter | surat
form | formulir
document | dokumen berkas
room | ruang ruangan kamar
dormitory dorm hostel | asrama
floor storey | lantai
building | gedung bangunan
office | kantor
faculty | fakultas
university campus | universitas kampus
programme program | prodi
degree | gelar
bachelor | sarjana
master | magister
doctoral doctorate | doktor doktoral
scholarship | beasiswa
grade mark score | nilai
exam examination test | ujian tes
course class subject | kuliah kelas matakuliah perkuliahan
credit credits | sks kredit
thesis dissertation | skripsi tesis disertasi
graduate graduation | lulus wisuda lulusan kelulusan
instalment installment | cicilan dicicil angsuran
account | rekening akun
bank | bank
cash | tunai
phone telephone call | telepon telpon pesawat
email mail | surel pos
contact reach | hubungi kontak menghubungi dihubungi
service | layanan dilayani pelayanan
counselling counseling | konseling
health medical | kesehatan medis
insurance | asuransi
leave holiday vacation | cuti libur liburan
salary wage | gaji upah
contract agreement | kontrak perjanjian
department division | bagian departemen bidang
rule regulation policy | aturan peraturan kebijakan ketentuan tata
maximum most limit | maksimum maksimal paling banyak
minimum least minimum | minimal sedikit
approve approved approval | setuju disetujui persetujuan
submit submitted send sent | kirim serahkan menyerahkan diserahkan dikirim mengirim
receive received get obtain | terima menerima diterima dapat memperoleh mendapat
child | anak
parent | orangtua orang
person people | orang
name | nama
address | alamat
city town | kota
road street | jalan
school | sekolah
government | pemerintah
law | hukum undang
water | air
food meal | makanan makan
electricity power | listrik
safety secure security | keamanan keselamatan aman
fire | kebakaran api
emergency | darurat
visitor guest | tamu pengunjung
vehicle car | kendaraan mobil
parking park | parkir
internet network | jaringan
password | kata sandi
equipment device | alat perangkat peralatan
repair fix | perbaikan perbaiki memperbaiki
warranty guarantee | garansi jaminan
delivery shipping | pengiriman antar
order | pesanan memesan
refund | pengembalian
customer client | pelanggan nasabah
company firm | perusahaan
product | produk barang
new | baru
old | lama
first | pertama
last | terakhir
large big | besar
small | kecil
long | lama panjang
high | tinggi
low | rendah
public | umum publik
weekday workday | kerja
weekend | akhir
morning | pagi
evening night | malam
afternoon | siang sore
use used using | pakai gunakan digunakan menggunakan penggunaan memakai
give given provide provided | beri diberikan memberi memberikan menyediakan disediakan tersedia
available | tersedia
build built founded established | dibangun didirikan pendirian mendirikan
valid effective | berlaku
keep store kept | simpan disimpan menyimpan
include included including | termasuk
"""

MEANINGS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = tuple(
    (tuple(english.split()), tuple(indonesian.split()))
    for english, _, indonesian in (line.partition("|") for line in _TABLE.strip().splitlines())
)
