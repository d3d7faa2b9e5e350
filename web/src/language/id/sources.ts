import type { sources as en } from "../en/sources";
import type { Like } from "../texts";

export const sources: Like<typeof en> = {
  title: "Sumber",
  quote: "Yang dikutip jawaban",
  computed: "Dihitung dari baris-baris dokumen",
  tool: "Ini diberikan alat milik agen saat menjawab. Ini bukan dokumen, dan tidak disimpan di tempat lain.",
  close: "Tutup sumber",
  open: "Buka dokumen",
  loading: "Memuat dokumen …",
  gone: "Versi dokumen ini tidak dapat ditampilkan lagi: sudah diganti, dihapus, atau tidak boleh Anda lihat. Kutipannya adalah dasar jawaban.",
  unreadable: "Dokumen tidak dapat ditampilkan di sini. Kutipannya adalah dasar jawaban.",
  page: (at, all) => `Halaman ${at} dari ${all}`,
  pageImage: (at) => `Halaman ${at} dari dokumen`,
  previous: "Halaman sebelumnya",
  next: "Halaman berikutnya",
  larger: "Perbesar",
  smaller: "Perkecil",
  toQuote: "Ke kutipan",
  marked: "Kutipan ditandai.",
  notMarked: "Kutipan tidak ditemukan dalam teks halaman, yang bisa berupa gambar: kutipan ada di atas.",
  row: "Baris",
  rows: (from, until, all) => `Baris ${from} sampai ${until} dari ${all}`,
  changed: "Dokumen telah berubah sejak dikutip: inilah isinya sekarang.",
  more: "Tampilkan lagi",
};
