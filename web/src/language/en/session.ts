export const session = {
  opening: "Signing you in …",
  keyTitle: "Enter your API key",
  keyWhy: "This service knows its callers by a key. It is kept in this tab only, and forgotten when you close it.",
  key: "API key",
  open: "Open",
  checking: "Checking …",
  signedOut: "You are signed out.",
  signedOutWhy: "Every open tab of this page has ended its sign-in.",
  signIn: "Sign in",
  failed: "The sign-in did not succeed.",
  noWindow: "The window for the sign-in could not be opened: allow this page to open windows, then try again.",
};
