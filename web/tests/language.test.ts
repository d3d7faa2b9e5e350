import { describe, expect, test } from "vitest";

type Texts = Record<string, unknown>;
const read = (modules: Record<string, Texts>) =>
  new Map(Object.entries(modules).map(([path, room]) => [path.split("/").at(-1)!, room]));
const english = read(import.meta.glob<Texts>("../src/language/en/*.ts", { eager: true }));
const indonesian = read(import.meta.glob<Texts>("../src/language/id/*.ts", { eager: true }));
// What is the same in both languages: names of formats, and words that Indonesian has from English.
const SAME = new Set(["Filter", "Menu", "Total", "Status", "Token", "Model", "Format", "URL", "E-mail"]);

function leaves(texts: unknown, path = ""): [string, string][] {
  if (typeof texts === "string") return [[path, texts]];
  if (typeof texts === "function") return [[path, String((texts as (...given: unknown[]) => unknown)("1", "2", "3", "4"))]];
  return Object.entries(texts as Texts).flatMap(([name, each]) => leaves(each, `${path}.${name}`));
}

describe("the texts", () => {
  test("have the same rooms in both languages", () => expect([...indonesian.keys()]).toEqual([...english.keys()]));

  test.each([...english.keys()])("of %s are all translated", (room) => {
    const of = new Map(leaves(english.get(room)));
    const translated = new Map(leaves(indonesian.get(room)));
    expect([...translated.keys()].sort()).toEqual([...of.keys()].sort());
    for (const [path, text] of of) {
      expect(translated.get(path), path).not.toBe("");
      if (!SAME.has(text) && /[a-z]{3}/i.test(text)) expect(translated.get(path), path).not.toBe(text);
    }
  });
});

const components = import.meta.glob<string>("../src/**/*.tsx", { eager: true, query: "?raw", import: "default" });

describe("components", () => {
  test.each(Object.entries(components))("%s holds no text of its own", (_path, code) => {
    // Text between tags, and what attributes say to people.
    const between = [...code.matchAll(/>\s*([^<>{}();=&|]*[A-Za-z]{3}[^<>{}();=&|]*)\s*<\//g)].map((found) => found[1]);
    const told = [...code.matchAll(/\b(?:aria-label|title|placeholder|alt)="([^"]+)"/g)].map((found) => found[1]);
    expect([...between, ...told]).toEqual([]);
  });
});
