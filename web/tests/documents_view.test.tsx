import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Problem } from "../src/api/problem";
import DocumentsView from "../src/documents/DocumentsView";
import type { DocumentEntry } from "../src/documents/entries";
import { SignedInContext, type SignedIn } from "../src/session/signed_in";

const entry = (document_id: string, some: Partial<DocumentEntry> = {}): DocumentEntry => ({
  document_id, path: `hr/${document_id}.md`, title: `Title ${document_id}`, status: "indexed", reason: null, warnings: [], version: "v",
  metadata: { title: null, author: null, department: "HR", date: null, tags: ["pay"], url: null, groups: [] },
  size: 10, pages: 1, chunks: 2, progress: { parts_done: 1, parts: 1, percent: 100 }, seconds_left: 0,
  created_at: "2026-01-01T00:00:00Z", updated_at: "2026-01-01T00:00:00Z", matches: [], ...some,
});
const receipt = (document_id: string, complete = true) => ({
  document_id, path: "p", title: document_id, started_at: "2026-01-01T00:00:00Z", finished_at: "2026-01-01T00:00:00Z", duration_ms: 1, complete,
  items: [{ what: "vectors", found: 3, removed: 3, remaining: complete ? 0 : 1, verified_at: "" }],
});

type Call = [method: string, path: string, sent: { query?: Record<string, unknown>; body?: unknown }];
let root: Root;
let place: HTMLElement;
let calls: Call[];
let answers: (call: Call) => unknown;

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) { this.open = true; };
  HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) { this.open = false; };
  location.hash = "#/documents";
  calls = [];
  place = document.createElement("div");
  document.body.append(place);
  root = createRoot(place);
});
afterEach(() => {
  act(() => root.unmount());
  place.remove();
  location.hash = "";
  vi.unstubAllGlobals();
});

const listed = (documents: DocumentEntry[]) => ([method, path, sent]: Call) =>
  method === "GET" && path === "/v1/documents"
    ? { documents: documents.filter(({ status }) => !sent.query?.status || sent.query.status === status), cursor: null }
    : undefined;

async function shown(documents: DocumentEntry[], other: (call: Call) => unknown = () => undefined, inPages = false) {
  answers = (call) => (inPages ? undefined : listed(documents)(call)) ?? other(call);
  const send = async (...call: Call) => {
    calls.push(call);
    const answer = answers(call);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const api = { send, get: (path: string, query: Record<string, unknown> = {}) => send("GET", path, { query }) };
  const signedIn = { api, me: {}, configuration: {} } as unknown as SignedIn;
  await act(async () => root.render(<SignedInContext value={signedIn}><DocumentsView /></SignedInContext>));
  await settled();
}
const settled = () => act(async () => void (await new Promise((resolve) => setTimeout(resolve, 5))));
const button = (name: string): HTMLButtonElement => {
  const all = [...place.querySelectorAll("button")];
  const found = all.filter((each) => (each.getAttribute("aria-label") ?? each.textContent) === name).at(-1);
  if (!found) throw new Error(`No button “${name}” among ${all.map((each) => each.getAttribute("aria-label") ?? each.textContent).join(", ")}`);
  return found;
};
const click = async (element: HTMLElement) => {
  await act(async () => element.click());
  await settled();
};
async function type(input: HTMLInputElement, text: string) {
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")!;
  await act(async () => {
    set!.call(input, text);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
const changing = (method: string) => calls.filter(([each]) => each === method);

describe("the view of documents", () => {
  test("lists them with state, groups, the words that were found, and no markup of theirs", async () => {
    const hostile = "<img src=x onerror=alert(1)>";
    await shown([
      entry("a", { title: hostile, matches: [{ text: "we pay nine", positions: [[3, 6]], locator: { page: 2, slide: null, sheet: null, row: null, heading: [] } }] }),
      entry("b", { status: "failed", reason: "The file is encrypted." }),
      entry("c", { status: "indexing", progress: { parts_done: 3, parts: 4, percent: 75 }, seconds_left: 200 }),
    ]);
    expect(place.querySelector("img")).toBeNull();
    expect(button(hostile)).toBeDefined();
    expect(place.querySelector("mark")?.textContent).toBe("pay");
    expect(place.textContent).toContain("The file is encrypted.");
    expect(place.textContent).toContain("3 of 4 parts");
    expect(place.textContent).toContain("about 4 min left");
    expect(place.querySelector<HTMLProgressElement>(".document-state progress")?.value).toBe(3);
    expect(place.querySelector("[style]")).toBeNull();
  });

  test("sorts what is asked for, once all of it is there", async () => {
    const pages = [
      [entry("a", { title: "Part 10", updated_at: "2026-01-02T00:00:00Z" }), entry("b", { title: "part 2", size: 900 })],
      [entry("c", { title: "Annex", status: "failed" })],
    ];
    await shown([], ([, path, { query }]) => {
      const at = Number(query?.cursor || 0);
      return path === "/v1/documents" ? { documents: pages[at], cursor: pages[at + 1] ? String(at + 1) : null } : undefined;
    }, true);
    const titles = () => [...place.querySelectorAll(".document-title")].map((each) => each.textContent);
    expect(titles()).toEqual(["Part 10", "part 2"]);
    const select = [...place.querySelectorAll("select")].find((each) => [...each.options].some(({ value }) => value === "title"))!;
    const sorted = async (order: string) => {
      await act(async () => {
        select.value = order;
        select.dispatchEvent(new Event("change", { bubbles: true }));
      });
      await settled();
      return titles();
    };
    expect(await sorted("title")).toEqual(["Annex", "part 2", "Part 10"]);
    expect(await sorted("trouble")).toEqual(["Annex", "part 2", "Part 10"]);
    expect(await sorted("changed")).toEqual(["Part 10", "Annex", "part 2"]);
    expect(await sorted("size")).toEqual(["part 2", "Annex", "Part 10"]);
    expect(await sorted("")).toEqual(["Part 10", "part 2", "Annex"]);
  });

  test("asks for nothing with another list's cursor while it is sorted and a filter is typed", async () => {
    const asked: string[] = [];
    await shown([], ([, path, { query }]) => {
      if (path !== "/v1/documents") return undefined;
      asked.push(`${String(query?.text)} ${String(query?.cursor)}`);
      const at = Number(query?.cursor || 0);
      // Slowly, so that the filter is typed while a page is on its way.
      const page = { documents: [entry(`d${at}`)], cursor: at < 500 ? String(at + 1) : null };
      return new Promise((resolve) => setTimeout(() => resolve(page), 8));
    }, true);
    for (let wait = 0; wait < 5; wait++) await settled();
    const select = [...place.querySelectorAll("select")].find((each) => [...each.options].some(({ value }) => value === "title"))!;
    await act(async () => {
      select.value = "title";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    expect(asked).toContain(" 1");
    await type(place.querySelector<HTMLInputElement>('input[type="search"]')!, "berth");
    for (let wait = 0; wait < 240; wait++) await settled();
    expect(asked.filter((each) => each.startsWith("berth"))[0]).toBe("berth ");
    const cursors = asked.filter((each) => each.startsWith("berth")).map((each) => Number(each.split(" ")[1]));
    expect(cursors).toEqual([...cursors.keys()]);
    // Of so many pages, no more than forty, and then the reader is asked.
    expect(cursors.length).toBe(40);
    expect(button("Show more")).toBeDefined();
  });

  test("offers to go on where a page could not be loaded to be sorted", async () => {
    await shown([], ([, path, { query }]) => {
      if (path !== "/v1/documents") return undefined;
      return query?.cursor ? new Problem("network") : { documents: [entry("a")], cursor: "1" };
    }, true);
    const select = [...place.querySelectorAll("select")].find((each) => [...each.options].some(({ value }) => value === "title"))!;
    await act(async () => {
      select.value = "title";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    for (let wait = 0; wait < 20; wait++) await settled();
    expect(calls.filter(([, path, { query }]) => path === "/v1/documents" && query?.status === "" && query.cursor).length).toBe(1);
    expect(button("Show more")).toBeDefined();
  });

  test("shows a name whose characters would turn it round as it is written", async () => {
    await shown([entry("a", { title: "\u202egnp.exe", path: "\u202egnp.exe" })]);
    expect(place.querySelector(".document-title")!.textContent).toBe("\ufffdgnp.exe");
    expect(place.querySelector(".document-path")!.textContent).toBe("\ufffdgnp.exe");
  });

  test("changes a field where it stands; an empty one is removed", async () => {
    await shown([entry("a")], ([method]) => (method === "PATCH" ? entry("a", { metadata: { ...entry("a").metadata, department: null } }) : undefined));
    await click(button("Title a"));
    expect(location.hash).toBe("#/documents/a");
    await click(button("Change: Department"));
    await type(place.querySelector<HTMLInputElement>('input[aria-label="Department"]')!, "");
    await click(button("Save"));
    expect(changing("PATCH")).toEqual([["PATCH", "/v1/documents/a", { body: { department: null } }]]);
    expect(document.activeElement).toBe(button("Change: Department"));
  });

  test("tells that somebody else changed it, and shows it as it is now", async () => {
    const conflict = new Problem("refused", { status: 409, detail: "The document changed meanwhile." });
    await shown([entry("a")], ([method, path]) =>
      method === "PATCH" ? conflict : path === "/v1/documents/a" ? entry("a", { metadata: { ...entry("a").metadata, author: "Budi" } }) : undefined,
    );
    await click(button("Title a"));
    await click(button("Change: Department"));
    await type(place.querySelector<HTMLInputElement>('input[aria-label="Department"]')!, "Finance");
    await click(button("Save"));
    expect(place.querySelector('[role="alert"]')?.textContent).toContain("The document changed meanwhile.");
    expect(place.querySelector<HTMLInputElement>('input[aria-label="Department"]')!.value).toBe("Finance");
    expect(place.textContent).toContain("Budi");
  });

  test("deletes after it has asked, and shows the receipt", async () => {
    await shown([entry("a"), entry("b")], ([method]) => (method === "DELETE" ? receipt("a") : undefined));
    await click(button("Title a"));
    await click(button("Delete"));
    expect(changing("DELETE")).toEqual([]);
    await click(button("Delete"));
    expect(changing("DELETE").map(([, path]) => path)).toEqual(["/v1/documents/a"]);
    expect(place.textContent).toContain("Receipts of deletion");
    expect(place.textContent).toContain("Passages in the index");
    expect(place.querySelectorAll(".document")).toHaveLength(1);
  });

  test("does not list again what was erased, unless it came anew", async () => {
    const again = entry("a", { updated_at: "2026-01-01T00:00:01Z" });
    let stored = [entry("a"), entry("b")];
    await shown([], (call) => listed(stored)(call) ?? (call[0] === "DELETE" ? receipt("a") : undefined));
    answers = (call) => listed(stored)(call) ?? (call[0] === "DELETE" ? receipt("a") : undefined);
    await click(button("Refresh"));
    await click(button("Title a"));
    await click(button("Delete"));
    await click(button("Delete"));
    await click(button("Refresh"));
    expect(place.querySelectorAll(".document")).toHaveLength(1);
    stored = [again, entry("b")];
    await click(button("Refresh"));
    expect(place.querySelectorAll(".document")).toHaveLength(2);
  });

  test("does one thing to all that are chosen, says to how many, and keeps those that failed", async () => {
    const gone = new Problem("refused", { status: 503, detail: "The index does not answer." });
    await shown([entry("a"), entry("b"), entry("c")], ([method, path]) =>
      method === "DELETE" ? (path.endsWith("b") ? gone : receipt(path.slice(-1))) : undefined,
    );
    await click(place.querySelector<HTMLInputElement>(".documents-list-head input")!);
    expect(place.textContent).toContain("3 chosen");
    await click(button("Delete"));
    expect(place.querySelector("dialog")?.textContent).toContain("Delete 3 documents");
    await click(button("Delete 3 documents"));
    expect(changing("DELETE")).toHaveLength(3);
    expect(place.textContent).toContain("It failed for 1 document:");
    expect(place.textContent).toContain("The index does not answer.");
    expect(place.textContent).toContain("1 chosen");
    expect(place.querySelectorAll(".document")).toHaveLength(1);
  });

  test("warns before groups are taken from documents that only some may see", async () => {
    const grouped = { ...entry("a").metadata, groups: ["hr"] };
    await shown([entry("a", { metadata: grouped }), entry("b")], ([method]) => (method === "PATCH" ? entry("a") : undefined));
    await click(place.querySelector<HTMLInputElement>(".documents-list-head input")!);
    await click(button("Set groups"));
    expect(place.querySelector('dialog [role="alert"]')?.textContent).toContain("1 document");
    await click(button("Change the groups of 1"));
    expect(changing("PATCH")).toEqual([["PATCH", "/v1/documents/a", { body: { groups: null } }]]);
  });

  test("compares two versions and restores one", async () => {
    const version = (name: string, some = {}) => ({ version: name, size: 5, last_modified: "2026-01-01T00:00:00Z", is_latest: false, is_live: false, deleted: false, ...some });
    vi.stubGlobal("fetch", async (address: string) => new Response(address.endsWith("new") ? "one\nthree\n" : "one\ntwo\n"));
    await shown([entry("a")], ([method, path, sent]) => {
      if (path.endsWith("/versions")) return { versions: [version("new", { is_latest: true, is_live: true }), version("gone", { deleted: true }), version("old")] };
      if (path.endsWith("/content")) return { url: `https://bucket/${String(sent.query?.version)}`, expires_at: "" };
      return method === "POST" ? entry("a") : undefined;
    });
    await click(button("Title a"));
    await click(button("Versions"));
    await click(button("Compare"));
    await settled();
    expect([...place.querySelectorAll("del, ins")].map((line) => line.lastElementChild?.textContent)).toEqual(["two", "three"]);
    const restore = [...place.querySelectorAll<HTMLButtonElement>("button")].find((each) => each.textContent === "Restore")!;
    await click(restore);
    await click(button("Restore"));
    expect(changing("POST")).toEqual([["POST", "/v1/documents/a:restore", { body: { version: "old" } }]]);
  });

  test("opens a document that a link names, though it is not on the page", async () => {
    location.hash = "#/documents/z";
    await shown([entry("a")], ([, path]) => (path === "/v1/documents/z" ? entry("z") : undefined));
    expect(button("Title z").getAttribute("aria-expanded")).toBe("true");
  });

  test("uploads what is dropped with the groups that are still being typed", async () => {
    class Request {
      upload = {};
      status = 200;
      onload = () => undefined;
      open() {}
      setRequestHeader() {}
      send() { setTimeout(() => this.onload()); }
    }
    vi.stubGlobal("XMLHttpRequest", Request);
    await shown([entry("a")], ([method, path]) =>
      method === "POST" ? { uploads: [{ document_id: "n", path: "pay.md", url: "https://bucket/n", headers: {}, expires_at: "" }] } : path.endsWith("/n") ? entry("n") : undefined,
    );
    const groups = [...place.querySelectorAll("label")].find((label) => label.textContent === "Groups that may see it")!;
    const input = document.getElementById(groups.htmlFor) as HTMLInputElement;
    input.focus();
    await type(input, "hr");
    const dropped = { name: "pay.md", fullPath: "/pay.md", isFile: true, file: (done: (file: File) => void) => done(new File(["x"], "pay.md")) };
    const event = Object.assign(new Event("drop", { cancelable: true }), {
      dataTransfer: { types: ["Files"], items: [{ kind: "file", webkitGetAsEntry: () => dropped }] },
    });
    await act(async () => void window.dispatchEvent(event));
    await settled();
    expect(event.defaultPrevented).toBe(true);
    expect(changing("POST")).toEqual([["POST", "/v1/documents", { body: { files: [{ path: "pay.md", size: 1, metadata: { groups: ["hr"] } }] } }]]);
    await settled();
    expect(place.querySelector(".uploads-file")?.getAttribute("data-stage")).toBe("sent");
  });
});
