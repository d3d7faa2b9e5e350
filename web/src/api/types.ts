// What the API says, as its reference at /docs documents it; fields that the page does not read are left out.
import type { Action, Step } from "../agents/agent";

export interface Me {
  kind: "person" | "key";
  name: string;
  tenant: string;
  role: "user" | "admin";
  groups: string[];
}

export interface Locator {
  page: number | null;
  slide: number | null;
  sheet: string | null;
  row: number | null;
  heading: string[];
}

export interface Source {
  number: number;
  document_id: string;
  title: string;
  uri: string;
  version: string;
  locator: Locator;
  score: number;
  quote: string;
  link: string;
  /** Figures computed from a document's rows, or what an agent's tool gave; a document's words if absent. */
  kind?: "document" | "table" | "tool";
}

export type Level = "high" | "medium" | "low";

export interface Confidence {
  level: Level;
  /** Null where the API tells the level alone. */
  score: number | null;
}

export interface Claim {
  text: string;
  sources: number[];
  verified: boolean;
}

export interface Filters {
  departments?: string[];
  tags?: string[];
  date_from?: string;
  date_to?: string;
  document_ids?: string[];
}

export type Style = "concise" | "detailed" | "summary";

export interface Answer {
  answer: string;
  sources: Source[];
  claims: Claim[];
  confidence: Confidence;
  refused: boolean;
  conversation_id: string;
  message_id: string;
  remembered: boolean;
  truncated: boolean;
  rewritten_question: string | null;
  /** An agent's answer alone has these. */
  agent?: string | null;
  steps?: Step[];
  confirmations?: Action[];
}

export interface Passage {
  document_id: string;
  title: string;
  uri: string;
  version: string;
  locator: Locator;
  score: number;
  text: string;
}

export interface Turn {
  message_id: string;
  question: string;
  answer: string;
  sources: Source[];
  claims: Claim[];
  confidence: Confidence | null;
  refused: boolean;
  agent: string | null;
  rating: "up" | "down" | null;
  created_at: string;
  deleted_documents: string[];
  /** How many, of those that the answer cites, may not be seen now. */
  hidden_documents: number;
}

export interface ConversationEntry {
  conversation_id: string;
  title: string;
  created_at: string;
  updated_at: string;
  expires_at: string;
  turn_count: number;
  matches: { message_id: string; text: string; positions: [number, number][] }[];
}

export interface Conversation extends Omit<ConversationEntry, "matches"> {
  turns: Turn[];
}

export interface Content {
  url: string;
  expires_at: string;
}
