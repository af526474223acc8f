/** An import as the server tells it. */
export interface ImportState {
  id: string;
  object: string;
  file: string;
  state: "ready" | "queued" | "running" | "done" | "failed" | "cancelled" | "undoing" | "undone";
  total: number;
  done: number;
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  rate: number | null;
  seconds_left: number | null;
  created_at: string;
  finished_at: string | null;
  undo?: Undone | null;
}

export interface Undone {
  removed: number;
  reverted: number;
  kept: number;
}

export interface Draft extends ImportState {
  header: string[];
  sample: unknown[][];
  mapping: Record<string, string | null>;
  new_fields: NewField[];
  encoding: string | null;
  delimiter: string | null;
}

/** What a column without a field would become. */
export interface NewField {
  column: string;
  key: string;
  type: string;
  labels: { zh: string; en: string };
}

export interface Trial {
  rows: number;
  tried: number;
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  errors: { line: number; message: string }[];
}

export const isMoving = (state: string | undefined) =>
  state === "queued" || state === "running" || state === "undoing";
