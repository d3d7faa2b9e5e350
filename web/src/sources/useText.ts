// The text behind a signed address, as a view needs it: there, on its way, or why not.
import { useEffect, useState } from "react";
import { asProblem, wasStopped, type Problem } from "../api/problem";
import { textAt } from "./content";

export function useText(address: string): { text: string | null; problem: Problem | null } {
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    const control = new AbortController();
    setText(null);
    setProblem(null);
    textAt(address, control.signal)
      .then(setText)
      .catch((error: unknown) => {
        if (!wasStopped(error)) setProblem(asProblem(error));
      });
    return () => control.abort();
  }, [address]);
  return { text, problem };
}
