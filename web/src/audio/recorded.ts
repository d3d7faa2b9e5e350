// A spoken question, and what the API made of it: what was heard, in which tone, and the answer's sound.

export interface Recording {
  content: Blob;
  seconds: number;
}

export type Tone = "neutral" | "happy" | "angry" | "sad" | "worried";

export interface Heard {
  transcript: string;
  tone: { label: Tone; score: number; told_by: "rule" | "model" };
  /** The spoken answer; null where `address` has it, or `note` says why there is none. */
  sound: Blob | null;
  address: string;
  note: string;
}
