import { describe, expect, test } from "vitest";
import { bodyOf, budgetOf, changesOf, draftOf, isCap, NEW_CLIENT, sameNames, usesOf } from "../src/access/client_draft";
import { pathOf, type Client } from "../src/access/entries";
import { membersOf } from "../src/access/GroupsPart";

const client: Client = {
  name: "web", role: "user", department: "Finance", departments: ["Finance"], tags: [], groups: ["hr", "board"],
  keys: [], budget: { dollars_month: 20, requests_minute: 5 },
  spent: { month: "2026-11", requests: 40, tokens: 900, dollars: 5 },
};

describe("a new client", () => {
  test("is sent with what was said, and nothing else", () => {
    expect(bodyOf({ ...NEW_CLIENT, name: " web " })).toEqual({ name: "web", role: "user", groups: [] });
    const budget = { ...NEW_CLIENT.budget, dollars_month: "12.5", requests_day: "0" };
    expect(bodyOf({ ...NEW_CLIENT, name: "web", role: "admin", department: " HR ", groups: ["hr"], budget })).toEqual({
      name: "web", role: "admin", department: "HR", groups: ["hr"], budget: { dollars_month: 12.5, requests_day: 0 },
    });
  });
});

describe("a changed client", () => {
  test("is sent nothing where nothing was changed", () => {
    expect(changesOf(client, draftOf(client))).toEqual({});
    expect(changesOf(client, { ...draftOf(client), groups: ["board", "hr"] })).toEqual({});
  });

  test("is sent what was changed, and null for what was taken away", () => {
    expect(changesOf(client, { ...draftOf(client), role: "admin", department: "", groups: ["hr"], budget: NEW_CLIENT.budget })).toEqual({
      role: "admin", department: null, groups: ["hr"], budget: null,
    });
    expect(changesOf(client, { ...draftOf(client), budget: { ...draftOf(client).budget, tokens_day: "7" } })).toEqual({
      budget: { dollars_month: 20, requests_minute: 5, tokens_day: 7 },
    });
  });

  test("keeps what the form cannot say: a limit that an operator set is never widened by saving", () => {
    const operators = { ...client, department: null, departments: ["Finance", "HR"], tags: ["public"], groups: ["*"] };
    expect(changesOf(operators, { ...draftOf(operators), role: "admin" })).toEqual({ role: "admin" });
  });
});

describe("a budget", () => {
  test("takes whole numbers, and fractions of money", () => {
    expect(["", "0", "12", " 7 "].every((text) => isCap("tokens_day", text))).toBe(true);
    expect(["1.5", "-1", "x", "1e13", "Infinity"].some((text) => isCap("tokens_day", text))).toBe(false);
    expect(isCap("dollars_month", "0.25")).toBe(true);
  });
  test("of nothing is none", () => expect(budgetOf(NEW_CLIENT.budget)).toBeNull());
  test("tells what of the month is spent, and of other windows only the cap", () => {
    expect(usesOf(client)).toEqual([
      { cap: "requests_minute", most: 5, spent: null },
      { cap: "dollars_month", most: 20, spent: 5 },
    ]);
    expect(usesOf({ ...client, spent: null })).toContainEqual({ cap: "dollars_month", most: 20, spent: 0 });
    expect(usesOf({ budget: null, spent: null })).toEqual([]);
  });
});

test("groups are the same in another order", () => {
  expect([sameNames(["a", "b"], ["b", "a"]), sameNames(["a"], ["a", "b"]), sameNames(["a"], ["b"])]).toEqual([true, false, false]);
});

test("a group has its members whatever its case, and who is in all groups", () => {
  const entries = [{ n: 1, groups: ["HR"] }, { n: 2, groups: ["*"] }, { n: 3, groups: ["board"] }];
  expect(membersOf("hr", entries, (one) => String(one.n))).toEqual(["1", "2"]);
});

test("a name stands in a path as one part of it", () => {
  expect(pathOf("people", "a/../b?c#d@x.y")).toBe("/v1/people/a%2F..%2Fb%3Fc%23d%40x.y");
});
