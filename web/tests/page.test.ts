import { afterEach, describe, expect, test } from "vitest";
import { applyColours, luminance, readableOn } from "../src/appearance/colours";
import { configurationOf } from "../src/appearance/configuration";
import { withCitations } from "../src/chat/copying";
import { namedIn } from "../src/chat/Closest";
import { countOf, filtersOf, isCrossed, NOTHING } from "../src/chat/filters";
import { begun } from "../src/chat/thread";
import { keepDraft, keepUnanswered, keptDraft, keptUnanswered } from "../src/chat/unsent";
import { firstLanguage } from "../src/language/language";
import { routeOf, takeHint } from "../src/layout/route";
import { homeOf } from "../src/page/start";
import { keyDoorway } from "../src/session/key";
import { placeIn } from "../src/session/provider";
import { kindOf } from "../src/sources/kind";
import { decoded } from "../src/sources/content";

afterEach(() => sessionStorage.clear());
const place = { page: 3, slide: null, sheet: null, row: null, heading: [] };

describe("the address", () => {
  test("names a view, its parts and its query", () => {
    expect(routeOf("")).toMatchObject({ view: "chat", rest: [] });
    expect(routeOf("#/c/c-1")).toMatchObject({ view: "c", rest: ["c-1"] });
    expect(routeOf("#/documents/a%2Fb?x=1").rest).toEqual(["a/b"]);
    expect(routeOf("#/documents?x=1").query.get("x")).toBe("1");
    expect(routeOf("#/%E0%A4%A").view).toBe("%E0%A4%A");
  });
  test("gives its hint once", () => {
    location.hash = "#hint=ana%40example.org";
    expect(takeHint()).toBe("ana@example.org");
    expect(location.hash).toBe("");
    expect(takeHint()).toBe("");
  });
  test("of the page is its folder, without query and fragment", () => {
    expect(homeOf("https://h/page/index.html?code=1#x")).toBe("https://h/page/");
    expect(homeOf("https://h/?state=1")).toBe("https://h/");
  });
});

describe("coming back from the sign-in", () => {
  test("leads to places of the page alone", () => {
    expect(placeIn({ place: "#/c/c-1" })).toBe("#/c/c-1");
    for (const bad of ["https://evil.example", "//evil.example", "javascript:alert(1)", "#//x y", "#hint=a", "/x", 7, null])
      expect(placeIn({ place: bad })).toBe("");
    expect(placeIn(null)).toBe("");
    expect(placeIn("#/x")).toBe("");
  });
});

describe("a key", () => {
  test("is kept by the tab until it is forgotten, and no other storage", async () => {
    const door = keyDoorway();
    expect(await door.resume()).toBeNull();
    const session = await door.enter(" nx_secret ");
    expect(await session!.credentials()).toEqual({ "x-api-key": "nx_secret" });
    expect(await door.resume()).not.toBeNull();
    expect(JSON.stringify({ ...localStorage })).not.toContain("nx_secret");
    expect(document.cookie).toBe("");
    await session!.forget();
    expect(await door.resume()).toBeNull();
  });
  test("that no header can hold is none", async () => expect(await keyDoorway().enter("a\nb: c")).toBeNull());
});

describe("the configuration", () => {
  test("needs an API, and has what it leaves out", () => {
    expect(configurationOf({ api: "https://a" })).toMatchObject({ name: "Nexus", languages: ["en", "id"], sign_in: null });
    expect(configurationOf({ api: "https://a" }).audio).toBe(false);
    expect(configurationOf({ api: "https://a", audio: true }).audio).toBe(true);
    for (const api of [undefined, "", "javascript:alert(1)", "/live"]) expect(() => configurationOf(api === undefined ? {} : { api })).toThrow();
  });
  test("sets colours that are colours, with readable text upon them", () => {
    const style = document.createElement("p").style;
    applyColours({ accent: "#ffee00", accent_dark: "url(https://evil.example)", other: "#000000" }, style);
    expect(style.getPropertyValue("--accent")).toBe("#ffee00");
    expect(style.getPropertyValue("--accent-text")).toBe("#000000");
    expect(style.length).toBe(2);
  });
  test.each(["#0b6e4f", "#ffee00", "#777777", "#1f5fbf", "#ff0000"])("text upon %s has a contrast of 4.5", (colour) => {
    const [text, ground] = [luminance(readableOn(colour)), luminance(colour)];
    expect((Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05)).toBeGreaterThanOrEqual(4.5);
  });
});

describe("the language", () => {
  const offered = ["en", "id"];
  test("is the kept one, else the browser's, else the first", () => {
    expect(firstLanguage(offered, "id", ["en-GB"])).toBe("id");
    expect(firstLanguage(offered, null, ["fr", "id-ID"])).toBe("id");
    expect(firstLanguage(offered, null, ["in"])).toBe("id");
    expect(firstLanguage(["id"], "en", ["en"])).toBe("id");
    expect(firstLanguage(offered, "toString", ["zz"])).toBe("en");
  });
});

describe("filters", () => {
  test("send what restricts, and nothing else", () => {
    expect(filtersOf(NOTHING)).toEqual({});
    const some = { ...NOTHING, departments: ["hr"], until: "2026-02-01", documents: [{ id: "d", title: "T" }] };
    expect(filtersOf(some)).toEqual({ departments: ["hr"], date_to: "2026-02-01", document_ids: ["d"] });
    expect(countOf(some)).toBe(3);
  });
  test("notice dates that cross", () => {
    expect(isCrossed({ ...NOTHING, from: "2026-02-02", until: "2026-02-01" })).toBe(true);
    expect(isCrossed({ ...NOTHING, from: "2026-02-02" })).toBe(false);
  });
});

describe("what was typed and received", () => {
  const exchange = { ...begun("1", { question: "Q", filters: {}, style: null, attempt: "a" }, "c"), parts: ["Half"] };
  test("is kept over a reload, as an answer that broke off", () => {
    keepDraft("half a question");
    expect(keptDraft()).toBe("half a question");
    keepUnanswered("c", [{ ...exchange, progress: "writing" }]);
    expect(keptUnanswered("c")).toMatchObject([{ progress: "failed", parts: ["Half"], attempt: "a", problem: { kind: "broken" } }]);
    expect(keptUnanswered("other")).toEqual([]);
    keepUnanswered("c", [{ ...exchange, progress: "answered" }]);
    expect(keptUnanswered("c")).toEqual([]);
  });
});

describe("a copied answer", () => {
  test("has its citations below it", () => {
    const source = { number: 1, document_id: "d", title: "Fees", uri: "", version: "", locator: place, score: 1, quote: "nine\n crowns", link: "https://example.org/f" };
    expect(withCitations("It is nine [1].", [source], () => "page 3")).toBe(
      "It is nine [1].\n\n[1] Fees, page 3: “nine crowns” <https://example.org/f>",
    );
    expect(withCitations("Hello.", [], () => "")).toBe("Hello.");
    expect(withCitations("x", [{ ...source, link: "/v1/documents/d/content" }], () => "")).not.toContain("<");
  });
});

describe("a refusal", () => {
  const passage = (document_id: string, title: string) => ({ document_id, title, uri: "", version: "", locator: place, score: 1, text: title });
  test("offers the documents that it names, each once", () => {
    const found = namedIn("The closest is “Fees” and “Map”.", [passage("1", "Fees"), passage("1", "Fees"), passage("2", "Pay"), passage("3", "Map")]);
    expect(found.map((each) => each.document_id)).toEqual(["1", "3"]);
  });
});

describe("a document", () => {
  test("is shown by its ending", () => {
    expect(["s3://b/a.PDF", "s3://b/a.csv", "s3://b/a.md", "s3://b/a.docx", "s3://b/a", "s3://b/a.html"].map(kindOf)).toEqual(["pdf", "table", "text", "passages", "passages", "passages"]);
  });
  test("is read in the charset that it has", () => {
    expect(decoded([new Uint8Array([0xc3]), new Uint8Array([0xa9])])).toBe("é");
    expect(decoded([new Uint8Array([0xe9])])).toBe("é");
    expect(decoded([new Uint8Array([0xff, 0xfe, 0xe9, 0x00])])).toContain("é");
  });
});
