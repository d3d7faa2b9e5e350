// What the tab keeps of questions that have no whole answer yet, and of the text in the composer.
import { Problem } from "../api/problem";
import { tabStorage } from "../session/tab_storage";
import { isUnderWay, type Exchange } from "./thread";

const DRAFT = "nexus-draft";
const UNANSWERED = "nexus-unanswered";

export const keptDraft = (): string => tabStorage.getItem(DRAFT) ?? "";

export function keepDraft(text: string): void {
  if (text) tabStorage.setItem(DRAFT, text);
  else tabStorage.removeItem(DRAFT);
}

/** Keeps the last exchange where its answer is not whole, for when the page is loaded again. */
export function keepUnanswered(exchanges: readonly Exchange[]): void {
  const last = exchanges.at(-1);
  if (last && last.progress !== "answered") tabStorage.setItem(UNANSWERED, JSON.stringify({ ...last, problem: null }));
  else tabStorage.removeItem(UNANSWERED);
}

/** The kept exchange of a conversation ("" is a new one), as one that broke off. */
export function keptUnanswered(conversationId: string): Exchange | null {
  try {
    const kept = JSON.parse(tabStorage.getItem(UNANSWERED) ?? "null") as Exchange | null;
    if (!kept || kept.conversationId !== conversationId) return null;
    if (!isUnderWay(kept) && kept.progress !== "failed") return kept;
    return { ...kept, progress: "failed", problem: new Problem("broken") };
  } catch {
    return null;
  }
}
