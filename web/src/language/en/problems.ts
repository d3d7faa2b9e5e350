// In place of the protocol's names.
const TITLES: Record<number, string> = {
  400: "The request cannot be read",
  401: "Not signed in",
  403: "Not permitted",
  404: "Not found",
  409: "It does not fit what there is now",
  413: "Too large",
  415: "A type that is not taken",
  422: "Something needs to be corrected",
  429: "Too many requests, or the budget is used up",
  500: "Something went wrong here",
  503: "Not available just now",
  504: "It took too long",
};

export const problems = {
  network: "The service cannot be reached. Check your connection, then try again; nothing that you typed is lost.",
  broken: "The connection broke off. Try again; what has arrived stays.",
  unreadable: "The service answered something that this page cannot read. Load the page again; if it stays so, tell who runs it.",
  signIn: "Your sign-in has ended. Sign in again; what you typed is kept.",
  key: "This key is not known, or has been revoked.",
  waits: (seconds: number) => `Try again in ${seconds} s.`,
  // What is written by the service, in English.
  inEnglish: "",
  title: (status: number, told: string) => TITLES[status] ?? told,
  refused: (status: number) => `The service refused (${status}).`,
  request: (id: string) => `Request ${id}`,
  again: "Try again",
  signInAgain: "Sign in again",
};
