// Sends requests to the API as the caller who is signed in; nothing is sent twice by itself.
import { readEvents, type ServerEvent } from "./events";
import { asProblem, Problem, problemOf, wasStopped } from "./problem";

export type Query = Record<string, string | number | boolean | readonly string[] | null | undefined>;

export interface Sent {
  query?: Query;
  body?: unknown;
  /** Instead of a body in JSON: fields and a file. */
  form?: FormData;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

export interface Api {
  /** The JSON of the answer; undefined for one without a body. Raises Problem, or AbortError. */
  send<T>(method: Method, path: string, sent?: Sent): Promise<T>;
  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T>;
  /** The answer as a file, with the name that the API gives it. */
  file(path: string, query?: Query, signal?: AbortSignal): Promise<{ name: string; content: Blob }>;
  /** The events of an answer that is told while it is made. */
  stream(path: string, sent: Sent & { signal: AbortSignal }): AsyncGenerator<ServerEvent>;
}

/** The API at a base URL; `credentials` gives the headers that say who calls. */
export function connect(base: string, credentials: () => Promise<Record<string, string>>): Api {
  const root = base.replace(/\/+$/, "");

  async function request(method: Method, path: string, sent: Sent, accept: string): Promise<Response> {
    const headers: Record<string, string> = { accept, ...(await credentials()), ...sent.headers };
    const init: RequestInit = { method, headers, cache: "no-store", credentials: "omit", redirect: "error" };
    if (sent.body !== undefined) {
      headers["content-type"] = "application/json";
      init.body = JSON.stringify(sent.body);
    } else if (sent.form) init.body = sent.form; // the browser names its type, with the boundary
    if (sent.signal) init.signal = sent.signal;
    let response: Response;
    try {
      response = await fetch(root + path + written(sent.query), init);
    } catch (error) {
      if (wasStopped(error)) throw error;
      throw new Problem("network");
    }
    if (!response.ok) throw problemOf(await bodyOf(response), response.status, response.headers);
    return response;
  }

  async function send<T>(method: Method, path: string, sent: Sent = {}): Promise<T> {
    const response = await request(method, path, sent, "application/json");
    const text = await received(() => response.text());
    if (text === "") return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new Problem("unreadable", { status: response.status });
    }
  }

  return {
    send,
    get: (path, query = {}, signal) => send("GET", path, signal ? { query, signal } : { query }),
    async file(path, query = {}, signal) {
      const response = await request("GET", path, signal ? { query, signal } : { query }, "*/*");
      const name = /filename="([^"\\/]{1,200})"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
      return { name: name ?? "", content: await received(() => response.blob()) };
    },
    async *stream(path, sent) {
      const response = await request("POST", path, sent, "text/event-stream");
      if (!response.body) throw new Problem("unreadable", { status: response.status });
      try {
        yield* readEvents(chunksOf(response.body));
      } catch (error) {
        if (wasStopped(error) || error instanceof Problem) throw error;
        throw sent.signal.aborted ? new DOMException("stopped", "AbortError") : new Problem("broken");
      }
    },
  };
}

/** A query as it stands behind a path: absent values are left out, lists are repeated. */
export function written(query: Query = {}): string {
  const told = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) told.append(name, String(one));
  }
  const text = told.toString();
  return text && `?${text}`;
}

// ReadableStream is not iterable in every browser that is otherwise good enough.
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function received<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw wasStopped(error) ? error : new Problem("broken", { detail: asProblem(error).detail });
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}
