import { afterEach, describe, expect, test, vi } from "vitest";
import { awaiting, settled, stepped, timeLeft, type Action, type Step } from "../src/agents/agent";
import { agentsOf, choiceOf, choicesOf, keepChoice, keptChoice, moveChoice, type Agents } from "../src/agents/choosing";
import { parsedExactly, readable, visible } from "../src/agents/readable";
import type { Api } from "../src/api/client";
import { begun, decidedIn, ended, gathered, requestOf, told, type Exchange } from "../src/chat/thread";

afterEach(() => sessionStorage.clear());
const asking = { question: "Q", filters: {}, style: null, attempt: "a" };
const step = (number: number, more: Partial<Step> = {}): Step => ({
  number, agent: "finance", kind: "tool", name: "balance", outcome: "ok", took_ms: 4, detail: null, ended: true, ...more,
});
const action = (id: string, more: Partial<Action> = {}): Action => ({
  id, agent: "finance", tool: "pay", title: "Pay a fee", arguments: { amount: 500 }, expires_at: "2026-11-29T14:00:00Z", ...more,
});
const DONE = { answer: "All.", sources: [], claims: [], confidence: null, refused: false, conversation_id: "c", message_id: "m", remembered: true, truncated: false, rewritten_question: null };

function after(...events: [string, unknown][]): Exchange {
  return events.reduce(
    (exchange, [name, data]) => told(exchange, { name, data: typeof data === "string" ? data : JSON.stringify(data) }),
    begun("1", asking, ""),
  );
}

describe("an agent's answer as it is told", () => {
  test("has the agent that took it last, by its title", () => {
    const exchange = after(["agent", { agent: "finance", title: "Finance desk" }], ["agent", { agent: "library", title: "Library" }]);
    expect(exchange.answeredBy).toEqual({ name: "library", title: "Library" });
    expect(told(exchange, { name: "done", data: JSON.stringify({ ...DONE, agent: "library" }) }).answeredBy).toEqual({ name: "library", title: "Library" });
    expect(told(exchange, { name: "done", data: JSON.stringify({ ...DONE, agent: "other" }) }).answeredBy).toEqual({ name: "other", title: "other" });
  });

  test("has each step once, as it goes on and as it has ended, in their order", () => {
    const begins = step(2, { ended: false, took_ms: 0 });
    const exchange = after(["step", step(1)], ["step", begins], ["step", step(3, { ended: false })], ["step", step(2, { outcome: "failed" })]);
    expect(exchange.steps.map((each) => [each.number, each.ended, each.outcome])).toEqual([[1, true, "ok"], [2, true, "failed"], [3, false, "ok"]]);
    // What has ended does not begin again, in whichever order events arrive.
    expect(stepped(exchange.steps, begins)).toBe(exchange.steps);
    expect(stepped([step(2)], step(1)).map((each) => each.number)).toEqual([1, 2]);
  });

  test("takes its steps from the whole answer", () => {
    const exchange = after(["step", step(1, { ended: false })], ["done", { ...DONE, agent: "finance", steps: [{ ...step(1), ended: undefined }, step(2)], confirmations: [] }]);
    expect(exchange.steps).toHaveLength(2);
    expect(exchange.steps.every((each) => each.ended !== false)).toBe(true);
  });

  test("that breaks off keeps no step that goes on for ever", () => {
    const exchange = after(["step", step(1)], ["step", step(2, { ended: false })]);
    expect(ended(exchange, new Error("x"), true).steps.map((each) => each.number)).toEqual([1]);
    expect(settled(exchange.steps)).toHaveLength(1);
  });

  test("has what waits once, whether it was told before or stands in the whole answer alone", () => {
    const exchange = after(["confirmation", action("a-1")], ["confirmation", action("a-1")], ["done", { ...DONE, confirmations: [action("a-1"), action("a-2")] }]);
    expect(exchange.actions.map((each) => each.id)).toEqual(["a-1", "a-2"]);
    expect(awaiting(exchange.actions, action("a-2"))).toBe(exchange.actions);
  });

  test("of a deployment without agents has none of it", () => {
    expect(after(["done", DONE])).toMatchObject({ answeredBy: null, steps: [], actions: [] });
  });
});

describe("a request", () => {
  test("names an agent and a decision where there is one, and else nothing of them", () => {
    expect(requestOf(begun("1", asking, ""), "")).toEqual({ message: "Q" });
    const decision = { id: "a-1", approved: false };
    expect(requestOf(begun("1", { ...asking, agent: "auto", decision }, ""), "c")).toEqual({
      message: "Q", conversation_id: "c", agent: "auto", confirmation: decision,
    });
  });
});

describe("what was decided", () => {
  const decided = (id: string, approved: boolean): Exchange => begun(id, { ...asking, decision: { id, approved } }, "");
  test("is known by the action's id", () => {
    expect([...decidedIn([begun("1", asking, ""), decided("a-1", true), decided("a-2", false)])]).toEqual([["a-1", true], ["a-2", false]]);
  });
  test("stands by itself, though the words are those of before", () => {
    expect(gathered([decided("a-1", true), decided("a-2", true)])).toHaveLength(2);
  });
});

describe("the time of an action", () => {
  const end = Date.parse("2026-11-29T14:00:00Z");
  test("is what is left, and never less than nothing", () => {
    expect(timeLeft(action("a"), end - 9_000, end - 4_000)).toBe(4_000);
    expect(timeLeft(action("a"), end - 9_000, end + 4_000)).toBe(0);
  });
  test("is not told by a clock that is wrong", () => {
    expect(timeLeft(action("a"), end + 1, end + 2)).toBeNull();
    expect(timeLeft(action("a", { expires_at: "soon" }), 0, 1)).toBeNull();
  });
});

describe("an action's arguments", () => {
  const words = { yes: "ya", no: "tidak", nothing: "kosong" };
  test("are readable, whatever they are", () => {
    expect([true, false, null, "", "a\nb", 0, 1.5, ["x"]].map((value) => readable(value, words))).toEqual([
      "ya", "tidak", "kosong", "kosong", "a\nb", "0", "1.5", '[\n  "x"\n]',
    ]);
  });
  test("hide nothing: signs that cannot be seen stand as their code", () => {
    expect(visible("pay \u202e005\u202c to\u200b A\u0000")).toBe("pay [U+202E]005[U+202C] to[U+200B] A[U+0000]");
    expect(visible("\u{e0041}x")).toBe("[U+E0041]x");
    expect(visible("Bébé 東京 مرحبا 😀\n\t1")).toBe("Bébé 東京 مرحبا 😀\n\t1");
    expect(readable({ a: "\u202e" }, words)).toContain("[U+202E]");
  });
  test("are not rounded", () => {
    const exchange = after(["confirmation", '{"id":"a","arguments":{"account":12345678901234567890,"amount":1.10,"n":7}}']);
    expect(exchange.actions[0]!.arguments).toEqual({ account: "12345678901234567890", amount: "1.10", n: 7 });
    expect(parsedExactly("[1, 2.5]")).toEqual([1, 2.5]);
  });
});

describe("who can answer", () => {
  const agent = (name: string) => ({ name, title: name.toUpperCase(), description: "" });
  const of = (usual: string | null, ...names: string[]): Agents => ({ agents: names.map(agent), default: usual });

  test("is offered as the deployment leaves it open", () => {
    expect(choicesOf(of(null))).toEqual([]);
    expect(choicesOf(of(null, "a"))).toEqual(["", "a"]);
    expect(choicesOf(of(null, "a", "b"))).toEqual(["", "auto", "a", "b"]);
    expect(choicesOf(of("auto", "a", "b"))).toEqual(["auto", "a", "b"]);
    expect(choicesOf(of("a", "a"))).toEqual(["a"]);
  });
  test("is who was chosen, else the deployment's own", () => {
    expect(choiceOf(of("auto", "a", "b"), "b")).toBe("b");
    expect(choiceOf(of("auto", "a", "b"), "gone")).toBe("auto");
    expect(choiceOf(of(null, "a", "b"), "gone")).toBe("");
    expect(choiceOf(of(null), "a")).toBe("");
  });
  test("is remembered by conversation, and moves with a new one to its id", () => {
    keepChoice("", "a");
    keepChoice("c-1", "b");
    moveChoice("c-2");
    expect([keptChoice(""), keptChoice("c-1"), keptChoice("c-2")]).toEqual([null, "b", "a"]);
  });
  test("is asked for once, and nobody where the API cannot tell", async () => {
    const get = vi.fn(() => Promise.reject(new Error("404")));
    const api = { get } as unknown as Api;
    expect(await agentsOf(api)).toEqual({ agents: [], default: null });
    expect((await agentsOf(api)).agents).toEqual([]);
    expect(get).toHaveBeenCalledTimes(1);
    const odd = { get: () => Promise.resolve({ detail: "?" }) } as unknown as Api;
    expect((await agentsOf(odd)).agents).toEqual([]);
  });
});
