import { describe, expect, test } from "vitest";
import { Problem } from "../src/api/problem";
import type { Answer, Source } from "../src/api/types";
import { begun, ended, exchangesOf, gathered, textOf, told, type Exchange } from "../src/chat/thread";

const asking = { question: "Q", filters: {}, style: null, attempt: "a" };
const source = (number: number): Source => ({
  number,
  document_id: "d",
  title: `T${number}`,
  uri: "s3://b/t.pdf",
  version: "v",
  locator: { page: 1, slide: null, sheet: null, row: null, heading: [] },
  score: 1,
  quote: "q",
  link: "",
});

function after(...events: [string, unknown][]): Exchange {
  return events.reduce(
    (exchange, [name, data]) => told(exchange, { name, data: JSON.stringify(data) }),
    begun("1", asking, ""),
  );
}
const START: [string, unknown] = ["start", { conversation_id: "c", message_id: "m" }];

describe("an answer as it is told", () => {
  test("grows delta by delta, with the sources that each brings", () => {
    const exchange = after(
      START,
      ["delta", { index: 0, text: "One [1].", sources: [source(1)] }],
      ["delta", { index: 1, text: " Two [2].", sources: [source(2)] }],
    );
    expect(textOf(exchange)).toBe("One [1]. Two [2].");
    expect(exchange.sources.map((each) => each.number)).toEqual([1, 2]);
    expect(exchange).toMatchObject({ progress: "writing", conversationId: "c", messageId: "m" });
  });

  test("loses what is retracted, and the sources that were cited there alone", () => {
    const exchange = after(
      START,
      ["delta", { index: 0, text: "One [1].", sources: [source(1)] }],
      ["delta", { index: 1, text: " Two [2].", sources: [source(2)] }],
      ["retract", { since: 1 }],
      ["delta", { index: 1, text: " Three [1].", sources: [] }],
    );
    expect(textOf(exchange)).toBe("One [1]. Three [1].");
    expect(exchange.sources.map((each) => each.number)).toEqual([1]);
  });

  test("can be retracted whole", () => {
    expect(textOf(after(START, ["delta", { index: 0, text: "x", sources: [] }], ["retract", { since: 0 }]))).toBe("");
  });

  test("is what `done` says, whatever was told before", () => {
    const done: Partial<Answer> = { answer: "All [1].", sources: [source(1)], claims: [], refused: true, conversation_id: "c", message_id: "m", remembered: true, truncated: false, rewritten_question: null };
    const exchange = after(START, ["delta", { index: 0, text: "Al", sources: [] }], ["done", done]);
    expect(exchange).toMatchObject({ progress: "answered", refused: true, understoodAs: "" });
    expect(textOf(exchange)).toBe("All [1].");
  });

  test("keeps its text where it breaks off, is stopped, or ends with a problem", () => {
    const half = after(START, ["delta", { index: 0, text: "Half", sources: [] }]);
    expect(textOf(ended(half, new Problem("broken"), false))).toBe("Half");
    expect(ended(half, new Problem("broken"), false)).toMatchObject({ progress: "failed", problem: { kind: "broken" } });
    expect(ended(half, new DOMException("", "AbortError"), true)).toMatchObject({ progress: "stopped", problem: null });
    expect(() => told(half, { name: "error", data: '{"status":503,"detail":"Wait."}' })).toThrow("Wait.");
  });

  test("passes over events that it does not know", () => {
    const half = after(START);
    expect(told(half, { name: "news", data: "{}" })).toBe(half);
  });
});

describe("a kept conversation", () => {
  const turn = { question: "Q", answer: "A", sources: [], claims: [], confidence: null, refused: false, agent: null, rating: null, created_at: "2026-01-01T00:00:00Z", deleted_documents: [], hidden_documents: 0 };
  const kept = (...turns: object[]) =>
    exchangesOf({ conversation_id: "c", title: "t", created_at: "", updated_at: "", expires_at: "", turn_count: 1, turns: turns.map((each, index) => ({ ...turn, message_id: `m${index}`, ...each })) });

  test("shows what was thought of an answer", () => {
    expect(kept({ rating: "down" }, {}).map((each) => each.rating)).toEqual(["down", null]);
  });

  test("names the agent that answered", () => {
    expect(kept({ agent: "finance" }, {}).map((each) => each.answeredBy?.name)).toEqual(["finance", undefined]);
  });

  test("shows an answer whose documents are gone as withheld", () => {
    expect(kept({ deleted_documents: ["d"] }, { hidden_documents: 1 }, {}).map((each) => each.withheld)).toEqual([true, true, false]);
  });

  test("gathers answers to a question that was asked again at once", () => {
    const all = gathered(kept({}, {}, { question: "R" }, {}));
    expect(all.map((each) => [each.question, each.answers.length])).toEqual([["Q", 2], ["R", 1], ["Q", 1]]);
  });
});
