import { describe, expect, test } from "vitest";
import { readEvents, type ServerEvent } from "../src/api/events";

async function eventsOf(...chunks: (string | Uint8Array)[]): Promise<ServerEvent[]> {
  const encoder = new TextEncoder();
  async function* bytes() {
    for (const chunk of chunks) yield typeof chunk === "string" ? encoder.encode(chunk) : chunk;
  }
  const found: ServerEvent[] = [];
  for await (const event of readEvents(bytes())) found.push(event);
  return found;
}

describe("server-sent events", () => {
  const stream = 'event: start\ndata: {"a":1}\n\n: a comment\n\nevent: delta\ndata: "é😀"\n\n';
  const whole = [
    { name: "start", data: '{"a":1}' },
    { name: "delta", data: '"é😀"' },
  ];

  test("are read however their bytes are cut", async () => {
    const bytes = new TextEncoder().encode(stream);
    for (let size = 1; size <= bytes.length; size++) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
      expect(await eventsOf(...chunks)).toEqual(whole);
    }
  });

  test("end their lines with LF, CR or both, also between chunks", async () => {
    expect(await eventsOf(stream.replaceAll("\n", "\r\n"))).toEqual(whole);
    expect(await eventsOf(stream.replaceAll("\n", "\r"))).toEqual(whole);
    expect(await eventsOf(...stream.replaceAll("\n", "\r\n"))).toEqual(whole);
  });

  test("do not end at what only Unicode calls the end of a line", async () => {
    expect(await eventsOf("data: a\u2028b\u0085c\n\n")).toEqual([{ name: "message", data: "a\u2028b\u0085c" }]);
  });

  test("join lines of data, and lose one blank behind the colon", async () => {
    expect(await eventsOf("data:a\ndata:  b\ndata\n\n")).toEqual([{ name: "message", data: "a\n b\n" }]);
  });

  test("that have no end yet are none", async () => {
    expect(await eventsOf('event: done\ndata: {"answer":"half')).toEqual([]);
    expect(await eventsOf("event: done\ndata: {}\n")).toEqual([]);
  });

  test("do not grow without end", async () => {
    const piece = "x".repeat(1_000_000);
    await expect(eventsOf("data: ", ...Array<string>(17).fill(piece))).rejects.toThrow(RangeError);
  });
});
