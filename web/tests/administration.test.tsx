import axe from "axe-core";
import { act, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import AccessView from "../src/access/AccessView";
import AnalyticsView from "../src/analytics/AnalyticsView";
import type { Api, Method, Sent } from "../src/api/client";
import { Problem } from "../src/api/problem";
import { SignedInContext, type SignedIn } from "../src/session/signed_in";

const HOSTILE = "<img src=x onerror=alert(1)>";
const KEY = "nx_shown_once";
const ranged = { from: "2026-11-01", to: "2026-11-03", complete: true };
const counts = { questions: 9, answered: 5, refused: 3, failed: 1, cached: 2, clients: 2, dollars: 0.5, up: 3, down: 1 };
const named = { document_id: "d", title: HOSTILE, path: "hr/leave.pdf" };
const gap = { count: 4, refused: 3, disliked: 1, examples: [HOSTILE], documents: [named] };
const client = {
  name: "web", role: "user", department: null, departments: [], tags: [], groups: ["hr"],
  keys: [{ id: "k1", created_at: "2026-11-01T00:00:00Z", ends_at: null, state: "in_use" }],
  budget: { dollars_month: 20 }, spent: { month: "2026-11", requests: 4, tokens: 9, dollars: 5 },
};
const person = { email: "ana@example.org", groups: ["hr"], enabled: true, created_at: "2026-11-01T00:00:00Z", invited: false };

let answers: Record<string, unknown>;
let sent: { method: Method; path: string; told: Sent }[];
let root: Root;
let place: HTMLElement;

class Answering implements Pick<Api, "send" | "get"> {
  async send<T>(method: Method, path: string, told: Sent = {}): Promise<T> {
    sent.push({ method, path, told });
    const answer = answers[`${method} ${path.split("?")[0]}`];
    if (answer instanceof Problem) throw answer;
    return answer as T;
  }
  get<T>(path: string): Promise<T> {
    return this.send("GET", path);
  }
}

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.setAttribute("open", "");
  };
  sent = [];
  answers = {
    "GET /v1/analytics/overview": {
      ...ranged, totals: counts, satisfaction: 0.75, latency_ms: { p50: 900, p95: 2_100, p99: null, within: 0.01 },
      confidence: { high: 3, medium: 1, low: 1 }, scores: [0, 0, 0, 1, 0, 0, 1, 0, 1, 2], reasons: { wrong: 1, [HOSTILE]: 1 },
      days: [{ ...counts, day: "2026-11-02" }],
    },
    "GET /v1/analytics/gaps": { ...ranged, clusters: [gap], texts: true },
    "GET /v1/analytics/questions": { ...ranged, clusters: [{ ...gap, examples: [] }], texts: false },
    "GET /v1/analytics/documents": { ...ranged, documents: 3, cited: [{ ...named, cited: 2, closest: 1 }], never_cited: [named], never_cited_count: 2 },
    "GET /v1/analytics/spend": {
      ...ranged, dollars: 0.5, clients: [{ name: "person/u1", questions: 9, tokens_in: 1_200, tokens_out: 300, dollars: 0.5 }], models: [],
    },
    "GET /v1/analytics/errors": { ...ranged, questions: { timeout: 1 }, recent: [{ at: "2026-11-02T10:00:00Z", client: "web", error: "timeout" }], documents: [], documents_count: 0 },
    "GET /v1/clients": { clients: [client] },
    "GET /v1/groups": { groups: ["board", "hr"], for_people: ["hr"] },
    "GET /v1/people": { people: [person], managed: true },
  };
  place = document.createElement("main");
  document.body.append(place);
  root = createRoot(place);
});
afterEach(() => {
  act(() => root.unmount());
  place.remove();
  location.hash = "";
});

async function show(content: ReactNode): Promise<void> {
  const signedIn = { api: new Answering(), me: { kind: "key", name: "web", role: "admin" } } as unknown as SignedIn;
  await act(async () => root.render(<SignedInContext value={signedIn}>{content}</SignedInContext>));
}
const button = (name: string) => {
  const found = [...place.querySelectorAll("button")].find((each) => each.textContent === name);
  if (!found) throw new Error(`There is no button ${name}.`);
  return found;
};
const press = (name: string) => act(async () => button(name).click());
const changes = () => sent.filter((each) => each.method !== "GET");
async function type(element: HTMLInputElement, text: string): Promise<void> {
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")!.set!.call(element, text);
    element.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
// Colours are seen by a browser alone (tests/page).
const faults = async () => (await axe.run(place, { rules: { "color-contrast": { enabled: false } } })).violations.map((each) => each.id);

describe("the analytics", () => {
  test("tell the figures, and take nothing that they name for markup", async () => {
    await show(<AnalyticsView />);
    const text = place.textContent;
    for (const told of ["1,200", "$0.50", "Person u1", "0.9 sec", "75%", "timeout", "keeps no questions in words", HOSTILE]) expect(text).toContain(told);
    expect(place.querySelector("img, script")).toBeNull();
    expect(place.querySelector("[style]")).toBeNull();
    expect(await faults()).toEqual([]);
  });

  test("ask for the days that the address names", async () => {
    location.hash = "#/analytics?from=2026-11-01&to=2026-11-03";
    await show(<AnalyticsView />);
    const figures = sent.filter((each) => each.path.startsWith("/v1/analytics/"));
    expect(new Set(figures.map((each) => each.path.split("?")[1]!.replace(/&limit=\d+/, "")))).toEqual(new Set(["from=2026-11-01&to=2026-11-03"]));
  });

  test("say once where no questions are counted", async () => {
    answers["GET /v1/analytics/overview"] = new Problem("refused", { status: 404, detail: "This deployment keeps no log." });
    await show(<AnalyticsView />);
    expect(place.querySelectorAll('[role="alert"].trouble')).toHaveLength(1);
  });
});

describe("a key", () => {
  test("is shown once, and is gone when the view is left", async () => {
    answers["POST /v1/clients"] = { name: "bot", key: KEY };
    await show(<AccessView />);
    await press("New key");
    await type(place.querySelector("input[pattern]")!, "bot");
    await press("Make the key");
    expect(place.querySelector<HTMLInputElement>("input[readonly]")!.value).toBe(KEY);
    expect(await faults()).toEqual([]);
    await act(async () => (location.hash = "#/access/people"));
    await vi.waitFor(() => expect(place.querySelector("#people")).not.toBeNull());
    await act(async () => (location.hash = "#/access/clients"));
    await vi.waitFor(() => expect(place.querySelector("#clients")).not.toBeNull());
    expect(place.innerHTML).not.toContain(KEY);
    expect(JSON.stringify([{ ...localStorage }, { ...sessionStorage }])).not.toContain(KEY);
  });

  test("that was perhaps made is asked for again under the same name", async () => {
    answers["POST /v1/clients"] = new Problem("network");
    await show(<AccessView />);
    await press("New key");
    await type(place.querySelector("input[pattern]")!, "bot");
    await press("Make the key");
    await press("Make the key");
    await type(place.querySelector("input[pattern]")!, "bot2");
    await press("Make the key");
    const [first, second, third] = changes().map((each) => each.told.headers!["idempotency-key"]);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  test("is rotated with a grace, and says when the old one ends", async () => {
    answers["POST /v1/clients/web:rotate"] = { name: "web", key: KEY, ends_at: "2026-12-06T12:00:00Z" };
    await show(<AccessView />);
    await press("Another key");
    await press("Make another key");
    expect(changes()[0]!.told.body).toEqual({ grace_days: 7 });
    expect(place.textContent).toContain("The key of before works until Dec 6, 2026");
    await press("I have kept it: hide it");
    expect(place.innerHTML).not.toContain(KEY);
  });

  test("is revoked only once that is confirmed, and warns who uses it", async () => {
    await show(<AccessView />);
    await press("Revoke");
    expect(changes()).toEqual([]);
    const dialog = place.querySelector("dialog")!;
    expect(dialog.textContent).toContain("You are using this key yourself");
    await act(async () => dialog.querySelector<HTMLButtonElement>(".button-danger")!.click());
    expect(changes().map((each) => [each.method, each.path])).toEqual([["DELETE", "/v1/clients/web"]]);
    expect(place.querySelector("h3")).toBeNull();
    expect(document.activeElement?.id).toBe("clients");
  });
});

describe("people", () => {
  test("are changed, and sent only what is changed", async () => {
    answers["PATCH /v1/people/ana%40example.org"] = { ...person, groups: [] };
    location.hash = "#/access/people";
    await show(<AccessView />);
    await press("Groups");
    await act(async () => place.querySelector<HTMLInputElement>('input[type="checkbox"]')!.click());
    expect(await faults()).toEqual([]);
    await press("Save");
    expect(changes()[0]!.told.body).toEqual({ groups: [] });
    expect(place.textContent).toContain("None: sees documents without groups");
  });

  test("of another provider are told, and nothing offers to change them", async () => {
    answers["GET /v1/people"] = { people: [], managed: false };
    location.hash = "#/access/people";
    await show(<AccessView />);
    expect(place.textContent).toContain("entered at your organisation's own sign-in provider");
    expect(place.querySelectorAll("button, input")).toHaveLength(0);
  });

  test("and keys are listed by group", async () => {
    location.hash = "#/access/groups";
    await show(<AccessView />);
    const rows = [...place.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows).toEqual([["board", "–", "Not for people"], ["hr", "web", "ana@example.org"]]);
    expect(await faults()).toEqual([]);
  });
});
