import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { LiveEvent, RecordEvent } from "./stream";
import { useLiveEvents } from "./useLive";

/** Queries about many records of the object that their key names second. */
const OF_OBJECT = new Set(["list", "aggregate", "board", "related", "calendar"]);
/** Queries about the one record that their key names second and third. */
const OF_RECORD = new Set(["record", "path", "timeline", "activities"]);
/** Queries about what waits for this person, whatever object it comes from. */
const OF_PERSON = new Set(["desk", "counts"]);
const SOON_MS = 300;
const APART_MS = 2_000;

export interface Batch {
  records: RecordEvent[];
  changed: Set<string>;
  notices: boolean;
}

export const emptyBatch = (): Batch => ({ records: [], changed: new Set(), notices: false });

export function add(batch: Batch, event: LiveEvent): void {
  if (event.type === "record") batch.records.push(event);
  else if (event.type === "changed") batch.changed.add(event.object);
  else batch.notices = true;
}

/** Whether a batch of events makes a query stale. */
export function concerns(batch: Batch, key: QueryKey): boolean {
  const [name, object, id] = key as [string, string?, string?];
  if (name === "notices") return batch.notices;
  const touched = (one: string | undefined) =>
    batch.changed.has(one ?? "") || batch.records.some((event) => event.object === one);
  if (OF_PERSON.has(name)) return batch.changed.size > 0 || batch.records.length > 0;
  if (OF_OBJECT.has(name)) return touched(object);
  if (name === "timeline" || name === "activities")
    // What is logged about a record is a record of another object.
    return batch.changed.size > 0 || batch.records.length > 0;
  if (!OF_RECORD.has(name)) return false;
  return (
    batch.changed.has(object ?? "") ||
    batch.records.some((event) => event.object === object && event.id === id)
  );
}

/** Refreshes what is on screen when it has changed: soon after the first event, then at most every two seconds. */
export function useLiveQueries(): void {
  const queries = useQueryClient();
  const state = useRef({ batch: emptyBatch(), last: 0, timer: undefined as number | undefined });
  const flush = () => {
    const { batch } = state.current;
    state.current = { batch: emptyBatch(), last: Date.now(), timer: undefined };
    void queries.invalidateQueries({ predicate: ({ queryKey }) => concerns(batch, queryKey) });
  };
  useLiveEvents((event) => {
    add(state.current.batch, event);
    const wait = Math.max(SOON_MS, state.current.last + APART_MS - Date.now());
    state.current.timer ??= window.setTimeout(flush, wait);
  });
  useEffect(() => () => clearTimeout(state.current.timer), []);
}
