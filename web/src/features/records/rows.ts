/** Which pages of a list are needed, and what is known of the rows between them. Without React. */
import type { RecordData } from "@/shared/api/types";

export const PAGE = 100;
/** Browsers do not draw elements higher than about 16 million pixels; longer lists end there and say how to narrow. */
export const TALLEST = 15_000_000;

export interface Loaded {
  records: RecordData[];
  next: string | null;
}

/** The pages that hold the rows from `first` to `last`, and the next one when the end of them is near. */
export function pagesOf(first: number, last: number, total: number): number[] {
  const end = Math.max(0, Math.ceil(total / PAGE) - 1);
  const from = Math.min(Math.floor(Math.max(0, first) / PAGE), end);
  const to = Math.min(Math.floor((Math.max(0, last) + 30) / PAGE), end);
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

/** How to ask for a page: on from the one before where that is known, else by its place. */
export function wayTo(page: number, before: Loaded | undefined): { cursor?: string; offset?: number } {
  if (page === 0) return {};
  return before?.next ? { cursor: before.next } : { offset: page * PAGE };
}

/** The unbroken run of loaded rows around a place, and where it begins. */
export function runAround(
  place: number,
  at: (page: number) => Loaded | undefined,
): { from: number; rows: RecordData[] } {
  let first = Math.floor(place / PAGE);
  if (!at(first)) return { from: 0, rows: [] };
  let last = first;
  while (first > 0 && at(first - 1)) first -= 1;
  while (at(last + 1)) last += 1;
  const rows: RecordData[] = [];
  for (let page = first; page <= last; page += 1) rows.push(...(at(page)?.records ?? []));
  return { from: first * PAGE, rows };
}
