import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, query } from "@/shared/api/client";
import { useMe, useObjects, useUsers } from "@/shared/api/queries";
import type { FieldDef, ObjectDef, RecordData } from "@/shared/api/types";
import { day, duration, label, money, number } from "@/shared/format/format";
import { allLeaves, type Leaf, needsValue, type Part, periodKey, sentenceOf } from "./filters";

/** The field a leaf speaks of, along a dotted path, and its name: 客户 · 行业. */
function useField(object: ObjectDef) {
  const objects = useObjects();
  const { i18n } = useTranslation();
  return (path: string): { field?: FieldDef; name: string } => {
    let here: ObjectDef | undefined = object;
    let field: FieldDef | undefined;
    const names: string[] = [];
    for (const key of path.split(".")) {
      field = here?.fields.find((one) => one.key === key);
      names.push(field ? label(field.labels, i18n.language) : key);
      here = objects.data?.find((one) => one.key === field?.target);
    }
    return { field, name: names.join(" · ") };
  };
}

/** Names of the records that a filter points at: the filter itself keeps only their ids. */
function useNames(leaves: Leaf[], fieldOf: (path: string) => { field?: FieldDef }): Map<string, string> {
  const objects = useObjects();
  const wanted = new Map<string, string[]>();
  for (const leaf of leaves) {
    const target = fieldOf(leaf.field).field?.target;
    if (!target) continue;
    const ids = [leaf.value].flat().filter((one): one is string => typeof one === "string");
    wanted.set(target, [...(wanted.get(target) ?? []), ...ids]);
  }
  const asked = [...wanted].filter(([, ids]) => ids.length > 0);
  return useQueries({
    queries: asked.map(([target, ids]) => {
      const name = objects.data?.find((one) => one.key === target)?.name_field;
      return {
        queryKey: ["names", target, ids],
        enabled: Boolean(name),
        staleTime: 60_000,
        queryFn: async () => {
          const filter = { field: "id", op: "in", value: ids };
          const path = `/records/${target}${query({ filter, fields: name, limit: 200 })}` as const;
          const found = await api<{ records: RecordData[] }>(path);
          return found.records.map((one) => [one.id, String(one[name ?? ""] ?? "")] as const);
        },
      };
    }),
    combine: (results) => new Map(results.flatMap((one) => one.data ?? [])),
  });
}

/** A condition in words: its field, its operator, its value. */
export function useWords(object: ObjectDef, filter: unknown) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const me = useMe();
  const users = useUsers();
  const fieldOf = useField(object);
  const names = useNames(allLeaves(filter), fieldOf);
  const one = (field: FieldDef | undefined, value: unknown): string => {
    if (value && typeof value === "object") {
      const found = value as { who?: string; period?: string; label?: string; relative?: string };
      if (found.who) return t(`who.${found.who}`);
      if (found.period) return t(`period.${periodKey(found)}`, { defaultValue: found.period });
      return found.label ?? found.relative ?? JSON.stringify(value);
    }
    if (typeof value === "boolean") return t(value ? "form.yes" : "form.no");
    const option = field?.options?.find((each) => each.key === value);
    if (option) return label(option.labels, locale);
    if (field?.kind === "user" || field?.kind === "users")
      return users.data?.find((each) => each.id === value)?.name ?? "…";
    if (field?.target) return names.get(String(value)) ?? "…";
    if (field?.type === "money") return money(value, me.data?.workspace.currency ?? "CNY", locale);
    if (field?.type === "duration") return duration(value, locale);
    if (field?.kind === "number") return `${number(value)}${field.type === "percent" ? "%" : ""}`;
    if (field?.kind === "date") return day(value, locale);
    return String(value ?? "");
  };
  const words = (leaf: Leaf) => {
    const { field, name } = fieldOf(leaf.field);
    const values = [leaf.value].flat().filter((each) => each !== undefined);
    const shown = values.slice(0, 5).map((value) => one(field, value));
    if (values.length > 5) shown.push(t("op.more", { count: values.length - 5 }));
    return {
      field,
      name,
      op: t(`op.${leaf.op}`),
      value: needsValue(leaf.op) ? shown.join(t("op.listJoint")) : "",
    };
  };
  const sentence = (tree: unknown): Part[] =>
    sentenceOf(
      tree,
      (leaf) => {
        const found = words(leaf);
        if (!found.value) return [{ text: `${found.name} ` }, { text: found.op, strong: true }];
        return [{ text: `${found.name} ${found.op} ` }, { text: found.value, strong: true }];
      },
      {
        and: t("op.and"),
        or: t("op.or"),
        not: t("op.not"),
        open: t("op.open"),
        close: t("op.close"),
      },
    );
  return { words, sentence };
}
