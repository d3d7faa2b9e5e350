export const problems = {
  network: "The service cannot be reached. Check your connection, then try again; nothing that you typed is lost.",
  broken: "The connection broke off. Try again; what has arrived stays.",
  unreadable: "The service answered something that this page cannot read. Load the page again; if it stays so, tell who runs it.",
  signIn: "Your sign-in has ended. Sign in again; what you typed is kept.",
  key: "This key is not known, or has been revoked.",
  waits: (seconds: number) => `Try again in ${seconds} s.`,
  // What is written by the service, in English.
  inEnglish: "",
  title: (_status: number, told: string) => told,
  refused: (status: number) => `The service refused (${status}).`,
  request: (id: string) => `Request ${id}`,
  again: "Try again",
  signInAgain: "Sign in again",
};
