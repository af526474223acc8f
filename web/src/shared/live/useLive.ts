import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { type LiveEvent, type LiveState, live, type RecordEvent } from "./stream";

/** Whether changes of others arrive by themselves at this moment. */
export const useLive = (): LiveState =>
  useSyncExternalStore(
    live.watch,
    () => live.state,
    () => "off",
  );

/** Hear everything while this part of the screen is there. */
export function useLiveEvents(heard: (event: LiveEvent) => void): void {
  const tell = useEffectEvent(heard);
  useEffect(() => (typeof EventSource === "undefined" ? undefined : live.listen((event) => tell(event))), []);
}

/**
 * Hear of records of one object. `null` instead of an event: so many changed that they are not told one by one.
 * Queries are refreshed without this hook (`useLiveQueries`); it is for what moves, marks or warns.
 */
export function useRecordEvents(object: string, heard: (event: RecordEvent | null) => void): void {
  useLiveEvents((event) => {
    if (event.type === "notice" || event.object !== object) return;
    heard(event.type === "record" ? event : null);
  });
}
