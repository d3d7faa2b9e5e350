// Which documents are chosen for what is done to many at once.

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** The one that was chosen last, from which a range goes on. */
  readonly last: string;
}

export const NONE: Selection = { ids: new Set(), last: "" };

/** One more or one less; `range` does the same to all between it and the one before. */
export function toggled(selection: Selection, id: string, shown: readonly string[], range: boolean): Selection {
  const ids = new Set(selection.ids);
  const chosen = !ids.has(id);
  const from = range ? shown.indexOf(selection.last) : -1;
  const to = shown.indexOf(id);
  const touched = from < 0 || to < 0 ? [id] : shown.slice(Math.min(from, to), Math.max(from, to) + 1);
  for (const each of touched) if (chosen) ids.add(each); else ids.delete(each);
  return { ids, last: id };
}

/** All that are shown, or none where all of them are chosen already. */
export function toggledAll(selection: Selection, shown: readonly string[]): Selection {
  return extentOf(selection, shown) === "all" ? NONE : { ids: new Set(shown), last: "" };
}

export function extentOf(selection: Selection, shown: readonly string[]): "none" | "some" | "all" {
  const count = shown.filter((id) => selection.ids.has(id)).length;
  return count === 0 ? "none" : count === shown.length ? "all" : "some";
}

/** Without those that are shown no more: nothing happens to a document that is out of sight. */
export function within(selection: Selection, shown: readonly string[]): Selection {
  const ids = new Set(shown.filter((id) => selection.ids.has(id)));
  return ids.size === selection.ids.size ? selection : { ids, last: ids.has(selection.last) ? selection.last : "" };
}
