// What the tab keeps of questions that have no whole answer yet, and of the text in the composer.
import { Problem } from "../api/problem";
import { tabStorage } from "../session/tab_storage";
import { begun, type Exchange } from "./thread";

const DRAFT = "nexus-draft";
const UNANSWERED = "nexus-unanswered:";

export const keptDraft = (): string => tabStorage.getItem(DRAFT) ?? "";

export function keepDraft(text: string): void {
  if (text) tabStorage.setItem(DRAFT, text);
  else tabStorage.removeItem(DRAFT);
}

/** Keeps what of a conversation ("" is a new one) has no whole answer; nothing is known of an empty one. */
export function keepUnanswered(conversation: string, exchanges: readonly Exchange[]): void {
  if (exchanges.length === 0) return;
  // A recording is sound, which the tab's storage cannot hold.
  const kept = exchanges.filter((each) => each.progress !== "answered" && !each.recording);
  if (kept.length === 0) return forgetUnanswered(conversation);
  tabStorage.setItem(UNANSWERED + conversation, JSON.stringify(kept.map((each) => ({ ...each, problem: null }))));
}

export function forgetUnanswered(conversation: string): void {
  tabStorage.removeItem(UNANSWERED + conversation);
}

/** The kept exchanges of a conversation, as ones that broke off. */
export function keptUnanswered(conversation: string): Exchange[] {
  try {
    const kept = JSON.parse(tabStorage.getItem(UNANSWERED + conversation) ?? "[]") as Exchange[];
    // What an earlier version of this page kept has fewer fields.
    return kept.map((each) => ({ ...begun(each.id, each, each.conversationId), ...each })).map((each) =>
      each.progress === "stopped" ? each : { ...each, progress: "failed", problem: new Problem("broken") },
    );
  } catch {
    return [];
  }
}
