import { afterEach, describe, expect, test, vi } from "vitest";
import { connect, written } from "../src/api/client";
import { Problem } from "../src/api/problem";

const credentials = () => Promise.resolve({ authorization: "Bearer t" });

function answering(make: (request: Request) => Response | Promise<Response>): Request[] {
  const sent: Request[] = [];
  vi.stubGlobal("fetch", async (address: string, init: RequestInit) => {
    const request = new Request(address, init);
    sent.push(request);
    return make(request);
  });
  return sent;
}
afterEach(() => vi.unstubAllGlobals());

describe("the API client", () => {
  test("sends who calls, and no cookie", async () => {
    const sent = answering(() => Response.json({ name: "ana" }));
    expect(await connect("https://api/live/", credentials).get("/v1/me", { a: ["1", "2"], b: "" })).toEqual({ name: "ana" });
    expect(sent[0]!.url).toBe("https://api/live/v1/me?a=1&a=2");
    expect(sent[0]!.headers.get("authorization")).toBe("Bearer t");
    expect(sent[0]!.credentials).toBe("omit");
  });

  test("tells a problem's sentence, field and request", async () => {
    const body = { title: "Unprocessable", status: 422, detail: "Too long.", field: "message", request_id: "r-1" };
    answering(() => Response.json(body, { status: 422, headers: { "retry-after": "7" } }));
    const problem = await connect("https://api", credentials).get("/v1/me").catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ kind: "refused", status: 422, detail: "Too long.", field: "message", requestId: "r-1", retryAfterS: 7 });
  });

  test("makes a problem of an answer that is not JSON, of a gateway's page, and of no network", async () => {
    const api = connect("https://api", credentials);
    answering(() => new Response("<html>", { status: 200 }));
    await expect(api.get("/v1/me")).rejects.toMatchObject({ kind: "unreadable" });
    answering(() => new Response("<html>bad gateway", { status: 502 }));
    await expect(api.get("/v1/me")).rejects.toMatchObject({ kind: "refused", status: 502, detail: "" });
    answering(() => Promise.reject(new TypeError("Failed to fetch")));
    await expect(api.get("/v1/me")).rejects.toMatchObject({ kind: "network" });
  });

  test("sends nothing a second time", async () => {
    const sent = answering(() => Response.json({}, { status: 503 }));
    await connect("https://api", credentials).send("POST", "/v1/chat", { body: {} }).catch(() => undefined);
    expect(sent).toHaveLength(1);
  });

  test("says that a stream broke off, after what had come", async () => {
    const pieces = ["event: start\ndata: {}\n\n", null];
    answering(() => {
      const stream = new ReadableStream<Uint8Array>({
        pull(control) {
          const piece = pieces.shift();
          if (piece) control.enqueue(new TextEncoder().encode(piece));
          else control.error(new TypeError("network error"));
        },
      });
      return new Response(stream);
    });
    const events = connect("https://api", credentials).stream("/s", { signal: new AbortController().signal });
    expect((await events.next()).value).toEqual({ name: "start", data: "{}" });
    await expect(events.next()).rejects.toMatchObject({ kind: "broken" });
  });

  test("writes queries", () => {
    expect(written({ a: 1, b: null, c: undefined, d: "x y&z" })).toBe("?a=1&d=x+y%26z");
    expect(written()).toBe("");
  });
});
