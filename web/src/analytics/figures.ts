// What the analytics of the API tell; fields that the page does not read are left out.

export interface Ranged {
  from: string;
  to: string;
  /** False where there was more than one request reads. */
  complete: boolean;
}

export interface Counts {
  questions: number;
  answered: number;
  refused: number;
  failed: number;
  cached: number;
  clients: number;
  dollars: number;
  up: number;
  down: number;
}

export interface Day extends Counts {
  day: string;
}

export interface Overview extends Ranged {
  totals: Counts;
  satisfaction: number | null;
  latency_ms: { p50: number | null; p95: number | null; p99: number | null; within: number };
  confidence: Record<"high" | "medium" | "low", number>;
  /** Answers by their score, in tenths from 0 to 1. */
  scores: number[];
  reasons: Record<string, number>;
  days: Day[];
}

export interface Spender {
  name: string;
  questions: number;
  tokens_in: number;
  tokens_out: number;
  dollars: number;
}

export interface Spend extends Ranged {
  dollars: number;
  clients: Spender[];
  models: Spender[];
}

export interface Named {
  document_id: string;
  title: string;
  path: string;
}

export interface CitedDocuments extends Ranged {
  documents: number;
  cited: (Named & { cited: number; closest: number })[];
  never_cited: Named[];
  never_cited_count: number;
}

export interface Cluster {
  count: number;
  refused: number;
  disliked: number;
  examples: string[];
  documents: Named[];
}

export interface Clusters extends Ranged {
  clusters: Cluster[];
  /** Whether the stage keeps questions in words. */
  texts: boolean;
}

export interface Errors extends Ranged {
  questions: Record<string, number>;
  recent: { at: string; client: string; error: string }[];
  documents: (Named & { reason: string })[];
  documents_count: number;
}
