import type { session as en } from "../en/session";
import type { Like } from "../texts";

export const session: Like<typeof en> = {
  opening: "Sedang masuk …",
  keyTitle: "Masukkan kunci API Anda",
  keyWhy: "Layanan ini mengenali pemanggil dari kunci. Kunci hanya disimpan di tab ini dan dilupakan saat tab ditutup.",
  key: "Kunci API",
  open: "Buka",
  checking: "Memeriksa …",
  signedOut: "Anda telah keluar.",
  signedOutWhy: "Semua tab halaman ini yang terbuka sudah mengakhiri sesinya.",
  signIn: "Masuk",
  failed: "Proses masuk tidak berhasil.",
  noWindow: "Jendela untuk masuk tidak dapat dibuka: izinkan halaman ini membuka jendela, lalu coba lagi.",
};
