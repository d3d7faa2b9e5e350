// The deployment's colours and the reader's choice of light or dark, set as CSS custom properties.

export type Scheme = "system" | "light" | "dark";
const KEPT = "nexus-scheme";
const SIX_DIGITS = /^#[0-9a-f]{6}$/i;
// Each may be set by config.json: the colour of buttons and links, and the same on a dark ground.
const NAMES = ["accent", "accent_dark"] as const;

/** Sets the colours that are written as #rrggbb, and black or white for the text upon them. */
export function applyColours(colours: Record<string, string>, style = document.documentElement.style): void {
  for (const name of NAMES) {
    const colour = colours[name];
    if (!colour || !SIX_DIGITS.test(colour)) continue;
    const property = `--${name.replace("_", "-")}`;
    style.setProperty(property, colour);
    style.setProperty(`${property}-text`, readableOn(colour));
  }
}

/** White where it has a contrast of 4.5 on the colour, else black (WCAG 2.2, 1.4.3). */
export function readableOn(colour: string): "#ffffff" | "#000000" {
  return 1.05 / (luminance(colour) + 0.05) >= 4.5 ? "#ffffff" : "#000000";
}

/** Relative luminance of #rrggbb, from 0 to 1 (WCAG 2.2, "relative luminance"). */
export function luminance(colour: string): number {
  const parts = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * parts[0]! + 0.7152 * parts[1]! + 0.0722 * parts[2]!;
}

export function keptScheme(): Scheme {
  const kept = keptAs(KEPT);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function applyScheme(scheme: Scheme): void {
  if (scheme === "system") delete document.documentElement.dataset.scheme;
  else document.documentElement.dataset.scheme = scheme;
  keep(KEPT, scheme);
}

/** What the browser keeps under a name; null also where it keeps nothing for this page. */
export function keptAs(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A frame whose storage is blocked shows the page as the system does.
  }
}
