// A part of the page that is loaded when it is first needed; where it cannot be, that is said in its place.
import { createContext, lazy, Suspense, useContext, useReducer, type ComponentType, type ReactNode } from "react";
import { Problem } from "../api/problem";
import { ProblemNotice } from "./ProblemNotice";

const AgainContext = createContext<() => void>(() => undefined);

/** Says that a part could not be loaded, and loads it again when somebody asks for it. */
export function NotLoaded() {
  return <ProblemNotice problem={new Problem("network")} again={useContext(AgainContext)} />;
}

/**
 * The component of a file. `waiting` is shown until it is there, `instead` where it cannot be loaded:
 * it holds NotLoaded somewhere.
 */
export function loaded<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  waiting: ReactNode = null,
  instead: ComponentType<Props> = NotLoaded,
) {
  const attempt = () => lazy<ComponentType<Props>>(() => load().catch(() => ({ default: instead })));
  let Part = attempt();
  return function Loaded(props: Props) {
    const [, show] = useReducer((count: number) => count + 1, 0);
    const again = () => {
      Part = attempt();
      show();
    };
    return (
      <AgainContext value={again}>
        <Suspense fallback={waiting}>
          <Part {...props} />
        </Suspense>
      </AgainContext>
    );
  };
}
