import type { conversations as en } from "../en/conversations";
import type { Like } from "../texts";

export const conversations: Like<typeof en> = {
  title: "Percakapan",
  fresh: "Percakapan baru",
  search: "Cari percakapan",
  none: "Belum ada percakapan.",
  noneFound: "Tidak ada percakapan dengan teks ini.",
  more: "Tampilkan lagi",
  loading: "Memuat …",
  options: (title) => `Pilihan untuk “${title}”`,
  rename: "Ganti nama",
  newTitle: "Judul baru",
  exportMarkdown: "Simpan sebagai Markdown",
  exportJson: "Simpan sebagai JSON",
  remove: "Hapus",
  removeSure: (title) => `Hapus percakapan “${title}”? Tindakan ini tidak dapat dibatalkan.`,
  removeAll: "Hapus semua",
  removeAllSure: "Hapus semua percakapan Anda? Tindakan ini tidak dapat dibatalkan.",
  turns: (count) => `${count} pertanyaan`,
  expires: (time) => `dilupakan pada ${time}`,
  unknown: "Percakapan ini tidak ada lagi: mungkin sudah kedaluwarsa.",
  show: "Tampilkan percakapan",
  hide: "Sembunyikan percakapan",
};
