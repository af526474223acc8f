import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, query } from "@/shared/api/client";
import { useMe, useObjects, useUsers } from "@/shared/api/queries";
import type { Link, ObjectDef, RecordData } from "@/shared/api/types";
import { day, duration, label, moment, money, monthDay, number } from "@/shared/format/format";
import type { Entry } from "./Timeline";

/** Values as history keeps them, in words: names for ids, options by their label, figures as people write them. */
export function useChangeWords(object: ObjectDef, record: RecordData, entries: Entry[]) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const me = useMe();
  const users = useUsers();
  const objects = useObjects();
  const zone = me.data?.workspace.time_zone ?? "UTC";
  const wanted = new Map<string, Set<string>>();
  for (const entry of entries)
    for (const [key, pair] of Object.entries(entry.changes)) {
      const field = object.fields.find((one) => one.key === key);
      if (!field?.target || !["relation", "relation_many"].includes(field.type)) continue;
      for (const id of pair.flat()) {
        if (typeof id !== "string") continue;
        const set = wanted.get(field.target) ?? new Set();
        wanted.set(field.target, set.add(id));
      }
    }
  const names = useQueries({
    queries: [...wanted].map(([target, ids]) => {
      const name = objects.data?.find((one) => one.key === target)?.name_field;
      const value = [...ids].sort();
      return {
        queryKey: ["names", target, value],
        enabled: Boolean(name),
        staleTime: 60_000,
        queryFn: async () => {
          const filter = { field: "id", op: "in", value };
          const path = `/records/${target}${query({ filter, fields: name, limit: 200 })}` as const;
          const found = await api<{ records: RecordData[] }>(path);
          return found.records.map((one) => [one.id, String(one[name ?? ""] ?? "")] as const);
        },
      };
    }),
    combine: (results) => new Map(results.flatMap((one) => one.data ?? [])),
  });
  const one = (key: string, value: unknown): string => {
    if (value === null || value === undefined || value === "") return "—";
    const field = object.fields.find((each) => each.key === key);
    const option = field?.options?.find((each) => each.key === value);
    if (option) return label(option.labels, locale);
    if (Array.isArray(value)) {
      if (field?.type === "line_items") return t("record.lineCount", { count: value.length });
      if (field?.type === "file" || field?.type === "image")
        return t("record.fileCount", { count: value.length });
      return value.length ? value.map((each) => one(key, each)).join(t("list.joint")) : "—";
    }
    if (typeof value === "boolean") return t(value ? "form.yes" : "form.no");
    if (typeof value === "object") {
      const inner = value as { amount?: string; currency?: string; label?: string };
      if (inner.amount) return money(inner.amount, inner.currency ?? "CNY", locale);
      return inner.label ?? "…";
    }
    if (field?.kind === "user" || field?.kind === "users")
      return users.data?.find((each) => each.id === value)?.name ?? "…";
    if (field?.type === "relation" || field?.type === "relation_many" || field?.type === "team") {
      const link = record[key] as Link | null;
      return names.get(String(value)) ?? (link?.id === value ? (link?.label ?? "…") : "…");
    }
    if (field?.type === "duration") return duration(value, locale);
    if (field?.type === "percent") return `${number(value)}%`;
    if (field?.type === "money") return money(value, me.data?.workspace.currency ?? "CNY", locale);
    if (field?.kind === "number") return number(value);
    if (field?.type === "date") return day(value, locale);
    if (field?.type === "datetime") return moment(value, locale, zone);
    if (field?.type === "month_day") return monthDay(value, locale);
    return String(value);
  };
  return one;
}
