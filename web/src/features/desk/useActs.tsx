import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useUndo } from "@/features/records/useUndo";
import { api } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { RecordData } from "@/shared/api/types";
import { instantOf, wallTime } from "@/shared/format/format";
import { useSentence } from "@/shared/Problem";
import { type DeskAction, type DeskData, type DeskItem, dayText, keyOf, withItem, without } from "./model";

const KEY = ["desk"];

/**
 * What one tap does. A thing leaves at once and comes back with the reason when the server refuses; each way out can be
 * taken back through the same write path, against the version that it made.
 */
export function useActs() {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const undoable = useUndo();
  const sentence = useSentence();
  const me = useMe();
  const zone = me.data?.workspace.time_zone ?? "UTC";
  const [refused, setRefused] = useState<Record<string, string>>({});
  const patch = (change: (data: DeskData) => DeskData) =>
    queries.setQueryData<DeskData>(KEY, (data) => (data ? change(data) : data));
  const refresh = (object?: string) => {
    const stale = [
      "desk",
      "counts",
      "list",
      "aggregate",
      "board",
      "related",
      "calendar",
      "record",
      "timeline",
    ];
    return queries.invalidateQueries({
      predicate: ({ queryKey: [name] }) => (object ? stale : ["desk", "counts"]).includes(String(name)),
    });
  };
  const say = (item: DeskItem, text?: string) =>
    setRefused(({ [keyOf(item)]: _, ...rest }) => (text ? { ...rest, [keyOf(item)]: text } : rest));

  const send = (item: DeskItem, version: number, values: Record<string, unknown>) =>
    api<RecordData>(`/records/${item.object}/${item.record.id}?channel=form`, {
      method: "PATCH",
      body: values,
      version,
    });

  const change = async (item: DeskItem, values: Record<string, unknown>, told: string) => {
    say(item);
    await queries.cancelQueries({ queryKey: KEY });
    patch((data) => without(data, keyOf(item)));
    try {
      const saved = await send(item, item.record.version, values);
      const before = Object.fromEntries(Object.keys(values).map((key) => [key, item.values[key] ?? null]));
      undoable(told, async () => {
        const back = await send(item, saved.version, before);
        patch((data) => withItem(data, { ...item, record: { ...item.record, version: back.version } }));
        await refresh(item.object);
      });
      await refresh(item.object);
    } catch (error) {
      patch((data) => withItem(data, item));
      say(item, sentence(error));
    }
  };

  return {
    refused,
    finish: (item: DeskItem, action: DeskAction) =>
      change(item, action.set, t("desk.did", { action: action.label, name: item.record.label })),
    /** Another day for a date; a moment keeps its time of the day. */
    postpone: (item: DeskItem, action: DeskAction, day: string) => {
      const field = action.field ?? "";
      const old = item.values[field];
      const timed = typeof old === "string" && old.length > 10;
      const value = timed ? instantOf(`${day} ${wallTime(old, zone).slice(11)}`, zone) : day;
      const when = dayText(day, i18n.language);
      return change(item, { [field]: value }, t("desk.moved", { name: item.record.label, when }));
    },
    rest: async (item: DeskItem, day: string) => {
      say(item);
      await queries.cancelQueries({ queryKey: KEY });
      patch((data) => without(data, keyOf(item)));
      const body = (until: string | null) => ({ source: item.source, record: item.record.id, until });
      try {
        await api("/desk/snooze", { body: body(day) });
        undoable(
          t("desk.rests", { name: item.record.label, when: dayText(day, i18n.language) }),
          async () => {
            await api("/desk/snooze", { body: body(null) });
            patch((data) => withItem(data, item));
            await refresh();
          },
        );
        await refresh();
      } catch (error) {
        patch((data) => withItem(data, item));
        say(item, sentence(error));
      }
    },
    /** What was logged about a thing; taking it back deletes the entry. */
    logged: (item: DeskItem, object: string, saved: RecordData) => {
      undoable(t("desk.logged", { name: item.record.label }), async () => {
        await api(`/records/${object}/${saved.id}`, { method: "DELETE", version: saved.version });
        await refresh(item.object);
      });
      return refresh(item.object);
    },
  };
}

export type Acts = ReturnType<typeof useActs>;
