// The questions and answers on the screen, and what each event of an answer makes of them.
import type { ServerEvent } from "../api/events";
import { asProblem, Problem, problemOf } from "../api/problem";
import type { Answer, Claim, Confidence, Conversation, Filters, Passage, Source, Style, Turn } from "../api/types";

export type Progress = "asking" | "writing" | "answered" | "stopped" | "failed";

export interface Asking {
  question: string;
  filters: Filters;
  style: Style | null;
  /** Sent with each try at this question, so that an answer which was made is given again. */
  attempt: string;
}

export interface Exchange extends Asking {
  id: string;
  progress: Progress;
  /** What was told so far, in parts that can be withdrawn; one part once it is whole. */
  parts: readonly string[];
  sources: readonly Source[];
  passages: readonly Passage[];
  claims: readonly Claim[];
  confidence: Confidence | null;
  refused: boolean;
  conversationId: string;
  messageId: string;
  remembered: boolean;
  truncated: boolean;
  understoodAs: string;
  problem: Problem | null;
  /** When it was answered; empty for one that was asked just now. */
  createdAt: string;
  /** Whether its answer cannot be shown, as documents were deleted or are out of sight. */
  withheld: boolean;
}

export const textOf = (exchange: Exchange): string => exchange.parts.join("");
export const isUnderWay = (exchange: Exchange): boolean =>
  exchange.progress === "asking" || exchange.progress === "writing";

export function begun(id: string, asking: Asking, conversationId: string): Exchange {
  return {
    ...asking,
    id,
    conversationId,
    progress: "asking",
    parts: [],
    sources: [],
    passages: [],
    claims: [],
    confidence: null,
    refused: false,
    messageId: "",
    remembered: true,
    truncated: false,
    understoodAs: "",
    problem: null,
    createdAt: "",
    withheld: false,
  };
}

/** The exchange after an event of its answer's stream. Raises Problem for the event `error`. */
export function told(exchange: Exchange, event: ServerEvent): Exchange {
  const data = parsed(event.data);
  switch (event.name) {
    case "start":
      return { ...exchange, conversationId: String(data.conversation_id), messageId: String(data.message_id) };
    case "sources":
      return { ...exchange, passages: data.passages as Passage[] };
    case "delta": {
      const at = Math.min(Number(data.index), exchange.parts.length);
      return {
        ...exchange,
        progress: "writing",
        parts: [...exchange.parts.slice(0, at), String(data.text)],
        sources: joined(exchange.sources, data.sources as Source[]),
      };
    }
    case "retract": {
      const parts = exchange.parts.slice(0, Math.max(0, Number(data.since)));
      const left = parts.join("");
      return { ...exchange, parts, sources: exchange.sources.filter((source) => left.includes(`[${source.number}]`)) };
    }
    case "confidence":
      return { ...exchange, confidence: data as unknown as Confidence };
    case "done":
      return answered(exchange, data as unknown as Answer);
    case "error":
      throw problemOf(data, 500);
    default:
      return exchange;
  }
}

function answered(exchange: Exchange, answer: Answer): Exchange {
  return {
    ...exchange,
    progress: "answered",
    parts: [answer.answer],
    sources: answer.sources,
    claims: answer.claims,
    confidence: answer.confidence,
    refused: answer.refused,
    conversationId: answer.conversation_id,
    messageId: answer.message_id,
    remembered: answer.remembered,
    truncated: answer.truncated,
    understoodAs: answer.rewritten_question ?? "",
    problem: null,
  };
}

/** The exchange whose answer ended early: by its asker, or with a problem. What was told stays. */
export function ended(exchange: Exchange, error: unknown, byAsker: boolean): Exchange {
  if (byAsker) return { ...exchange, progress: "stopped" };
  return { ...exchange, progress: "failed", problem: asProblem(error) };
}

/** A kept conversation's turns, as if they had just been answered. */
export function exchangesOf(conversation: Conversation): Exchange[] {
  return conversation.turns.map((turn) => exchangeOf(turn, conversation.conversation_id));
}

function exchangeOf(turn: Turn, conversationId: string): Exchange {
  const asking: Asking = { question: turn.question, filters: {}, style: null, attempt: "" };
  return {
    ...begun(turn.message_id, asking, conversationId),
    progress: "answered",
    parts: [turn.answer],
    sources: turn.sources,
    claims: turn.claims,
    confidence: turn.confidence,
    refused: turn.refused,
    messageId: turn.message_id,
    createdAt: turn.created_at,
    withheld: turn.deleted_documents.length > 0 || turn.hidden_documents.length > 0,
  };
}

/** Answers to one question that was asked again at once stand together, the latest last. */
export interface Asked {
  question: string;
  answers: Exchange[];
}

export function gathered(exchanges: readonly Exchange[]): Asked[] {
  const all: Asked[] = [];
  for (const exchange of exchanges) {
    const last = all.at(-1);
    if (last && last.question === exchange.question) last.answers.push(exchange);
    else all.push({ question: exchange.question, answers: [exchange] });
  }
  return all;
}

function joined(known: readonly Source[], more: readonly Source[] | undefined): readonly Source[] {
  const numbers = new Set(more?.map((source) => source.number));
  return [...known.filter((source) => !numbers.has(source.number)), ...(more ?? [])].sort(
    (one, other) => one.number - other.number,
  );
}

function parsed(data: string): Record<string, unknown> {
  try {
    return JSON.parse(data) as Record<string, unknown>;
  } catch {
    throw new Problem("unreadable");
  }
}
