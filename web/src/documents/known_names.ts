// Departments, tags and groups of the documents that are listed, to choose from.
import type { DocumentEntry } from "./entries";

export interface KnownNames {
  departments: string[];
  tags: string[];
  groups: string[];
}

export function knownNames(entries: readonly DocumentEntry[]): KnownNames {
  const sorted = (names: Iterable<string>) => [...new Set(names)].sort((one, other) => one.localeCompare(other));
  return {
    departments: sorted(entries.flatMap(({ metadata }) => metadata.department ?? [])),
    tags: sorted(entries.flatMap(({ metadata }) => metadata.tags)),
    groups: sorted(entries.flatMap(({ metadata }) => metadata.groups)),
  };
}
