// The files that are being uploaded: a few at a time, each with its progress, and why one failed.
import type { Api } from "../api/client";
import { asProblem, Problem, wasStopped } from "../api/problem";
import type { Metadata, Ticket } from "./entries";
import { put as putByXhr, type Putting } from "./put";

export type Stage = "waiting" | "sending" | "sent" | "failed" | "cancelled";
/** Why a file was not taken: known here, said by the API, by the bucket, or a broken connection. */
export type Failure = "empty" | "large" | "told" | "bucket" | "connection";

export interface Chosen {
  path: string;
  file: File;
  metadata: Partial<Metadata>;
}

export interface Upload extends Chosen {
  key: number;
  stage: Stage;
  /** Bytes that have gone. */
  gone: number;
  documentId: string;
  failure: Failure | null;
  detail: string;
}

export interface Queue {
  readonly uploads: readonly Upload[];
  /** What holds up all of it; null while it goes on. */
  readonly problem: Problem | null;
}

export interface UploadQueue {
  now(): Queue;
  subscribe(changed: () => void): () => void;
  add(files: readonly Chosen[]): void;
  cancel(key: number): void;
  cancelAll(): void;
  retry(key: number): void;
  /** Goes on after a problem, and sends once more what failed by the connection. */
  resume(): void;
  /** Takes what is sent or cancelled off the list. */
  clear(): void;
}

export interface Surroundings {
  put?: Putting;
  clock?: () => number;
  pause?: (ms: number) => Promise<void>;
}

const TOGETHER = 3;
const SIGNED_TOGETHER = 20;
const LARGEST = 5 * 1024 ** 3;
// Addresses are good for 15 minutes, by the API's clock: this one's may differ.
const GOOD_MS = 14 * 60_000;
const ATTEMPTS = 3;
const BROKEN_IN_A_ROW = 3;
const TYPE = /^[A-Za-z0-9.+_-]{1,120}\/[A-Za-z0-9.+_-]{1,120}$/;

export const isUnfinished = ({ stage }: Upload): boolean => stage === "waiting" || stage === "sending";

/** A queue that sends by this API. */
export function uploadQueue(api: Api, { put = putByXhr, clock = Date.now, pause = waited }: Surroundings = {}): UploadQueue {
  let state: Queue = { uploads: [], problem: null };
  let keys = 0;
  let sending = 0;
  let broken = 0;
  let signing: Promise<void> | null = null;
  const listeners = new Set<() => void>();
  const tickets = new Map<number, { ticket: Ticket; since: number }>();
  const stops = new Map<number, AbortController>();

  function become(next: Partial<Queue>): void {
    state = { ...state, ...next };
    for (const changed of listeners) changed();
  }
  function set(key: number, change: Partial<Upload>): void {
    become({ uploads: state.uploads.map((each) => (each.key === key ? { ...each, ...change } : each)) });
  }
  const of = (key: number) => state.uploads.find((each) => each.key === key);
  const fail = (key: number, failure: Failure, detail = "") => set(key, { stage: "failed", failure, detail });

  function pump(): void {
    while (sending < TOGETHER && !state.problem) {
      const next = state.uploads.find((each) => each.stage === "waiting");
      if (!next) return;
      sending++;
      const stop = new AbortController();
      stops.set(next.key, stop);
      set(next.key, { stage: "sending", gone: 0, failure: null, detail: "" });
      void send(next.key, stop.signal).finally(() => {
        sending--;
        if (stops.get(next.key) === stop) stops.delete(next.key);
        pump();
      });
    }
  }

  async function send(key: number, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const ticket = await ticketOf(key, signal);
      const upload = of(key);
      if (!ticket || !upload || signal.aborted) return;
      try {
        const { status } = await put(ticket, upload.file, (gone) => set(key, { gone }), signal);
        if (signal.aborted) return;
        broken = 0;
        tickets.delete(key);
        if (status < 300) return set(key, { stage: "sent", gone: upload.file.size, documentId: ticket.document_id });
        // An address that has ended is refused, a bucket that is busy says so: both pass.
        if ((status !== 403 && status < 500) || attempt === ATTEMPTS) return fail(key, "bucket", String(status));
        if (status >= 500) await pause(1_000 * attempt);
      } catch (error) {
        if (wasStopped(error)) return;
        fail(key, "connection");
        if (++broken >= BROKEN_IN_A_ROW) become({ problem: asProblem(error) });
        return;
      }
    }
  }

  async function ticketOf(key: number, signal: AbortSignal): Promise<Ticket | null> {
    for (;;) {
      if (signal.aborted || of(key)?.stage !== "sending") return null;
      if (state.problem) {
        set(key, { stage: "waiting" });
        return null;
      }
      const held = tickets.get(key);
      if (held && clock() - held.since < GOOD_MS) return held.ticket;
      signing ??= sign(key).finally(() => (signing = null));
      await signing;
    }
  }

  /** Has addresses made for a file and for those that come next. */
  async function sign(key: number): Promise<void> {
    const waiting = state.uploads.filter((each) => each.stage === "waiting" && !tickets.has(each.key));
    const batch = [of(key)!, ...waiting].slice(0, SIGNED_TOGETHER);
    const files = batch.map(({ path, file, metadata }) => ({
      path,
      size: file.size,
      ...(TYPE.test(file.type) && { content_type: file.type }),
      ...(Object.keys(metadata).length > 0 && { metadata }),
    }));
    for (let attempt = 1; ; attempt++) {
      try {
        const { uploads } = await api.send<{ uploads: Ticket[] }>("POST", "/v1/documents", { body: { files } });
        batch.forEach((file, at) => tickets.set(file.key, { ticket: uploads[at]!, since: clock() }));
        return;
      } catch (error) {
        const problem = asProblem(error);
        const refused = batch[Number(/^files\.(\d{1,3})(\.|$)/.exec(problem.field)?.[1] ?? Number.NaN)];
        if (refused) return fail(refused.key, "told", problem.detail);
        if ((problem.status === 429 || problem.status === 503) && attempt < ATTEMPTS) {
          await pause(Math.min(problem.retryAfterS ?? attempt, 30) * 1_000);
          continue;
        }
        // No file is at fault: all of them wait until somebody says to go on.
        set(key, { stage: "waiting" });
        return become({ problem });
      }
    }
  }

  /** Changes all that it applies to, and tells of it once. */
  function each(change: (upload: Upload) => Upload): void {
    become({ uploads: state.uploads.map(change) });
  }
  function cancelled(upload: Upload): Upload {
    if (!isUnfinished(upload)) return upload;
    stops.get(upload.key)?.abort();
    tickets.delete(upload.key);
    return { ...upload, stage: "cancelled" };
  }

  return {
    now: () => state,
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    add(files) {
      // The latest choice for a path is the one that counts.
      const latest = [...new Map(files.map((file) => [file.path, file])).values()];
      const paths = new Set(latest.map(({ path }) => path));
      const others = state.uploads.filter((upload) => !(paths.has(upload.path) && cancelled(upload)));
      become({ uploads: [...others, ...latest.map((file) => begun({ ...file, ...NEW, key: ++keys }))] });
      pump();
    },
    cancel: (key) => each((upload) => (upload.key === key ? cancelled(upload) : upload)),
    cancelAll: () => each(cancelled),
    retry(key) {
      each((upload) => (upload.key === key ? begun(upload) : upload));
      pump();
    },
    resume() {
      broken = 0;
      become({ problem: null });
      each((upload) => (upload.failure === "connection" ? begun(upload) : upload));
      pump();
    },
    clear: () => become({ uploads: state.uploads.filter(({ stage }) => stage !== "sent" && stage !== "cancelled") }),
  };
}

const NEW = { stage: "cancelled", gone: 0, documentId: "", failure: null, detail: "" } as const;

/** The file as it waits for its turn, or why it cannot be sent at all. */
function begun(upload: Upload): Upload {
  if (isUnfinished(upload)) return upload;
  const { size } = upload.file;
  const failure = size === 0 ? "empty" : size > LARGEST ? "large" : null;
  return { ...upload, stage: failure ? "failed" : "waiting", gone: 0, failure, detail: "" };
}

function waited(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
