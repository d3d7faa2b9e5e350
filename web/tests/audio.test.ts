import { afterEach, describe, expect, test, vi } from "vitest";
import type { Api, Sent } from "../src/api/client";
import { clock, faultOf, record, typeFor } from "../src/audio/recording";
import { answeredAloud, heardAs, soundOf, type Spoken } from "../src/audio/sending";
import { begun, gathered, textOf } from "../src/chat/thread";
import { keepUnanswered, keptUnanswered } from "../src/chat/unsent";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  sessionStorage.clear();
});
const recording = (bytes = 3) => ({ content: new Blob([new Uint8Array(bytes)], { type: "audio/webm" }), seconds: 2 });
const exchange = (bytes?: number) =>
  begun("1", { question: "", filters: { tags: ["t"] }, style: "concise", attempt: "key", recording: recording(bytes) }, "");
const SPOKEN: Spoken = {
  transcript: "How much?", asked: null, emotion: { label: "worried", score: 0.8, told_by: "rule" }, answer: "Nine.", sources: [],
  refused: false, confidence: "high", conversation_id: "c", message_id: "m", audio: btoa("sound"), audio_url: null,
  audio_type: "audio/mpeg", note: null,
};

/** An API that gives these answers in turn, and what it was asked. */
function api(...answers: unknown[]) {
  const asked: [string, string, Sent][] = [];
  const next = (method: string, path: string, sent: Sent) => {
    asked.push([method, path, sent]);
    return Promise.resolve(answers.shift());
  };
  const of = { send: next, get: (path: string) => next("GET", path, {}) } as unknown as Api;
  return { of, asked };
}

describe("a recording that is sent", () => {
  test("is a form with what the question has, and is answered as any question", async () => {
    const { of, asked } = api(SPOKEN);
    const answered = await answeredAloud(of, exchange(), recording(), "c-1", new AbortController().signal);
    const [[method, path, sent]] = asked as [[string, string, Sent]];
    expect([method, path, sent.headers]).toEqual(["POST", "/v1/audio", { "Idempotency-Key": "key" }]);
    const form = sent.form!;
    expect([form.get("conversation_id"), form.get("style"), form.get("filters")]).toEqual(["c-1", "concise", '{"tags":["t"]}']);
    expect((form.get("file") as Blob).size).toBe(3);
    expect(answered).toMatchObject({ question: "How much?", progress: "answered", conversationId: "c", messageId: "m", recording: null });
    expect(textOf(answered)).toBe("Nine.");
    expect(answered.confidence).toEqual({ level: "high", score: null });
    expect(answered.heard).toMatchObject({ tone: { label: "worried" }, note: "", address: "" });
    expect(answered.heard!.sound!.type).toBe("audio/mpeg");
  });

  test("is uploaded where a request cannot hold it", async () => {
    const { of, asked } = api({ id: "u-1", url: "https://bucket.example/x?sig", headers: { "content-type": "x/y" } }, SPOKEN);
    const put = vi.fn((_address: string, _init: RequestInit) => Promise.resolve(new Response(null, { status: 200 })));
    vi.stubGlobal("fetch", put);
    await answeredAloud(of, exchange(4_000_001), recording(4_000_001), "", new AbortController().signal);
    expect(asked.map(([, path, sent]) => [path, sent.body])).toEqual([
      ["/v1/audio/uploads", { size: 4_000_001 }],
      ["/v1/audio", { style: "concise", filters: { tags: ["t"] }, upload: "u-1" }],
    ]);
    expect(put.mock.calls[0]![1]).toMatchObject({ method: "PUT", credentials: "omit", headers: { "content-type": "x/y" } });
  });

  test("that is answered by a job is asked for until it is done", async () => {
    vi.useFakeTimers();
    const { of, asked } = api({ id: "a-1", status: "working" }, { id: "a-1", status: "working" }, SPOKEN);
    const answered = answeredAloud(of, exchange(), recording(), "", new AbortController().signal);
    await vi.advanceTimersByTimeAsync(7_000);
    expect((await answered).question).toBe("How much?");
    expect(asked.slice(1).map(([method, path]) => [method, path])).toEqual([["GET", "/v1/audio/a-1"], ["GET", "/v1/audio/a-1"]]);
  });

  test("is given up when its asker stops it, also between two looks", async () => {
    const { of } = api({ id: "a-1", status: "working" });
    const control = new AbortController();
    const answered = answeredAloud(of, exchange(), recording(), "", control.signal);
    setTimeout(() => control.abort(), 5);
    await expect(answered).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("what was heard", () => {
  test("is asked again by the words that were asked", () => {
    const long = heardAs(exchange(), { ...SPOKEN, transcript: "Much before. How much?", asked: "How much?" });
    expect([long.question, long.heard!.transcript]).toEqual(["How much?", "Much before. How much?"]);
  });
  test("may have no sound, and says why", () => {
    const heard = heardAs(exchange(), { ...SPOKEN, audio: null, note: "The answer is not spoken." }).heard!;
    expect([heard.sound, heard.note]).toEqual([null, "The answer is not spoken."]);
  });
  test("is of a type of sound, and nothing that a browser would run", () => {
    expect(soundOf(btoa("x"), "text/html").type).toBe("audio/mpeg");
    expect(() => soundOf("***", "audio/wav")).toThrow("unreadable");
  });
  test("stands by itself among questions of the same words", () => {
    const one = heardAs(exchange(), SPOKEN);
    expect(gathered([one, { ...one, id: "2" }])).toHaveLength(2);
    // Asked again in writing, it is a further answer to the same question.
    expect(gathered([one, begun("3", { question: "How much?", filters: {}, style: null, attempt: "b" }, "c")])[0]!.answers).toHaveLength(2);
  });
  test("is not kept as text where it was never heard", () => {
    keepUnanswered("c", [{ ...exchange(), progress: "failed" }]);
    expect(keptUnanswered("c")).toEqual([]);
  });
});

describe("the microphone", () => {
  test("records what the browser can and the API reads", () => {
    expect(typeFor(() => true)).toBe("audio/webm;codecs=opus");
    expect(typeFor((type) => type === "audio/mp4")).toBe("audio/mp4");
    expect(typeFor(() => false)).toBeNull();
  });
  test.each([
    ["NotAllowedError", "refused"], ["SecurityError", "refused"], ["NotFoundError", "none"], ["NotReadableError", "busy"], ["TypeError", "unable"],
  ])("that is not to be had for %s says so", (name, fault) => expect(faultOf(new DOMException("", name))).toBe(fault));
  test("counts minutes and seconds", () => expect([0, 9.9, 65, 3_600].map(clock)).toEqual(["0:00", "0:09", "1:05", "60:00"]));

  class Recorder {
    static isTypeSupported = () => true;
    state = "recording";
    ondataavailable: ((event: { data: Blob }) => void) | null = null;
    onstop: (() => void) | null = null;
    start() {}
    stop() {
      this.state = "inactive";
      this.ondataavailable?.({ data: new Blob(["ab"]) });
      this.onstop?.();
    }
  }
  function withMicrophone() {
    const stop = vi.fn();
    vi.stubGlobal("MediaRecorder", Recorder);
    vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: () => Promise.resolve({ getTracks: () => [{ stop }] }) } });
    return stop;
  }

  test("is let go when a recording ends, which has what was said", async () => {
    const stop = withMicrophone();
    const ended = vi.fn();
    const begun = await record(ended, new AbortController().signal);
    expect(stop).not.toHaveBeenCalled();
    begun.stop();
    expect(stop).toHaveBeenCalled();
    expect(ended).toHaveBeenCalledTimes(1);
    expect((ended.mock.calls[0]![0] as Blob).type).toBe("audio/webm");
  });
  test("is let go when a recording is discarded, and nothing is kept", async () => {
    const stop = withMicrophone();
    const ended = vi.fn();
    (await record(ended, new AbortController().signal)).cancel();
    expect(stop).toHaveBeenCalled();
    expect(ended).not.toHaveBeenCalled();
  });
  test("is let go where it was given after somebody had left", async () => {
    const stop = withMicrophone();
    const control = new AbortController();
    control.abort();
    await expect(record(vi.fn(), control.signal)).rejects.toMatchObject({ name: "AbortError" });
    expect(stop).toHaveBeenCalled();
  });
});
