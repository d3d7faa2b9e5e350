// Opens the stored content of a document in a tab of its own, which learns nothing of this page.
import type { Api } from "../api/client";
import { addressOf } from "../sources/content";

/** The newest version where none is named. Raises Problem. */
export async function openVersion(api: Api, documentId: string, version = ""): Promise<void> {
  const { url } = await addressOf(api, documentId, version, new AbortController().signal);
  const link = document.createElement("a");
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.click();
}
