// Starts the page or its embedded form: configuration, appearance, language, and the session.
import { StrictMode, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import "../appearance/base.css";
import { applyColours, applyScheme, keptScheme } from "../appearance/colours";
import { readConfiguration, type Configuration } from "../appearance/configuration";
import { layout as en } from "../language/en/layout";
import { LanguageProvider } from "../language/language";
import { FaultBoundary } from "../layout/FaultBoundary";
import { takeHint } from "../layout/route";
import { keyDoorway } from "../session/key";
import { providerDoorway } from "../session/provider";
import { SessionGate } from "../session/SessionGate";

/** Shows the content to who is signed in; `framed` says that another site's page is around it. */
export function start(content: ReactNode, framed: boolean): void {
  const root = createRoot(document.getElementById("page")!);
  applyScheme(keptScheme());
  const shown = (configuration: Configuration) => {
    document.title = configuration.name;
    applyColours(configuration.colours);
    const asked = { hint: takeHint(), place: location.hash };
    const signIn = configuration.sign_in;
    const doorway = signIn ? providerDoorway(signIn, homeOf(location.href), asked, framed) : keyDoorway();
    root.render(
      <StrictMode>
        <LanguageProvider offered={configuration.languages}>
          <FaultBoundary>
            <SessionGate configuration={configuration} doorway={doorway}>
              {content}
            </SessionGate>
          </FaultBoundary>
        </LanguageProvider>
      </StrictMode>,
    );
  };
  readConfiguration().then(shown, () => root.render(<p role="alert">{en.noConfiguration}</p>));
}

/** The address that the provider sends people back to: the folder that this page lies in. */
export function homeOf(address: string): string {
  const url = new URL("./", address);
  return url.origin + url.pathname;
}
