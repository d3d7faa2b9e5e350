// Names a request that makes something, so that sending it again after a broken connection makes nothing twice.
import { useCallback, useRef } from "react";

/** The headers that name the request with a body: the same as long as the body is the same. */
export function useAttempt(): (body: unknown) => Record<string, string> {
  const last = useRef({ body: "", name: "" });
  return useCallback((body: unknown) => {
    const written = JSON.stringify(body);
    if (last.current.body !== written || !last.current.name) last.current = { body: written, name: crypto.randomUUID() };
    return { "idempotency-key": last.current.name };
  }, []);
}
