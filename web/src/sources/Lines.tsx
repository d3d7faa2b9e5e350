// Lines of text with the quoted parts marked.
import type { ReactNode, RefObject } from "react";
import { cutAt, type Part } from "./matching";

interface Props {
  lines: readonly string[];
  /** The number of the first line among the runs that the parts name. */
  offset: number;
  parts: readonly Part[];
  /** The first marked part, which is brought into view. */
  first: RefObject<HTMLElement | null>;
  /** Which lines are headings, if any are. */
  isHeading?: (line: string) => boolean;
}

export function Lines({ lines, offset, parts, first, isHeading }: Props): ReactNode {
  const begin = parts[0];
  return lines.map((line, index) => {
    const run = offset + index;
    const marked = parts.filter((part) => part.run === run);
    const content = cutAt(line, marked).map((cut, at) =>
      cut.marked ? (
        <mark key={at} ref={begin?.run === run && marked[0] === begin ? first : undefined}>
          {cut.text}
        </mark>
      ) : (
        cut.text
      ),
    );
    return (
      <p key={run} className={isHeading?.(line) ? "source-line source-heading" : "source-line"} dir="auto">
        {line ? content : "\u00a0"}
      </p>
    );
  });
}
