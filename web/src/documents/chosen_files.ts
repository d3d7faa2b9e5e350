// The files that somebody drops or picks, folders with all that is in them, with their paths.
import type { Metadata } from "./entries";
import type { Chosen } from "./upload_queue";

export interface Found {
  path: string;
  file: File;
}
export interface Gathered {
  files: Chosen[];
  /** Hidden and temporary files, which nobody means to upload. */
  passedOver: number;
  /** Paths that the browser could not read. */
  unreadable: string[];
  /** There were more files than are taken at once. */
  tooMany: boolean;
  /** The path of a `metadata.json` that says nothing readable; no file is taken then. */
  badMetadata: string;
}

export const MOST_FILES = 10_000;
const DEEPEST = 50;
const METADATA_FILE = "metadata.json";
const LARGEST_METADATA = 5_000_000;
const TEMPORARY = /^(\.|~\$|#)|(\.(swp|swo|tmp|part|crdownload)|~)$|^(thumbs\.db|desktop\.ini)$/i;

/** Whether a name along the path is hidden, temporary or a desktop's own, as `nexus upload` has it. */
export const isPassedOver = (path: string): boolean => path.split("/").some((name) => TEMPORARY.test(name));

/** The entries of a drop; to be called while the event is handled, since it is empty afterwards. */
export function droppedEntries(transfer: DataTransfer): FileSystemEntry[] {
  return [...transfer.items].flatMap((item) => (item.kind === "file" ? (item.webkitGetAsEntry() ?? []) : []));
}

/** All files of the entries and below them. */
export async function gatherEntries(entries: readonly FileSystemEntry[], base: Partial<Metadata>, folder: string): Promise<Gathered> {
  const found: Found[] = [];
  const unreadable: string[] = [];
  async function walk(entry: FileSystemEntry, depth: number): Promise<void> {
    if (found.length > MOST_FILES || isPassedOver(entry.name)) return;
    try {
      if (entry.isFile) found.push({ path: pathOf(entry), file: await fileOf(entry as FileSystemFileEntry) });
      else if (depth < DEEPEST) for (const each of await childrenOf(entry as FileSystemDirectoryEntry)) await walk(each, depth + 1);
      else unreadable.push(pathOf(entry));
    } catch {
      unreadable.push(pathOf(entry));
    }
  }
  for (const entry of entries) await walk(entry, 0);
  return { ...(await gather(found, base, folder)), unreadable };
}

/** The files of a picker, of a folder too. */
export function gatherPicked(files: Iterable<File>, base: Partial<Metadata>, folder: string): Promise<Gathered> {
  return gather([...files].map((file) => ({ path: file.webkitRelativePath || file.name, file })), base, folder);
}

async function gather(found: readonly Found[], base: Partial<Metadata>, folder: string): Promise<Gathered> {
  const seen = found.filter(({ path }) => !isPassedOver(path));
  const result: Gathered = {
    files: [],
    passedOver: found.length - seen.length,
    unreadable: [],
    tooMany: seen.length > MOST_FILES,
    badMetadata: "",
  };
  const told = new Map<string, Partial<Metadata>>();
  for (const { path, file } of seen) {
    if (nameOf(path) !== METADATA_FILE) continue;
    const described = file.size <= LARGEST_METADATA ? describedIn(await file.text().catch(() => "")) : null;
    // Who may see the files can stand there: without it none of them goes.
    if (!described) return { ...result, badMetadata: path };
    for (const [name, said] of described) told.set(one(folderOf(path) + name), said);
  }
  const under = one(folder.trim().replace(/^\/+|\/+$/g, ""));
  for (const { path, file } of seen.slice(0, MOST_FILES)) {
    if (nameOf(path) === METADATA_FILE) continue;
    const plain = one(path);
    result.files.push({ path: under ? `${under}/${plain}` : plain, file, metadata: { ...base, ...told.get(plain) } });
  }
  return result;
}

const LISTS = ["tags", "groups"] as const;
const TEXTS = ["title", "author", "department", "date", "url"] as const;

/** What a `metadata.json` says of the files beside it, by name; null where it cannot be read. */
export function describedIn(text: string): Map<string, Partial<Metadata>> | null {
  try {
    const entries = JSON.parse(text) as unknown;
    if (!isRecord(entries)) return null;
    return new Map(Object.entries(entries).map(([name, entry]) => [name, saidIn(entry)]));
  } catch {
    return null;
  }
}

function saidIn(entry: unknown): Partial<Metadata> {
  if (!isRecord(entry)) throw new TypeError("An entry has fields.");
  const said: Partial<Metadata> = {};
  for (const name of LISTS) {
    const value = entry[name] ?? [];
    const names = typeof value === "string" ? value.split(",") : value;
    if (!Array.isArray(names)) throw new TypeError(`${name} is a list.`);
    const given = names.map((each) => String(each).trim()).filter(Boolean);
    if (given.length > 0) said[name] = given;
  }
  for (const name of TEXTS) {
    const value = entry[name] ?? "";
    if (typeof value !== "string") throw new TypeError(`${name} is a text.`);
    if (value) said[name] = value;
  }
  return said;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
// One spelling of each name: macOS lists accents decomposed.
const one = (text: string): string => text.normalize("NFC");
const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);
const pathOf = (entry: FileSystemEntry): string => entry.fullPath.replace(/^\/+/, "") || entry.name;

const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** All of a folder: browsers give a hundred entries at a time. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all.sort((a, b) => (a.name < b.name ? -1 : 1));
    all.push(...some);
  }
}
