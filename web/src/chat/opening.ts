// Which source is open beside the answers, and how parts of an answer open one.
import { createContext, useContext } from "react";
import type { Source } from "../api/types";

/** A place of a document that is to be shown; the quote can be empty. */
export type Shown = Pick<Source, "document_id" | "title" | "uri" | "version" | "locator" | "quote" | "link"> & {
  number: number | null;
  kind?: Source["kind"];
};

export interface Opening {
  shown: Shown | null;
  open: (shown: Shown) => void;
  close: () => void;
}

export const OpeningContext = createContext<Opening>({ shown: null, open: () => undefined, close: () => undefined });
export const useOpening = (): Opening => useContext(OpeningContext);

/** The sources of the answer around a citation. */
export const SourcesContext = createContext<readonly Source[]>([]);
