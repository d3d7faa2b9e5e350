import type { layout as en } from "../en/layout";
import type { Like } from "../texts";

export const layout: Like<typeof en> = {
  skip: "Langsung ke isi",
  views: "Tampilan",
  chat: "Tanya",
  documents: "Dokumen",
  analytics: "Analitik",
  access: "Kunci dan pengguna",
  menu: "Menu",
  language: "Bahasa",
  scheme: "Tampilan warna",
  schemes: { system: "Seperti sistem", light: "Terang", dark: "Gelap" },
  signedInAs: (name) => `Masuk sebagai ${name}`,
  withKey: (name) => `Dengan kunci ${name}`,
  groups: (names) => `Grup: ${names}`,
  signOut: "Keluar",
  forgetKey: "Lupakan kunci",
  loading: "Memuat …",
  close: "Tutup",
  cancel: "Batal",
  save: "Simpan",
  unknownView: "Tampilan ini tidak ada.",
  toChat: "Ajukan pertanyaan",
  broken: "Halaman ini mengalami kesalahan. Yang Anda ketik tersimpan: muat ulang halaman.",
  reload: "Muat ulang",
  noConfiguration:
    "Halaman ini tidak memiliki konfigurasi: config.json tidak dapat dibaca. Pengelola layanan dapat menjelaskan sebabnya.",
};
