// What is done to many documents at once, and what that means for each of them.
import type { Changes, Metadata } from "./entries";

export type BulkAction = "reindex" | "department" | "tags" | "groups" | "erase";
/** Whether names replace those that are there, are added to them, or taken from them. */
export type Manner = "replace" | "add" | "take";

export interface Wanted {
  action: BulkAction;
  department: string;
  names: readonly string[];
  manner: Manner;
}

/** The changes of one document; null where it is so already. */
export function changesFor(metadata: Metadata, { action, department, names, manner }: Wanted): Changes | null {
  if (action === "department") {
    const wanted = department.trim() || null;
    return wanted === metadata.department ? null : { department: wanted };
  }
  if (action !== "tags" && action !== "groups") return null;
  const own = metadata[action];
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  const wanted =
    manner === "replace"
      ? [...names]
      : manner === "add"
        ? [...own, ...names.filter((name) => !own.some((each) => same(each, name)))]
        : own.filter((each) => !names.some((name) => same(each, name)));
  if (wanted.length === own.length && wanted.every((name, at) => name === own[at])) return null;
  return { [action]: wanted.length > 0 ? wanted : null };
}

/** Whether the change would show a document to everybody that only some may see now. */
export function opens(metadata: Metadata, wanted: Wanted): boolean {
  const changes = changesFor(metadata, wanted);
  return metadata.groups.length > 0 && changes !== null && "groups" in changes && changes.groups === null;
}
