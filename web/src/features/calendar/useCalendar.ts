import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useUndo } from "@/features/records/useUndo";
import { ApiProblem, api, query } from "@/shared/api/client";
import { useMe } from "@/shared/api/queries";
import type { RecordData } from "@/shared/api/types";
import { isZh } from "@/shared/format/format";
import { useLiveEvents } from "@/shared/live";
import { type Answer, type Item, keyOf, movedTo } from "./model";

export interface Asked {
  from: string;
  to: string;
  person?: string;
  object?: string;
  filter?: unknown;
}

export interface Refused {
  item: Item;
  day: string;
  problem: unknown;
}

/** 11月27日 周五; Fri, Nov 27. */
export function spoken(day: string, locale: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  const month = isZh(locale) ? "long" : "short";
  const text = new Intl.DateTimeFormat(isZh(locale) ? "zh-CN" : "en-US", {
    timeZone: "UTC",
    month,
    day: "numeric",
    weekday: "short",
  }).format(date);
  return text.replace(/日(?=周)/, "日 ");
}

/** The records of the days shown, and moving one to another day: at once on screen, back with the reason when refused. */
export function useCalendar(asked: Asked, say: (text: string) => void) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const undo = useUndo();
  const zone = useMe().data?.workspace.time_zone ?? "UTC";
  const [refused, setRefused] = useState<Refused | null>(null);
  const key = ["days", asked];
  const found = useQuery({
    queryKey: key,
    queryFn: () => api<Answer>(`/calendar${query({ ...asked })}`),
    placeholderData: (before) => before,
    staleTime: 30_000,
  });
  const refresh = () =>
    Promise.all(
      ["days", "list", "record", "aggregate", "desk", "counts"].map((name) =>
        queries.invalidateQueries({ queryKey: [name] }),
      ),
    );
  useLiveEvents((event) => {
    if (event.type === "notice") return;
    const shown = found.data?.sources.some((source) => source.object === event.object);
    if (shown) void queries.invalidateQueries({ queryKey: ["days"] });
  });
  const show = (item: Item, at: string, version: number) =>
    queries.setQueryData<Answer>(
      key,
      (now) =>
        now && {
          ...now,
          items: now.items.map((one) =>
            one.object === item.object && one.id === item.id
              ? { ...one, version, at: one.source === item.source ? at : one.at }
              : one,
          ),
        },
    );
  const put = async (item: Item, at: string): Promise<Item> => {
    const field = item.source.slice(item.object.length + 1);
    show(item, at, item.version);
    try {
      const saved = await api<RecordData>(
        `/records/${item.object}/${item.id}${query({ channel: "form" })}` as never,
        { method: "PATCH", body: { [field]: at }, version: item.version },
      );
      show(item, String(saved[field] ?? at), saved.version);
      void refresh();
      return { ...item, at: String(saved[field] ?? at), version: saved.version };
    } catch (problem) {
      show(item, item.at, item.version);
      throw problem;
    }
  };
  const move = async (item: Item, day: string) => {
    const at = movedTo(item.at, day, zone);
    setRefused(null);
    if (at === item.at) return;
    try {
      const saved = await put(item, at);
      const text = t("calendar.moved", { name: item.title, day: spoken(day, i18n.language) });
      say(text);
      undo(text, () => put(saved, item.at));
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.body.status === 412) await found.refetch();
      setRefused({ item, day, problem });
      say(t("calendar.notMoved", { name: item.title }));
    }
  };
  const retry = () => {
    if (!refused) return;
    const now = found.data?.items.find((one) => keyOf(one) === keyOf(refused.item)) ?? refused.item;
    void move(now, refused.day);
  };
  return { found, zone, move, refused, retry, putBack: () => setRefused(null), refresh };
}
