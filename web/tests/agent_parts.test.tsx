import { act, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import Actions from "../src/agents/Actions";
import type { Action, Step } from "../src/agents/agent";
import AgentChooser from "../src/agents/AgentChooser";
import { AgentsContext } from "../src/agents/choosing";
import Steps from "../src/agents/Steps";
import RecorderPanel from "../src/audio/RecorderPanel";

let root: Root;
let place: HTMLElement;
let composer: HTMLTextAreaElement;
beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  place = document.createElement("div");
  composer = document.createElement("textarea");
  composer.className = "composer-text";
  document.body.append(place, composer);
  root = createRoot(place);
});
afterEach(() => {
  act(() => root.unmount());
  place.remove();
  composer.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
function show(content: ReactNode): HTMLElement {
  act(() => root.render(content));
  return place;
}
const button = (name: string) => [...place.querySelectorAll("button")].find((each) => each.textContent?.includes(name));

const step = (number: number, more: Partial<Step> = {}): Step => ({
  number, agent: "finance", kind: "tool", name: "balance", outcome: "ok", took_ms: 40, detail: null, ended: true, ...more,
});
const HOSTILE = "<img src=x onerror=alert(1)>";

describe("the steps of an answer", () => {
  const isOpen = () => place.querySelector("details")!.open;
  test("are open while it is made, folded once it is whole, and open again for who wants them", () => {
    const steps = [step(1), step(2, { ended: false, took_ms: 0 })];
    show(<Steps steps={steps} underWay />);
    expect(isOpen()).toBe(true);
    expect(place.querySelector("summary")?.textContent).toBe("Using balance …");
    expect(place.querySelector("[role=status]")?.textContent).toBe("Using balance …");
    show(<Steps steps={[step(1), step(2)]} underWay={false} />);
    expect(isOpen()).toBe(false);
    expect(place.querySelector("summary")?.textContent).toBe("2 steps, 0.1 s");
    act(() => place.querySelector<HTMLElement>("summary")!.click());
    expect(isOpen()).toBe(true);
  });
  test("say in words how each ended, and who took it where several did", () => {
    show(
      <AgentsContext value={[{ name: "library", title: "Library", description: "" }]}>
        <Steps steps={[step(1, { outcome: "refused", detail: HOSTILE }), step(2, { agent: "library", kind: "handoff", name: "library" })]} underWay={false} />
      </AgentsContext>,
    );
    const told = [...place.querySelectorAll("li")].map((each) => each.textContent);
    expect(told[0]).toContain("was refused");
    expect(told[0]).toContain(HOSTILE);
    expect(told[1]).toContain("Library: Handed over to Library");
    expect(place.querySelectorAll("img")).toHaveLength(0);
  });
  test("of a kind that the page does not know are shown as a tool's", () => {
    show(<Steps steps={[step(1, { kind: "constructor" as Step["kind"] })]} underWay={false} />);
    expect(place.querySelector("li")?.textContent).toContain("Used balance");
  });
});

describe("an action that waits", () => {
  const action = (more: Partial<Action> = {}): Action => ({
    id: "a-1", agent: "finance", tool: "pay", title: HOSTILE, expires_at: new Date(Date.now() + 60_000).toISOString(),
    arguments: { amount: 500, to: "a\u202eb", urgent: true, [HOSTILE]: HOSTILE }, ...more,
  });
  const nobody = new Map<string, boolean>();

  test("shows exactly what will be done, as text", () => {
    show(<Actions actions={[action()]} decided={nobody} running={false} decide={vi.fn()} />);
    expect([...place.querySelectorAll("dt")].map((each) => each.textContent)).toEqual(["amount", "to", "urgent", HOSTILE]);
    expect([...place.querySelectorAll("dd")].map((each) => each.textContent)).toEqual(["500", "a[U+202E]b", "yes", HOSTILE]);
    expect(place.querySelectorAll("img")).toHaveLength(0);
  });

  test("takes the focus when it comes, and gives it back when it is decided", () => {
    const decide = vi.fn();
    composer.focus();
    show(<Actions actions={[action({ title: "Pay" })]} decided={nobody} running={false} decide={decide} />);
    expect(document.activeElement).toBe(place.querySelector("[role=group]"));
    act(() => button("Do it")!.click());
    expect(decide).toHaveBeenCalledWith(expect.objectContaining({ id: "a-1" }), true, "Yes, do it: Pay");
    expect(document.activeElement).toBe(composer);
    act(() => button("Do not do it")!.click());
    expect(decide).toHaveBeenLastCalledWith(expect.objectContaining({ id: "a-1" }), false, "No, do not do it: Pay");
  });

  test("does not tear away who is writing", () => {
    composer.value = "Half a question";
    composer.focus();
    show(<Actions actions={[action()]} decided={nobody} running={false} decide={vi.fn()} />);
    expect(document.activeElement).toBe(composer);
  });

  test("has no buttons once it was decided, and none that work while another answer is made", () => {
    show(<Actions actions={[action()]} decided={new Map([["a-1", false]])} running={false} decide={vi.fn()} />);
    expect(place.querySelectorAll("button")).toHaveLength(0);
    expect(place.textContent).toContain("You said: do not do it.");
    show(<Actions actions={[action()]} decided={nobody} running decide={vi.fn()} />);
    expect([...place.querySelectorAll("button")].every((each) => each.disabled)).toBe(true);
  });

  test("that was not decided in time says so, and keeps the focus", () => {
    vi.useFakeTimers();
    show(<Actions actions={[action({ expires_at: new Date(Date.now() + 60_000).toISOString() })]} decided={nobody} running={false} decide={vi.fn()} />);
    button("Do it")!.focus();
    act(() => vi.advanceTimersByTime(60_001));
    expect(place.querySelectorAll("button")).toHaveLength(0);
    expect(place.textContent).toContain("The time to decide is over");
  });
});

describe("who answers", () => {
  test("is chosen by title", () => {
    const choose = vi.fn();
    const agents = [{ name: "finance", title: HOSTILE, description: "Fees." }, { name: "library", title: "Library", description: "" }];
    show(<AgentChooser choice={{ agents, default: null, chosen: "finance", choose }} />);
    const select = place.querySelector("select")!;
    expect([...select.options].map((each) => [each.value, each.text])).toEqual([
      ["", "The documents alone"], ["auto", "Whoever knows best"], ["finance", HOSTILE], ["library", "Library"],
    ]);
    expect(place.querySelector(`[id="${select.getAttribute("aria-describedby")}"]`)?.textContent).toBe("Fees.");
    act(() => {
      select.value = "auto";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    expect(choose).toHaveBeenCalledWith("auto");
  });
});

describe("a microphone that is not to be had", () => {
  test.each([["NotAllowedError", "may not use the microphone"], ["NotFoundError", "No microphone was found"]])("for %s is told", async (name, told) => {
    vi.stubGlobal("MediaRecorder", { isTypeSupported: () => true });
    vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: () => Promise.reject(new DOMException("", name)) } });
    const closed = vi.fn();
    await act(async () => root.render(<RecorderPanel agent="" running={false} asked={vi.fn()} closed={closed} />));
    expect(place.querySelector("[role=alert]")?.textContent).toContain(told);
    expect(document.activeElement).toBe(button("Try again"));
    act(() => button("Close")!.click());
    expect(closed).toHaveBeenCalled();
  });
});
