// What the API says of documents, as its reference at /docs documents it.
import type { Locator } from "../api/types";

export const STATES = ["pending", "indexing", "indexed", "failed", "deleted"] as const;
export type State = (typeof STATES)[number];

export interface Metadata {
  title: string | null;
  author: string | null;
  department: string | null;
  date: string | null;
  tags: string[];
  url: string | null;
  groups: string[];
}

/** Fields to set; null removes one, what is absent stays. */
export type Changes = Partial<Record<keyof Metadata, string | string[] | null>>;

export interface Match {
  text: string;
  positions: [number, number][];
  locator: Locator;
}

export interface DocumentEntry {
  document_id: string;
  path: string;
  title: string;
  status: State;
  reason: string | null;
  warnings: { what: string; where: string; advice: string }[];
  version: string;
  metadata: Metadata;
  size: number;
  pages: number;
  chunks: number;
  progress: { parts_done: number; parts: number; percent: number };
  seconds_left: number | null;
  created_at: string;
  updated_at: string;
  matches: Match[];
}

export interface DocumentPage {
  documents: DocumentEntry[];
  cursor: string | null;
}

export interface Version {
  version: string;
  size: number;
  last_modified: string;
  is_latest: boolean;
  is_live: boolean;
  deleted: boolean;
}

export const ERASABLE = [
  "object_versions",
  "vectors",
  "manifests",
  "cached_answers",
  "logged_questions",
  "conversation_turns",
] as const;

export interface Receipt {
  document_id: string;
  path: string;
  title: string;
  started_at: string;
  finished_at: string;
  duration_ms: number;
  complete: boolean;
  items: { what: string; found: number; removed: number; remaining: number; verified_at: string }[];
}

export interface Ticket {
  document_id: string;
  path: string;
  url: string;
  headers: Record<string, string>;
  expires_at: string;
}

/** The path of a document in the API; `rest` begins with "/" or ":". */
export const pathOf = (documentId: string, rest = ""): string => `/v1/documents/${encodeURIComponent(documentId)}${rest}`;
