// A text around the section that is quoted, as it stands in the document.
import { useMemo, useState } from "react";
import { sources as en } from "../language/en/sources";
import { sources as id } from "../language/id/sources";
import { useTexts } from "../language/language";
import { ProblemNotice } from "../layout/ProblemNotice";
import { Lines } from "./Lines";
import { findQuote, lettersIn } from "./matching";
import { Waiting } from "./SourcePanel";
import { useIntoView } from "./useIntoView";
import { useText } from "./useText";

const AROUND = 120;

interface Props {
  address: string;
  heading: readonly string[];
  quote: string;
}

/** Headings of Markdown, which stay as they are written. */
const isHeading = (line: string): boolean => /^#{1,6} \S/.test(line);

export function TextViewer({ address, heading, quote }: Props) {
  const texts = useTexts({ en, id });
  const { text, problem } = useText(address);
  const [more, setMore] = useState({ before: 0, behind: 0 });
  const lines = useMemo(() => (text === null ? [] : text.split(/\r\n|\n|\r/)), [text]);
  const parts = useMemo(() => findQuote(lines, quote), [lines, quote]);
  const first = useIntoView<HTMLElement>(lines.length > 0);

  if (problem) return <ProblemNotice problem={problem} />;
  if (text === null) return <Waiting />;
  const at = parts[0]?.run ?? sectionOf(lines, heading);
  const from = Math.max(0, at - AROUND - more.before);
  const until = Math.min(lines.length, (parts.at(-1)?.run ?? at) + AROUND + more.behind);
  return (
    <>
      {from > 0 && (
        <button type="button" className="button-link small" onClick={() => setMore({ ...more, before: more.before + AROUND })}>
          {texts.more}
        </button>
      )}
      <div className="source-text">
        <Lines lines={lines.slice(from, until)} offset={from} parts={parts} first={first} isHeading={isHeading} />
      </div>
      {until < lines.length && (
        <button type="button" className="button-link small" onClick={() => setMore({ ...more, behind: more.behind + AROUND })}>
          {texts.more}
        </button>
      )}
    </>
  );
}

/** The line of the innermost heading that the section has; the first line where none is found. */
function sectionOf(lines: readonly string[], heading: readonly string[]): number {
  const wanted = lettersIn(heading.at(-1) ?? "");
  return wanted ? Math.max(0, lines.findIndex((line) => lettersIn(line) === wanted)) : 0;
}
