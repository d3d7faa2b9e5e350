// <nexus-chat src="https://page"> for another site's page: a button that opens the chat in a frame.
{
  const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : "";
  const STYLE = `
    :host { position: fixed; inset-block-end: 1rem; inset-inline-end: 1rem; z-index: 2147483000; display: grid; gap: 0.5rem; justify-items: end; font: 1rem system-ui, sans-serif; }
    :host([inline]) { position: static; display: block; block-size: 100%; min-block-size: 24rem; }
    button { min-height: 3rem; padding: 0 1.2rem; border: 0; border-radius: 1.5rem; background: var(--nexus-accent, #1f5fbf); color: var(--nexus-accent-text, #fff); font: inherit; font-weight: 600; cursor: pointer; box-shadow: 0 4px 16px rgb(0 0 0 / 25%); }
    button:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
    iframe { border: 1px solid #8888; border-radius: 0.75rem; background: Canvas; inline-size: min(26rem, calc(100vw - 2rem)); block-size: min(40rem, calc(100dvh - 6rem)); box-shadow: 0 8px 32px rgb(0 0 0 / 25%); }
    :host([inline]) iframe { inline-size: 100%; block-size: 100%; box-shadow: none; }
    [hidden] { display: none; }
  `;

  class NexusChat extends HTMLElement {
    #frame: HTMLIFrameElement | null = null;
    #button: HTMLButtonElement | null = null;
    readonly #root = this.attachShadow({ mode: "open" });
    readonly #heard = (event: MessageEvent<unknown>): void => {
      if (event.source === this.#frame?.contentWindow && event.data === "nexus-close") this.close();
    };

    connectedCallback(): void {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      this.#root.adoptedStyleSheets = [sheet];
      addEventListener("message", this.#heard);
      if (this.#frame || this.#button) return;
      if (this.hasAttribute("inline")) return this.open();
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = this.#label;
      button.setAttribute("aria-expanded", "false");
      button.addEventListener("click", () => (this.#frame && !this.#frame.hidden ? this.close() : this.open()));
      this.#button = button;
      this.#root.append(button);
    }

    disconnectedCallback(): void {
      removeEventListener("message", this.#heard);
    }

    /** Shows the chat; its page is loaded the first time. */
    open(): void {
      const address = this.#address;
      if (!address) return console.error("nexus-chat: src has to be the http(s) address of the page.");
      if (!this.#frame) {
        this.#frame = document.createElement("iframe");
        this.#frame.title = this.#label;
        this.#frame.allow = "clipboard-write; microphone";
        this.#frame.referrerPolicy = "origin";
        this.#frame.src = address;
        this.#root.prepend(this.#frame);
      }
      this.#frame.hidden = false;
      this.#button?.setAttribute("aria-expanded", "true");
      this.#frame.focus();
    }

    close(): void {
      if (!this.#frame || !this.#button) return;
      this.#frame.hidden = true;
      this.#button.setAttribute("aria-expanded", "false");
      this.#button.focus();
    }

    get #label(): string {
      return this.getAttribute("label") || "Ask the documents";
    }

    get #address(): string {
      try {
        const page = new URL(this.getAttribute("src") || script, location.href);
        // "https://host/page" and "https://host/page/" are the same page.
        if (!page.pathname.endsWith("/") && !/\.[a-z]+$/i.test(page.pathname)) page.pathname += "/";
        const embed = new URL("embed.html", page);
        return embed.protocol === "https:" || embed.protocol === "http:" ? embed.href : "";
      } catch {
        return "";
      }
    }
  }

  if (!customElements.get("nexus-chat")) customElements.define("nexus-chat", NexusChat);
}
