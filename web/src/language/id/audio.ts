import type { audio as en } from "../en/audio";
import type { Like } from "../texts";

export const audio: Like<typeof en> = {
  speaking: "Mengucapkan pertanyaan",
  states: { opening: "Menunggu mikrofon: izinkan pemakaiannya jika peramban bertanya.", recording: "Merekam", ready: "Terekam" },
  length: "Lama",
  stopAndAsk: "Selesai dan tanyakan",
  ask: "Tanya",
  stop: "Hentikan",
  cancel: "Buang",
  close: "Tutup",
  again: "Coba lagi",
  soonOver: "Sisa waktu kurang dari satu menit.",
  over: "Rekaman selesai. Tanyakan yang Anda ucapkan, atau buang.",
  withoutAgent: (agent) => `Pertanyaan lisan dijawab dari dokumen, bukan oleh “${agent}”.`,
  faults: {
    refused: "Halaman ini tidak boleh memakai mikrofon. Izinkan di pengaturan peramban untuk halaman ini, lalu coba lagi; atau ketik pertanyaan Anda.",
    none: "Mikrofon tidak ditemukan. Sambungkan mikrofon, lalu coba lagi; atau ketik pertanyaan Anda.",
    busy: "Mikrofon sedang tidak dapat dipakai: mungkin digunakan program lain. Tutup program itu, lalu coba lagi.",
    unable: "Peramban ini tidak dapat merekam. Coba lagi, atau ketik pertanyaan Anda.",
  },
  spoken: (length) => `Pertanyaan lisan, ${length}`,
  tone: (name) => `Nada bicara: ${name}`,
  tones: { neutral: "netral", happy: "gembira", angry: "kesal", sad: "sedih", worried: "khawatir" },
  toldBy: {
    rule: (sure) => `Menurut aturan kata dan tempo, keyakinan ${sure}. Ini mengubah cara jawaban disampaikan, bukan isinya.`,
    model: (sure) => `Menurut model bahasa, keyakinan ${sure}. Ini mengubah cara jawaban disampaikan, bukan isinya.`,
  },
  endAsked: "Dari rekaman sepanjang itu, kalimat-kalimat terakhir yang ditanyakan.",
  play: "Dengarkan",
  pause: "Jeda",
  loading: "Memuat …",
  unplayable: "Peramban ini tidak dapat memutar jawaban lisan.",
};
