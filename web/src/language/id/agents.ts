import type { agents as en } from "../en/agents";
import type { Like } from "../texts";

export const agents: Like<typeof en> = {
  who: "Siapa yang menjawab",
  auto: "Yang paling tahu",
  autoWhy: "Salah satu agen dipilih untuk pertanyaan Anda.",
  nobody: "Dokumen saja",
  nobodyWhy: "Jawaban berasal dari dokumen, tanpa agen.",
  working: "Bekerja …",
  stepsOf: "Langkah-langkah jawaban ini",
  stepsTaken: (count, seconds) => `${count} langkah, ${seconds} dtk`,
  seconds: (seconds) => `${seconds} dtk`,
  steps: {
    route: { doing: () => "Memilih siapa yang menjawab …", done: () => "Memilih siapa yang menjawab" },
    model: { doing: () => "Berpikir …", done: (name) => `Berpikir (${name})` },
    search: { doing: () => "Mencari di dokumen …", done: () => "Mencari di dokumen" },
    tool: { doing: (name) => `Memakai ${name} …`, done: (name) => `Memakai ${name}` },
    handoff: { doing: (name) => `Menyerahkan kepada ${name} …`, done: (name) => `Diserahkan kepada ${name}` },
    confirmation: { doing: (name) => `Menanyakan ${name} kepada Anda …`, done: (name) => `Menanyakan ${name} kepada Anda` },
  },
  outcomes: { failed: "gagal", refused: "ditolak", waiting: "menunggu Anda" },
  confirm: "Apakah ini akan dilakukan?",
  notWaiting: "Ditanyakan kepada Anda:",
  by: "Ditanyakan oleh",
  arguments: "Dilakukan dengan",
  noArguments: "Dilakukan tanpa keterangan lain.",
  values: { yes: "ya", no: "tidak", nothing: "kosong" },
  approve: "Lakukan",
  decline: "Jangan lakukan",
  until: (time) => `Dapat dilakukan sampai ${time}. Tidak ada yang terjadi sebelum Anda memutuskan.`,
  approved: "Anda menjawab: lakukan.",
  declined: "Anda menjawab: jangan lakukan.",
  expired: "Waktu untuk memutuskan sudah habis, dan tidak ada yang dilakukan. Minta lagi jika Anda masih menginginkannya.",
  message: {
    approved: (title) => `Ya, lakukan: ${title}`,
    declined: (title) => `Tidak, jangan lakukan: ${title}`,
  },
};
