// Tells the other open tabs of this page that somebody signed out, and hears it from them.

const CHANNEL = "nexus-session";

export interface Tabs {
  tellEnded(): void;
  close(): void;
}

export function listenToTabs(ended: () => void): Tabs {
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);
  if (channel)
    channel.onmessage = (event: MessageEvent<unknown>) => {
      if (event.data === "ended") ended();
    };
  return { tellEnded: () => channel?.postMessage("ended"), close: () => channel?.close() };
}
