// What went wrong with a request, in the words of the API or, where it said none, by its kind.

export type ProblemKind = "refused" | "network" | "broken" | "unreadable";

export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string;
  readonly field: string;
  readonly retryAfterS: number | null;

  constructor(
    kind: ProblemKind,
    told: {
      status?: number;
      title?: string;
      detail?: string;
      requestId?: string;
      field?: string;
      retryAfterS?: number | null;
    } = {},
  ) {
    super(told.detail || told.title || kind);
    this.name = "Problem";
    this.kind = kind;
    this.status = told.status ?? 0;
    this.title = told.title ?? "";
    this.detail = told.detail ?? "";
    this.requestId = told.requestId ?? "";
    this.field = told.field ?? "";
    this.retryAfterS = told.retryAfterS ?? null;
  }
}

/** The problem in a body of RFC 9457, however little of it is there. */
export function problemOf(body: unknown, status: number, headers?: Headers): Problem {
  const told = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const text = (name: string) => (typeof told[name] === "string" ? told[name] : "");
  const wait = Number(headers?.get("retry-after") ?? Number.NaN);
  return new Problem("refused", {
    status: typeof told.status === "number" ? told.status : status,
    title: text("title"),
    detail: text("detail") || text("message"),
    requestId: text("request_id") || headers?.get("x-request-id") || "",
    field: text("field"),
    retryAfterS: Number.isFinite(wait) ? wait : null,
  });
}

/** Whether a request ended because its asker stopped it. */
export function wasStopped(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** Any error as a problem; what no request caused is "unreadable". */
export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem("unreadable", { detail: String(error) });
}
