import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loaded } from "../src/layout/loaded";
import { SourceNotLoaded } from "../src/sources/SourceNotLoaded";

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
  vi.unstubAllGlobals();
});
const again = () => act(async () => [...place.querySelectorAll("button")].at(-1)!.click());

function failingOnce<Props extends object>(Part: (props: Props) => string) {
  let tries = 0;
  return () => (tries++ === 0 ? Promise.reject(new TypeError("no network")) : Promise.resolve({ default: Part }));
}

test("a part that cannot be loaded says so in its place, and is loaded when somebody tries again", async () => {
  const Part = loaded(failingOnce(({ name }: { name: string }) => `part ${name}`));
  await act(async () => root.render(<>before <Part name="one" /></>));
  expect(place.querySelector("[role=alert]")?.textContent).toContain("cannot be reached");
  expect(place.textContent).toContain("before");
  await again();
  expect(place.textContent).toBe("before part one");
});

test("a source whose view cannot be loaded still shows what was quoted, and closes", async () => {
  const close = vi.fn();
  const shown = { title: "Rules", quote: "Silence, please.", number: 1 } as Parameters<typeof SourceNotLoaded>[0]["shown"];
  const Panel = loaded(failingOnce((_: Parameters<typeof SourceNotLoaded>[0]) => "the document"), null, SourceNotLoaded);
  await act(async () => root.render(<Panel shown={shown} close={close} />));
  expect(place.querySelector("blockquote")?.textContent).toBe("Silence, please.");
  expect(document.activeElement).toBe(place.querySelector("h2"));
  place.querySelector("aside")!.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
  expect(close).toHaveBeenCalledOnce();
  await again();
  expect(place.textContent).toBe("the document");
});
