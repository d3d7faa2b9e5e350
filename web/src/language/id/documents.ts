import type { documents as en } from "../en/documents";
import type { Like } from "../texts";

export const documents: Like<typeof en> = {
  title: "Dokumen",
};
