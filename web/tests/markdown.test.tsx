import { act, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Source } from "../src/api/types";
import { safeAddress } from "../src/chat/citations";
import { Markdown } from "../src/chat/Markdown";
import { OpeningContext, SourcesContext } from "../src/chat/opening";
import { Sources } from "../src/chat/Sources";

let root: Root;
let place: HTMLElement;
beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  place = document.createElement("div");
  document.body.append(place);
  root = createRoot(place);
});
afterEach(() => {
  act(() => root.unmount());
  place.remove();
});
function show(content: ReactNode): HTMLElement {
  act(() => root.render(content));
  return place;
}
const source = (number: number, title: string): Source => ({
  number, document_id: "d", title, uri: `s3://b/${title}`, version: "v", score: 1, quote: "q", link: "",
  locator: { page: 3, slide: null, sheet: null, row: null, heading: [] },
});

const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "<script>alert(1)</script>",
  "<svg><script>alert(1)</script></svg>",
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<a href=\"javascript:alert(1)\">x</a>",
  "<details open ontoggle=alert(1)>",
  "<style>@import 'https://evil.example/x.css'</style>",
  "<form action=https://evil.example><input name=q></form>",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](java\tscript:alert(1))",
  "[x](&#x6A;avascript:alert(1))",
  "[x](data:text/html;base64,PHNjcmlwdD4=)",
  "[x](vbscript:msgbox(1))",
  "[x](file:///etc/passwd)",
  "[x](//evil.example)",
  "[x](#/documents)",
  "<javascript:alert(1)>",
  "![x](https://evil.example/pixel.png)",
  "![x](javascript:alert(1))",
  "![x][1]\n\n[1]: https://evil.example/pixel.png",
  "[x]: javascript:alert(1)\n\n[x]",
  "`<img src=x onerror=alert(1)>`",
  "```html\n<img src=x onerror=alert(1)>\n```",
  "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
  "- [ ] <img src=x onerror=alert(1)>",
  "Text[^1]\n\n[^1]: <img src=x onerror=alert(1)>",
];

describe("an answer's markdown", () => {
  test.each(HOSTILE)("runs and fetches nothing of %j", (text) => {
    const shown = show(<Markdown text={text} />);
    expect(shown.querySelectorAll("script, img, iframe, svg, style, form, object, embed, base, meta, link, details")).toHaveLength(0);
    for (const element of shown.querySelectorAll("*"))
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on|^style$|^srcdoc$/);
        if (name === "href") expect(value).toMatch(/^https?:\/\//);
      }
  });

  test("shows HTML as the text that it is", () => {
    expect(show(<Markdown text="a <b onclick=x>bold</b> b" />).textContent).toContain("<b onclick=x>bold</b>");
  });

  test("has links to the web, which tell nothing of where one came from", () => {
    const link = show(<Markdown text="[fees](https://example.org/fees)" />).querySelector("a");
    expect(link?.getAttribute("href")).toBe("https://example.org/fees");
    expect(link?.rel).toContain("noopener");
    expect(link?.rel).toContain("noreferrer");
    expect(link?.target).toBe("_blank");
  });

  test("opens the source of a citation", () => {
    const open = vi.fn();
    const cited = source(2, "Fees");
    show(
      <OpeningContext value={{ shown: null, open, close: () => undefined }}>
        <SourcesContext value={[source(1, "Other"), cited]}>
          <Markdown text={"One [2], and **again [2]**.\n\n- [1]"} />
        </SourcesContext>
      </OpeningContext>,
    );
    const buttons = [...place.querySelectorAll("button")];
    expect(buttons.map((button) => button.textContent)).toEqual(["2", "2", "1"]);
    act(() => buttons[0]!.click());
    expect(open).toHaveBeenCalledWith(cited);
  });

  test("lets no definition make a citation a link", () => {
    const text = "Pay here [1].\n\n[1]: https://evil.example/pay";
    show(
      <SourcesContext value={[source(1, "Fees")]}>
        <Markdown text={text} />
      </SourcesContext>,
    );
    expect(place.querySelectorAll("a")).toHaveLength(0);
    expect(place.querySelector("button")?.textContent).toBe("1");
  });

  test("shows a number without a source, and one in code, as it stands", () => {
    expect(show(<Markdown text="See [7] and `a[1]`." />).textContent).toBe("See [7] and a[1].");
    expect(place.querySelectorAll("button")).toHaveLength(0);
  });
});

describe("titles and file names", () => {
  test.each(["<img src=x onerror=alert(1)>.pdf", "\"><script>alert(1)</script>", "a\u202Efdp.exe"])("are text: %j", (title) => {
    show(<Sources sources={[source(1, title)]} />);
    expect(place.querySelectorAll("img, script")).toHaveLength(0);
    expect(place.querySelector("bdi")?.textContent).toBe(title);
  });
});

describe("an address", () => {
  test.each(["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "blob:https://a/b", "ftp://a/b", "/v1/me", "", "https://"])(
    "that is not of the web is none: %j",
    (address) => expect(safeAddress(address)).toBe(""),
  );
  test("of the web stays", () => expect(safeAddress("https://example.org/a?b#c")).toBe("https://example.org/a?b#c"));
});
