// Sends a file to a signed address, telling how much has gone; fetch cannot tell that.
import { Problem } from "../api/problem";
import type { Ticket } from "./entries";

export interface Put {
  status: number;
}
export type Putting = (ticket: Ticket, file: Blob, told: (bytes: number) => void, signal: AbortSignal) => Promise<Put>;

// A connection on which nothing moves for so long is taken to be broken.
const SILENT_MS = 120_000;

/** The status that the bucket answered. Raises Problem without a connection, and AbortError. */
export const put: Putting = (ticket, file, told, signal) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let silent = 0;
    const heard = () => {
      clearTimeout(silent);
      silent = window.setTimeout(() => request.abort(), SILENT_MS);
    };
    const stop = () => request.abort();
    const ended = () => {
      clearTimeout(silent);
      signal.removeEventListener("abort", stop);
    };
    request.open("PUT", ticket.url);
    for (const [name, value] of Object.entries(ticket.headers))
      // The browser counts by itself, and lets nobody say it.
      if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      heard();
      told(event.loaded);
    };
    request.onload = () => (ended(), resolve({ status: request.status }));
    request.onerror = () => (ended(), reject(new Problem("network")));
    request.onabort = () => {
      ended();
      reject(signal.aborted ? new DOMException("stopped", "AbortError") : new Problem("broken"));
    };
    if (signal.aborted) return reject(new DOMException("stopped", "AbortError"));
    signal.addEventListener("abort", stop);
    heard();
    request.send(file);
  });
