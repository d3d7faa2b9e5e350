import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { keepChoice, keptChoice } from "../src/agents/choosing";
import type { Api, Sent } from "../src/api/client";
import type { ServerEvent } from "../src/api/events";
import { Problem } from "../src/api/problem";
import { useThread, type Thread } from "../src/chat/useThread";
import { SignedInContext, type SignedIn } from "../src/session/signed_in";

const DONE = { answer: "All.", sources: [], claims: [], confidence: null, refused: false, conversation_id: "c-9", message_id: "m", remembered: true, truncated: false, rewritten_question: null };
const SPOKEN = { transcript: "Spoken?", asked: null, emotion: { label: "happy", score: 1, told_by: "model" }, answer: "Nine.", sources: [], refused: false, confidence: "low", conversation_id: "c-9", message_id: "m", audio: null, audio_url: null, audio_type: "audio/mpeg", note: "None." };

const HANGS = "hangs";

let root: Root;
let place: HTMLElement;
let thread: Thread;
let asked: { path: string; sent: Sent }[];
/** What each request meets, in turn: events, an answer, or a problem. */
let answers: unknown[];

function Probe({ id }: { id: string }) {
  thread = useThread(id, () => undefined);
  return null;
}
const nothing = () => undefined;
async function open(id: string): Promise<void> {
  const next = (path: string, sent: Sent) => {
    asked.push({ path, sent });
    const found = answers.shift();
    if (found instanceof Error) throw found;
    return found;
  };
  const api = {
    get: () => new Promise(nothing),
    send: async (_method: string, path: string, sent: Sent) => next(path, sent),
    async *stream(path: string, sent: Sent): AsyncGenerator<ServerEvent> {
      const found = next(path, sent);
      if (found === HANGS)
        await new Promise((_, reject) => {
          sent.signal!.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
        });
      for (const [name, data] of found as [string, unknown][]) yield { name, data: JSON.stringify(data) };
    },
  } as unknown as Api;
  await act(async () => root.render(<SignedInContext value={{ api } as SignedIn}><Probe id={id} /></SignedInContext>));
}
/** Does it, and waits until nothing is asked any more. */
async function settle(what: () => void): Promise<void> {
  await act(async () => {
    what();
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(0));
  });
  await vi.waitFor(() => expect(thread.running).toBe(false));
}
beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  place = document.createElement("div");
  root = createRoot(place);
  asked = [];
  answers = [];
});
afterEach(() => {
  act(() => root.unmount());
  sessionStorage.clear();
  location.hash = "";
  vi.unstubAllGlobals();
});
const asking = { question: "Q", filters: {}, style: null };
const keyOf = (at: number) => asked[at]!.sent.headers!["Idempotency-Key"];

describe("a question to an agent", () => {
  test("names it, and a new conversation keeps who was chosen", async () => {
    keepChoice("", "finance");
    answers = [[["start", { conversation_id: "c-9", message_id: "m" }], ["agent", { agent: "finance", title: "Finance desk" }], ["done", { ...DONE, agent: "finance" }]]];
    await open("");
    await settle(() => thread.ask({ ...asking, agent: "finance" }));
    expect(asked[0]!.sent.body).toEqual({ message: "Q", agent: "finance" });
    expect(thread.exchanges[0]!.answeredBy?.title).toBe("Finance desk");
    expect(keptChoice("c-9")).toBe("finance");
  });
});

describe("a decision", () => {
  const decision = { id: "a-1", approved: true };
  test("is sent with its action's id, and again under the same key after a fault", async () => {
    answers = [new Problem("network"), [["done", DONE]]];
    await open("c-1");
    await settle(() => thread.ask({ ...asking, decision }));
    expect(thread.exchanges[0]!.progress).toBe("failed");
    await settle(() => thread.askAgain(thread.exchanges[0]!));
    await vi.waitFor(() => expect(thread.exchanges[0]!.progress).toBe("answered"));
    expect(asked.map(({ sent }) => sent.body)).toEqual([0, 1].map(() => ({ message: "Q", conversation_id: "c-1", confirmation: decision })));
    expect(keyOf(1)).toBe(keyOf(0));
  });

  test("that was stopped is not another one when it is sent again: it may have been done", async () => {
    answers = [HANGS, [["done", DONE]]];
    await open("c-1");
    act(() => thread.ask({ ...asking, decision }));
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    await settle(() => thread.stop());
    expect(thread.exchanges[0]!.progress).toBe("stopped");
    await settle(() => thread.askAgain(thread.exchanges[0]!));
    await vi.waitFor(() => expect(thread.exchanges[0]!.progress).toBe("answered"));
    expect(keyOf(1)).toBe(keyOf(0));
  });
});

describe("a spoken question", () => {
  const recording = { content: new Blob(["x"]), seconds: 1 };
  test("goes to the API as sound, keeps it over a fault, and becomes a question with its answer", async () => {
    answers = [new Problem("network"), SPOKEN];
    await open("c-1");
    await settle(() => thread.ask({ ...asking, question: "", recording }));
    await vi.waitFor(() => expect(thread.exchanges[0]).toMatchObject({ progress: "failed", recording }));
    await settle(() => thread.askAgain(thread.exchanges[0]!));
    await vi.waitFor(() => expect(thread.exchanges[0]).toMatchObject({ progress: "answered", question: "Spoken?", recording: null, heard: { note: "None." } }));
    expect(asked.map(({ path }) => path)).toEqual(["/v1/audio", "/v1/audio"]);
    expect(keyOf(1)).toBe(keyOf(0));
    // Asked again, it is asked in writing.
    answers = [[["done", DONE]]];
    await settle(() => thread.askAgain(thread.exchanges[0]!));
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    expect(asked[2]).toMatchObject({ path: "/v1/chat/stream", sent: { body: { message: "Spoken?" } } });
    expect(keyOf(2)).not.toBe(keyOf(0));
  });
});
