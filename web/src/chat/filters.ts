// Which documents may answer, and in which style: what the reader chose, kept by the tab.
import type { Filters, Style } from "../api/types";
import { tabStorage } from "../session/tab_storage";

export interface Narrowing {
  departments: readonly string[];
  tags: readonly string[];
  from: string;
  until: string;
  documents: readonly { id: string; title: string }[];
  style: Style | null;
}

export const NOTHING: Narrowing = { departments: [], tags: [], from: "", until: "", documents: [], style: null };
const KEPT = "nexus-narrowing";

/** The filters of a request; fields that restrict nothing are left out. */
export function filtersOf(narrowing: Narrowing): Filters {
  return {
    ...(narrowing.departments.length > 0 && { departments: [...narrowing.departments] }),
    ...(narrowing.tags.length > 0 && { tags: [...narrowing.tags] }),
    ...(narrowing.from && { date_from: narrowing.from }),
    ...(narrowing.until && { date_to: narrowing.until }),
    ...(narrowing.documents.length > 0 && { document_ids: narrowing.documents.map((document) => document.id) }),
  };
}

export function countOf(narrowing: Narrowing): number {
  const { departments, tags, documents, from, until } = narrowing;
  return departments.length + tags.length + documents.length + (from ? 1 : 0) + (until ? 1 : 0);
}

export const isCrossed = ({ from, until }: Narrowing): boolean => from !== "" && until !== "" && from > until;

export function keptNarrowing(): Narrowing {
  try {
    return { ...NOTHING, ...(JSON.parse(tabStorage.getItem(KEPT) ?? "{}") as Partial<Narrowing>) };
  } catch {
    return NOTHING;
  }
}

export function keepNarrowing(narrowing: Narrowing): void {
  tabStorage.setItem(KEPT, JSON.stringify(narrowing));
}
