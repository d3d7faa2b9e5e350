// Records what is said at this machine's microphone, which is let go as soon as the recording is over.

// The API's own limits: an hour, and 25 MB (docs/audio.md).
export const LONGEST_S = 3_600;
export const MOST_BYTES = 25_000_000;
// Speech is understood at this rate, and an hour of it fits.
const BITS_PER_SECOND = 32_000;
// In this order: what tells its own length best comes first.
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/webm", "audio/mp4"] as const;

export type Fault = "refused" | "none" | "busy" | "unable";

export interface Recorder {
  /** Ends it; `ended` is called with what was recorded. */
  stop(): void;
  /** Ends it and keeps nothing. */
  cancel(): void;
}

/** The first type that this browser records and the API reads; null where there is none. */
export function typeFor(isSupported: (type: string) => boolean): string | null {
  return TYPES.find(isSupported) ?? null;
}

/** Why there is no recording, by the name of the browser's error (W3C Media Capture, 10.1.1). */
export function faultOf(error: unknown): Fault {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "none";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "unable";
}

/** Minutes and seconds, such as 1:05. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/**
 * Begins to record, once the person lets the page. `ended` is called once: with the sound when the
 * recording stops by whatever cause, with null when nothing was heard. Raises what the browser does.
 */
export async function record(ended: (content: Blob | null) => void, signal: AbortSignal): Promise<Recorder> {
  const type = typeof MediaRecorder === "undefined" ? null : typeFor((each) => MediaRecorder.isTypeSupported(each));
  if (!type || !navigator.mediaDevices) throw new Error("This browser does not record.");
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const letGo = () => stream.getTracks().forEach((track) => track.stop());
  try {
    signal.throwIfAborted();
    return begun(stream, type, letGo, ended);
  } catch (error) {
    letGo();
    throw error;
  }
}

function begun(stream: MediaStream, type: string, letGo: () => void, ended: (content: Blob | null) => void): Recorder {
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_PER_SECOND });
  const pieces: Blob[] = [];
  let size = 0;
  let isKept = true;
  const stop = () => {
    if (recorder.state !== "inactive") recorder.stop();
  };
  recorder.ondataavailable = ({ data }) => {
    pieces.push(data);
    size += data.size;
    if (size > MOST_BYTES - 100_000) stop();
  };
  recorder.onstop = () => {
    letGo();
    clearTimeout(end);
    if (isKept) ended(size > 0 ? new Blob(pieces, { type: type.split(";")[0]! }) : null);
  };
  // Somewhat before the API's hour is over: recorders are not exact.
  const end = setTimeout(stop, (LONGEST_S - 5) * 1000);
  recorder.start(1_000);
  return {
    stop,
    cancel() {
      isKept = false;
      stop();
      letGo();
    },
  };
}
