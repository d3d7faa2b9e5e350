// Shows an answer's markdown: no HTML of its own, no pictures, links to the web only, citations as buttons.
import { memo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { CITATION, remarkCitations, safeAddress } from "./citations";
import { Citation } from "./Citation";

const PLUGINS = [remarkGfm, remarkCitations];
const COMPONENTS = {
  a: ({ href, children }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
  // A picture would be fetched from where the text says; what it is said to show is enough.
  img: ({ alt }) => <span>{alt}</span>,
  input: ({ checked }) => <span aria-hidden="true">{checked ? "☑ " : "☐ "}</span>,
  table: ({ children }) => (
    <div className="table-wide" tabIndex={0} role="group">
      <table>{children}</table>
    </div>
  ),
  [CITATION]: ({ number }: { number?: string }) => <Citation number={Number(number)} />,
} as Components;

export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown" dir="auto">
      <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS} urlTransform={safeAddress}>
        {text}
      </ReactMarkdown>
    </div>
  );
});
