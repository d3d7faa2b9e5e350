// Sends a recording to the API, waits where that answers it as a job, and reads what came of it.
import type { Api } from "../api/client";
import { Problem, wasStopped } from "../api/problem";
import type { Answer, Level, Source } from "../api/types";
import { told, type Exchange } from "../chat/thread";
import type { Heard, Recording } from "./recorded";

const PATH = "/v1/audio";
// What every stage takes within a request; what is larger is uploaded.
const WITHIN_REQUEST = 4_000_000;
const BETWEEN_LOOKS_MS = 3_000;
// A job has a quarter of an hour.
const LONGEST_JOB_MS = 1_000_000;
// Far more than an answer's sound: who takes minutes to listen reads.
const LONGEST_SOUND = 50_000_000;

export interface Spoken {
  transcript: string;
  asked: string | null;
  emotion: Heard["tone"];
  answer: string;
  sources: Source[];
  refused: boolean;
  confidence: Level;
  conversation_id: string;
  message_id: string;
  audio: string | null;
  audio_url: string | null;
  audio_type: string;
  note: string | null;
}
interface Job {
  id: string;
  status: "working";
}

/** The exchange as the API answers its recording. Raises Problem, or AbortError. */
export async function answeredAloud(
  api: Api,
  exchange: Exchange,
  recording: Recording,
  conversationId: string,
  signal: AbortSignal,
): Promise<Exchange> {
  const sent = { headers: { "Idempotency-Key": exchange.attempt }, signal };
  const { filters, style } = exchange;
  const fields = { ...(conversationId && { conversation_id: conversationId }), ...(style && { style }) };
  const narrows = Object.keys(filters).length > 0;
  let found: Spoken | Job;
  if (recording.content.size <= WITHIN_REQUEST) {
    const form = new FormData();
    form.append("file", recording.content, "question");
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    if (narrows) form.append("filters", JSON.stringify(filters));
    found = await api.send<Spoken | Job>("POST", PATH, { ...sent, form });
  } else {
    const upload = await uploaded(api, recording.content, signal);
    found = await api.send("POST", PATH, { ...sent, body: { ...fields, ...(narrows && { filters }), upload } });
  }
  return heardAs(exchange, await waitedFor(api, found, signal));
}

async function uploaded(api: Api, content: Blob, signal: AbortSignal): Promise<string> {
  const place = await api.send<{ id: string; url: string; headers: Record<string, string> }>("POST", `${PATH}/uploads`, {
    body: { size: content.size },
    signal,
  });
  const put = { method: "PUT", headers: place.headers, body: content, signal } as const;
  await fetched(place.url, put);
  return place.id;
}

async function waitedFor(api: Api, first: Spoken | Job, signal: AbortSignal): Promise<Spoken> {
  let found = first;
  for (let waited = 0; isJob(found); waited += BETWEEN_LOOKS_MS) {
    if (waited > LONGEST_JOB_MS) throw new Problem("broken");
    await pause(BETWEEN_LOOKS_MS, signal);
    found = await api.get<Spoken | Job>(`${PATH}/${encodeURIComponent(found.id)}`, {}, signal);
  }
  return found;
}

const isJob = (found: Spoken | Job): found is Job => "status" in found && found.status === "working";

/** What the API made of a recording, as the thread shows a question and its answer. */
export function heardAs(exchange: Exchange, spoken: Spoken): Exchange {
  const done: Answer = {
    answer: spoken.answer,
    sources: spoken.sources,
    claims: [],
    confidence: { level: spoken.confidence, score: null },
    refused: spoken.refused,
    conversation_id: spoken.conversation_id,
    message_id: spoken.message_id,
    remembered: true,
    truncated: false,
    rewritten_question: null,
  };
  const heard: Heard = {
    transcript: spoken.transcript,
    tone: spoken.emotion,
    sound: spoken.audio ? soundOf(spoken.audio, spoken.audio_type) : null,
    address: spoken.audio_url ?? "",
    note: spoken.note ?? "",
  };
  const question = spoken.asked ?? spoken.transcript;
  return { ...told(exchange, { name: "done", data: JSON.stringify(done) }), question, heard, recording: null };
}

/** Sound written in base64, of a type that is one of sound. Raises Problem. */
export function soundOf(written: string, type: string): Blob {
  try {
    const bytes = Uint8Array.from(atob(written), (sign) => sign.charCodeAt(0));
    return new Blob([bytes], { type: /^audio\/[a-z0-9.+-]{1,40}$/.test(type) ? type : "audio/mpeg" });
  } catch {
    throw new Problem("unreadable");
  }
}

/** The sound behind a signed address, which no header of ours goes to. Raises Problem, or AbortError. */
export async function soundAt(address: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetched(address, { signal });
  const sound = await response.blob();
  if (sound.size > LONGEST_SOUND) throw new Problem("unreadable");
  return sound;
}

async function fetched(address: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, { ...init, credentials: "omit", referrerPolicy: "no-referrer" });
  } catch (error) {
    throw wasStopped(error) ? error : new Problem("network");
  }
  if (!response.ok) throw new Problem("refused", { status: response.status });
  return response;
}

/** Raises AbortError where the signal ends it. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopped = () => {
      clearTimeout(timer);
      reject(new DOMException("stopped", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stopped);
      resolve();
    }, ms);
    if (signal.aborted) stopped();
    else signal.addEventListener("abort", stopped, { once: true });
  });
}
