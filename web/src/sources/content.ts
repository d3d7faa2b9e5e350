// Gets what a document holds: a signed address, the text behind one, or the passages that were read of it.
import type { Api } from "../api/client";
import { Problem, wasStopped } from "../api/problem";
import type { Content, Locator } from "../api/types";

// A longer text is not shown to its end: nobody reads it in a panel.
const LONGEST_TEXT = 8_000_000;

export interface Told {
  text: string;
  locator: Locator;
}
export interface TextPage {
  version: string;
  passages: Told[];
  next_offset: number | null;
}

/** Where the version's content is to be had for 15 minutes. */
export function addressOf(api: Api, documentId: string, version: string, signal: AbortSignal): Promise<Content> {
  const path = `/v1/documents/${encodeURIComponent(documentId)}/content`;
  return api.get<Content>(path, { version, redirect: false }, signal);
}

export function passagesOf(api: Api, documentId: string, offset: number, signal: AbortSignal): Promise<TextPage> {
  return api.get<TextPage>(`/v1/documents/${encodeURIComponent(documentId)}/text`, { offset }, signal);
}

/** The text behind a signed address. Raises Problem, or AbortError. */
export const textAt = async (address: string, signal: AbortSignal): Promise<string> => decoded((await bytesAt(address, LONGEST_TEXT, signal)).bytes);

/**
 * What is behind a signed address, which no header of ours goes to; not to its end where that is longer than
 * `most` bytes. Raises Problem, or AbortError.
 */
export async function bytesAt(address: string, most: number, signal: AbortSignal): Promise<{ bytes: Uint8Array<ArrayBuffer>[]; size: number }> {
  const bytes: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    const response = await fetch(address, { signal, credentials: "omit", referrerPolicy: "no-referrer" });
    if (!response.ok || !response.body) throw new Problem("refused", { status: response.status });
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes.push(value);
      size += value.length;
      if (size <= most) continue;
      await reader.cancel();
      break;
    }
  } catch (error) {
    if (wasStopped(error) || error instanceof Problem) throw error;
    throw new Problem("network");
  }
  return { bytes, size };
}

/** Text in UTF-8, with a mark in UTF-16, or else as Windows writes it. */
export function decoded(bytes: readonly Uint8Array[]): string {
  const first = bytes[0] ?? new Uint8Array();
  if (first[0] === 0xff && first[1] === 0xfe) return decodedAs("utf-16le", bytes);
  if (first[0] === 0xfe && first[1] === 0xff) return decodedAs("utf-16be", bytes);
  try {
    return decodedAs("utf-8", bytes, true);
  } catch {
    return decodedAs("windows-1252", bytes);
  }
}

function decodedAs(charset: string, bytes: readonly Uint8Array[], fatal = false): string {
  const decoder = new TextDecoder(charset, { fatal });
  const text = bytes.map((each) => decoder.decode(each, { stream: true })).join("");
  try {
    return text + decoder.decode();
  } catch (error) {
    // A text that was cut off may end within a character.
    if (bytes.reduce((sum, each) => sum + each.length, 0) > LONGEST_TEXT) return text;
    throw error;
  }
}
