// Turns each [number] of an answer's markdown into a citation, and lets no definition redirect one.

interface Node {
  type: string;
  value?: string;
  children?: Node[];
  label?: string | null;
  identifier?: string;
  data?: { hName: string; hProperties: Record<string, string> };
}

export const CITATION = "nexus-citation";
const NUMBER = /^[1-9][0-9]{0,2}$/;
// Text in which brackets are what they are.
const LITERAL = new Set(["code", "inlineCode", "html"]);

/** A remark plugin: citations become elements of their own, whose property `number` says which. */
export function remarkCitations() {
  return (tree: unknown): void => visit(tree as Node);
}

function visit(node: Node): void {
  if (!node.children || LITERAL.has(node.type)) return;
  node.children = node.children.flatMap((child) => {
    // "[1]: https://…" in a document would make a link of every [1].
    if (child.type === "definition" && NUMBER.test(child.identifier ?? "")) return [];
    if (child.type === "linkReference" && NUMBER.test(child.identifier ?? "")) return [citation(child.identifier!)];
    if (child.type === "text") return split(child.value ?? "");
    visit(child);
    return [child];
  });
}

/** The text and citations that a text consists of. */
function split(text: string): Node[] {
  const found: Node[] = [];
  let at = 0;
  for (const match of text.matchAll(/\[([1-9][0-9]{0,2})\]/g)) {
    if (match.index > at) found.push({ type: "text", value: text.slice(at, match.index) });
    found.push(citation(match[1]!));
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push({ type: "text", value: text.slice(at) });
  return found;
}

function citation(number: string): Node {
  return { type: "citation", children: [], data: { hName: CITATION, hProperties: { number } } };
}

/** An address that a link may have: http or https, and nothing that only looks so. */
export function safeAddress(address: string): string {
  try {
    const url = new URL(address);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : "";
  } catch {
    return "";
  }
}
