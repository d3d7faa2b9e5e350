import type { problems as en } from "../en/problems";
import type { Like } from "../texts";

const TITLES: Record<number, string> = {
  400: "Permintaan tidak dapat dibaca",
  401: "Belum masuk",
  403: "Tidak diizinkan",
  404: "Tidak ditemukan",
  409: "Bertentangan dengan keadaan sekarang",
  413: "Terlalu besar",
  415: "Jenis ini tidak didukung",
  422: "Isian perlu diperbaiki",
  429: "Terlalu banyak permintaan, atau anggaran habis",
  503: "Layanan sedang tidak tersedia",
  504: "Layanan terlalu lama menjawab",
};

export const problems: Like<typeof en> = {
  network: "Layanan tidak dapat dihubungi. Periksa koneksi Anda, lalu coba lagi; yang Anda ketik tidak hilang.",
  broken: "Koneksi terputus. Coba lagi; yang sudah diterima tetap ada.",
  unreadable:
    "Jawaban layanan tidak dapat dibaca oleh halaman ini. Muat ulang halaman; bila tetap demikian, beri tahu pengelolanya.",
  signIn: "Sesi masuk Anda telah berakhir. Masuk lagi; yang Anda ketik tersimpan.",
  key: "Kunci ini tidak dikenal atau sudah dicabut.",
  waits: (seconds) => `Coba lagi dalam ${seconds} detik.`,
  inEnglish: "Dari layanan, dalam bahasa Inggris:",
  title: (status, _told) => TITLES[status] ?? (status >= 500 ? "Terjadi kesalahan pada layanan" : "Layanan menolak"),
  refused: (status) => `Layanan menolak (${status}).`,
  request: (id) => `Permintaan ${id}`,
  again: "Coba lagi",
  signInAgain: "Masuk lagi",
};
