// A part of the page that is loaded when it is first needed; where it cannot be, that is said in its place.
import { lazy, Suspense, type ComponentType } from "react";
import { Problem } from "../api/problem";
import { ProblemNotice } from "./ProblemNotice";

function NotLoaded() {
  return <ProblemNotice problem={new Problem("network")} />;
}

/** The component of a file; nothing is shown until it is there. */
export function loaded<Props extends object>(load: () => Promise<{ default: ComponentType<Props> }>) {
  const Part = lazy<ComponentType<Props>>(() => load().catch(() => ({ default: NotLoaded })));
  return function Loaded(props: Props) {
    return (
      <Suspense fallback={null}>
        <Part {...props} />
      </Suspense>
    );
  };
}
