import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { useProgress, type ReadingProgress } from "../src/documents/useProgress";
import { SignedInContext, type SignedIn } from "../src/session/signed_in";

let root: Root;
let due: Record<string, number>;
let asked: number;
let over: string[];
let told: ReadingProgress;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  due = {};
  asked = 0;
  over = [];
  root = createRoot(document.createElement("div"));
});
afterEach(() => {
  act(() => root.unmount());
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function Probe() {
  told = useProgress(
    () => undefined,
    async (id) => void over.push(id),
  );
  return null;
}
async function begin() {
  const get = async (_path: string, query: { status: string }) => {
    asked++;
    const documents = Object.entries(due).map(([document_id, percent]) => ({ document_id, progress: { parts_done: percent, parts: 100 } }));
    return { documents: query.status === "indexing" ? documents : [], cursor: null };
  };
  await act(async () => root.render(<SignedInContext value={{ api: { get } } as unknown as SignedIn}><Probe /></SignedInContext>));
}
const pass = (seconds: number) => act(async () => void (await vi.advanceTimersByTimeAsync(seconds * 1_000)));

describe("the documents that are being read", () => {
  test("are asked for while there are any, and no longer", async () => {
    due = { a: 0, b: 0 };
    await begin();
    expect(told.due).toBe(2);
    due = { b: 50 };
    await pass(3.1);
    expect(over).toEqual(["a"]);
    expect(told.secondsLeft).toBeCloseTo(1, 0);
    due = {};
    await pass(3.1);
    expect(over).toEqual(["a", "b"]);
    expect(told.due).toBe(0);
    await pass(10);
    const before = asked;
    await pass(300);
    expect(asked).toBe(before);
  });

  test("are asked for less often when nothing moves", async () => {
    due = { a: 10 };
    await begin();
    await pass(120);
    // Two requests a look: every three seconds these would be eighty.
    expect(asked).toBeLessThan(26);
    expect(told.secondsLeft).toBeNull();
  });

  test("are not asked for while nobody looks", async () => {
    due = { a: 10 };
    await begin();
    const before = asked;
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    await pass(60);
    expect(asked).toBe(before);
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("visible");
    await act(async () => void document.dispatchEvent(new Event("visibilitychange")));
    expect(asked).toBeGreaterThan(before);
  });

  test("are looked at one by one where work may be over before it is seen", async () => {
    await begin();
    await pass(60);
    const before = asked;
    await act(async () => told.wake(["n"]));
    await pass(1.1);
    expect(over).toEqual(["n"]);
    expect(asked).toBeGreaterThan(before);
    await pass(20);
    expect(over).toEqual(["n", "n"]);
    await pass(60);
    const ended = asked;
    await pass(300);
    expect(asked).toBe(ended);
  });
});
