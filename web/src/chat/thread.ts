// The questions and answers on the screen, and what each event of an answer makes of them.
import { awaiting, settled, stepped, type Action, type Decision, type Step } from "../agents/agent";
import { parsedExactly } from "../agents/readable";
import type { ServerEvent } from "../api/events";
import { asProblem, Problem, problemOf } from "../api/problem";
import type { Answer, Claim, Confidence, Conversation, Filters, Passage, Source, Style, Turn } from "../api/types";
import type { Heard, Recording } from "../audio/recorded";

export type Progress = "asking" | "writing" | "answered" | "stopped" | "failed";

export interface Asking {
  question: string;
  filters: Filters;
  style: Style | null;
  /** Who is to answer; "" leaves that to the deployment. */
  agent: string;
  /** What was decided of an action that waited, where that is what is asked. */
  decision: Decision | null;
  /** The question as it was spoken; its text is known with its answer. */
  recording: Recording | null;
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
  /** What was thought of it when it was read before. */
  rating: Turn["rating"];
  /** When it was answered; empty for one that was asked just now. */
  createdAt: string;
  /** Whether its answer cannot be shown, as documents were deleted or are out of sight. */
  withheld: boolean;
  /** The agent that answers; null where none does. */
  answeredBy: { name: string; title: string } | null;
  steps: readonly Step[];
  /** What waits to be confirmed before it is done. */
  actions: readonly Action[];
  heard: Heard | null;
}

/** What a caller says of a question; the rest is left to the thread. */
export type Wanted = Pick<Asking, "question" | "filters" | "style"> & Partial<Asking>;

export const textOf = (exchange: Exchange): string => exchange.parts.join("");
export const isUnderWay = (exchange: Exchange): boolean =>
  exchange.progress === "asking" || exchange.progress === "writing";

export function begun(id: string, wanted: Wanted & { attempt: string }, conversationId: string): Exchange {
  const { question, filters, style, attempt, agent = "", decision = null, recording = null } = wanted;
  return {
    question,
    filters,
    style,
    attempt,
    agent,
    decision,
    recording,
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
    rating: null,
    createdAt: "",
    withheld: false,
    answeredBy: null,
    steps: [],
    actions: [],
    heard: null,
  };
}

/** The body of the request that asks it, in a conversation; "" is a new one. */
export function requestOf(asking: Asking, conversationId: string): Record<string, unknown> {
  return {
    message: asking.question,
    ...(conversationId && { conversation_id: conversationId }),
    ...(Object.keys(asking.filters).length > 0 && { filters: asking.filters }),
    ...(asking.style && { style: asking.style }),
    ...(asking.agent && { agent: asking.agent }),
    ...(asking.decision && { confirmation: asking.decision }),
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
    case "agent":
      return { ...exchange, answeredBy: { name: String(data.agent), title: String(data.title || data.agent) } };
    case "step":
      return { ...exchange, steps: stepped(exchange.steps, data as unknown as Step) };
    case "confirmation":
      return { ...exchange, actions: awaiting(exchange.actions, parsedExactly(event.data) as Action) };
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
    answeredBy: agentOf(exchange, answer.agent),
    steps: answer.steps ?? settled(exchange.steps),
    // Those that were told have their arguments digit by digit.
    actions: (answer.confirmations ?? []).reduce(awaiting, exchange.actions),
  };
}

/** The agent that an answer names, with the title that its event told; null where it names none. */
function agentOf(exchange: Exchange, name: string | null | undefined): Exchange["answeredBy"] {
  if (!name) return null;
  return exchange.answeredBy?.name === name ? exchange.answeredBy : { name, title: name };
}

/** The exchange whose answer ended early: by its asker, or with a problem. What was told stays. */
export function ended(exchange: Exchange, error: unknown, byAsker: boolean): Exchange {
  const over = { ...exchange, steps: settled(exchange.steps) };
  if (byAsker) return { ...over, progress: "stopped" };
  return { ...over, progress: "failed", problem: asProblem(error) };
}

/** A kept conversation's turns, as if they had just been answered. */
export function exchangesOf(conversation: Conversation): Exchange[] {
  return conversation.turns.map((turn) => exchangeOf(turn, conversation.conversation_id));
}

function exchangeOf(turn: Turn, conversationId: string): Exchange {
  const asking = { question: turn.question, filters: {}, style: null, attempt: "" };
  return {
    ...begun(turn.message_id, asking, conversationId),
    progress: "answered",
    parts: [turn.answer],
    sources: turn.sources,
    claims: turn.claims,
    confidence: turn.confidence,
    refused: turn.refused,
    rating: turn.rating,
    answeredBy: turn.agent ? { name: turn.agent, title: turn.agent } : null,
    messageId: turn.message_id,
    createdAt: turn.created_at,
    withheld: turn.deleted_documents.length > 0 || turn.hidden_documents > 0,
  };
}

/** What was decided of the actions that waited: by id, whether it is to be done. */
export function decidedIn(exchanges: readonly Exchange[]): ReadonlyMap<string, boolean> {
  return new Map(exchanges.flatMap(({ decision }) => (decision ? [[decision.id, decision.approved] as const] : [])));
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
    // A decision, and what was spoken, stand by themselves whatever they say.
    const alone = exchange.decision ?? exchange.recording ?? exchange.heard;
    if (last && !alone && last.question === exchange.question) last.answers.push(exchange);
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
