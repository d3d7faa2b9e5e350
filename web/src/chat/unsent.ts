// What the tab keeps of questions that have no whole answer yet, and of the text in the composer.
import { Problem } from "../api/problem";
import { tabStorage } from "../session/tab_storage";
import { isUnderWay, type Exchange } from "./thread";

const DRAFT = "nexus-draft";
const UNANSWERED = "nexus-unanswered:";

export const keptDraft = (): string => tabStorage.getItem(DRAFT) ?? "";

export function keepDraft(text: string): void {
  if (text) tabStorage.setItem(DRAFT, text);
  else tabStorage.removeItem(DRAFT);
}

/** Keeps the last exchange of a conversation ("" is a new one) where its answer is not whole. */
export function keepUnanswered(conversation: string, exchanges: readonly Exchange[]): void {
  const last = exchanges.at(-1);
  if (!last) return;
  if (last.progress === "answered") forgetUnanswered(conversation);
  else tabStorage.setItem(UNANSWERED + conversation, JSON.stringify({ ...last, problem: null }));
}

export function forgetUnanswered(conversation: string): void {
  tabStorage.removeItem(UNANSWERED + conversation);
}

/** The kept exchange of a conversation, as one that broke off. */
export function keptUnanswered(conversation: string): Exchange | null {
  try {
    const kept = JSON.parse(tabStorage.getItem(UNANSWERED + conversation) ?? "null") as Exchange | null;
    if (!kept || (!isUnderWay(kept) && kept.progress !== "failed")) return kept;
    return { ...kept, progress: "failed", problem: new Problem("broken") };
  } catch {
    return null;
  }
}
