import type { problems as en } from "../en/problems";
import type { Like } from "../texts";

export const problems: Like<typeof en> = {
  network: "Layanan tidak dapat dihubungi. Periksa koneksi Anda, lalu coba lagi; yang Anda ketik tidak hilang.",
  broken: "Koneksi terputus. Coba lagi; yang sudah diterima tetap ada.",
  unreadable:
    "Jawaban layanan tidak dapat dibaca oleh halaman ini. Muat ulang halaman; bila tetap demikian, beri tahu pengelolanya.",
  signIn: "Sesi masuk Anda telah berakhir. Masuk lagi; yang Anda ketik tersimpan.",
  key: "Kunci ini tidak dikenal atau sudah dicabut.",
  waits: (seconds) => `Coba lagi dalam ${seconds} detik.`,
  refused: (status) => `Layanan menolak (${status}).`,
  request: (id) => `Permintaan ${id}`,
  again: "Coba lagi",
  signInAgain: "Masuk lagi",
};
