import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/shared/api/queries";
import type { RecordData } from "@/shared/api/types";
import { type RecordEvent, useRecordEvents } from "@/shared/live";
import { type Asked, again, drop, fetchCards, find, place } from "./cards";

const SOON_MS = 200;
const MARK_MS = 6_000;

/** What a told save means for a card: `row` as it is now, `before` as it is on screen. */
export function judge(
  event: RecordEvent,
  row: RecordData | undefined,
  before: RecordData | undefined,
  group: string,
  me: string | undefined,
): "drop" | "wait" | "known" | "place" | "mark" {
  if (!row) return "drop";
  // Read so late that a further save is in it: that one is told next, with who did it.
  if (event.version !== undefined && row.version > event.version) return "wait";
  if (before && before.version >= row.version) return "known";
  return !before || before[group] === row[group] || event.by?.id === me ? "place" : "mark";
}

/** Cards move when colleagues move them, with a mark of who for a while; what is in one's own hand stays there. */
export function useLiveCards(asked: Asked, held: string | null, say: (text: string) => void) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const me = useMe().data?.user.id;
  const [marks, setMarks] = useState<Map<string, string>>(new Map());
  const waiting = useRef(new Map<string, RecordEvent>());
  const timer = useRef<number>(undefined);
  const latest = useRef({ asked, held });
  latest.current = { asked, held };
  const unmark = (id: string) => setMarks((now) => new Map([...now].filter(([key]) => key !== id)));
  const read = async () => {
    const now = latest.current;
    const events = [...waiting.current.values()].filter((event) => event.id !== now.held);
    for (const event of events) waiting.current.delete(event.id);
    if (events.length === 0) return;
    const rows = await fetchCards(
      now.asked,
      events.map((event) => event.id),
    ).catch(() => null);
    if (!rows) return;
    const group = now.asked.group.key;
    for (const event of events) {
      const row = rows.find((one) => one.id === event.id);
      const before = find(queries, now.asked, event.id);
      const meaning = judge(event, row, before, group, me);
      if (meaning === "drop") drop(queries, now.asked, event.id);
      if (!row || (meaning !== "place" && meaning !== "mark")) continue;
      place(queries, now.asked, row);
      if (meaning === "place") continue;
      const who = event.by?.label ?? t("board.somebody");
      setMarks((found) => new Map(found).set(event.id, t("board.movedBy", { who })));
      say(t("board.movedByHere", { who, name: String(row[now.asked.object.name_field ?? "serial"] ?? "") }));
      window.setTimeout(() => unmark(event.id), MARK_MS);
    }
  };
  const soon = () => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => void read(), SOON_MS);
  };
  useRecordEvents(asked.object.key, (event) => {
    if (event === null) {
      void again(queries, asked.object.key);
      return;
    }
    waiting.current.set(event.id, event);
    soon();
  });
  // What was in the hand is read when it is let go.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only letting go matters
  useEffect(() => {
    if (held === null && waiting.current.size > 0) soon();
  }, [held]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return marks;
}
