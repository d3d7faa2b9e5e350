// Reads server-sent events from a stream of bytes, however these are cut (WHATWG HTML, 9.2.6).

export interface ServerEvent {
  name: string;
  data: string;
}

// Far more than a whole answer with its sources: a line that grows beyond is no event of ours.
const LONGEST_LINE = 16_000_000;

/** The events of the bytes; comments, ids and what has no empty line behind it are passed over. */
export async function* readEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  let name = "";
  let data: string[] = [];
  for await (const line of linesOf(bytes)) {
    if (line === "") {
      if (data.length > 0) yield { name: name || "message", data: data.join("\n") };
      name = "";
      data = [];
      continue;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") name = value;
    else if (field === "data") data.push(value);
  }
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8");
  let parts: string[] = [];
  let waiting = 0;
  let afterReturn = false;
  for await (const chunk of bytes) {
    let text = decoder.decode(chunk, { stream: true });
    if (afterReturn && text.startsWith("\n")) text = text.slice(1);
    if (text !== "") afterReturn = text.endsWith("\r");
    const lines = text.split(/\r\n|\n|\r/);
    for (let i = 0; i < lines.length - 1; i++) {
      yield [...parts, lines[i]].join("");
      parts = [];
      waiting = 0;
    }
    const rest = lines.at(-1) ?? "";
    if (rest === "") continue;
    parts.push(rest);
    waiting += rest.length;
    if (waiting > LONGEST_LINE) throw new RangeError("A line of the stream is too long.");
  }
}
