import type { FieldDef, RecordData } from "@/shared/api/types";
import { daysBetween, label } from "@/shared/format/format";

const LEAST: Record<string, number> = {
  stage: 146,
  money: 116,
  percent: 76,
  number: 84,
  duration: 92,
  boolean: 72,
  date: 122,
  datetime: 122,
  month_day: 84,
  user: 106,
  users: 120,
  team: 106,
  phone: 128,
  select: 96,
  auto_number: 130,
};
const GROWING = [
  "text",
  "relation",
  "relation_many",
  "relation_any",
  "long_text",
  "email",
  "url",
  "region",
  "tags",
];

const widthOf = (text: string) =>
  [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 255 ? 13 : 7), 0);

/** The least width of a column: its kind's, its header's in the longer language, or its longest stage's, whichever is longest. */
export function leastWidth(field: FieldDef, name: string, longest = ""): number {
  const result = ["formula", "roll_up"].includes(field.type)
    ? String(field.config.result ?? "number")
    : field.type;
  const header = widthOf(name) + 36;
  const stage = field.type === "stage" ? 68 + widthOf(longest) : 0;
  return Math.max(LEAST[result] ?? 118, header, stage);
}

/** The label of a field in the language in which it is longer, so that no column jumps when the language changes. */
const longerOf = (field: FieldDef): string => {
  const [zh, en] = [label(field.labels, "zh-CN"), label(field.labels, "en")];
  return widthOf(zh) > widthOf(en) ? zh : en;
};

/** A grid's columns: a box to tick, the name, and the rest; words may grow, figures and dates keep their width. */
export function templateOf(
  fields: FieldDef[],
  locale: string,
  given: Record<string, number> = {},
): { template: string; width: number } {
  let width = 40;
  const parts = fields.map((field, place) => {
    const set = given[field.key];
    if (set !== undefined) {
      width += set;
      return `${set}px`;
    }
    const stages = (field.options ?? []).map((one) => label(one.labels, locale));
    const longest = stages.reduce((most, one) => (widthOf(one) > widthOf(most) ? one : most), "");
    const own = leastWidth(field, longerOf(field), longest);
    const least = place === 0 ? Math.max(184, own) : own;
    width += least;
    const grows = place === 0 ? 1.8 : GROWING.includes(field.type) ? 1.3 : 0.6;
    return `minmax(${least}px, ${grows}fr)`;
  });
  // With every width given, what is left over stays empty at the end.
  const rest = fields.every((field) => given[field.key] !== undefined) ? " 1fr" : "";
  return { template: `40px ${parts.join(" ")}${rest}`, width };
}

const DEADLINES = ["close_date", "due_at", "due_on", "next_follow_up", "valid_until"];
const SETTLED = [
  "done",
  "cancelled",
  "converted",
  "invalid",
  "allocated",
  "received",
  "accepted",
  "declined",
  "expired",
];

/** Days a deadline has passed by, for a record that is still open; null when it is not late. */
export function lateBy(
  fields: FieldDef[],
  field: FieldDef,
  record: RecordData,
  today: string,
): number | null {
  const value = record[field.key];
  if (!DEADLINES.includes(field.key) || typeof value !== "string") return null;
  const stage = fields.find((one) => one.type === "stage");
  const kind = stage?.options?.find((one) => one.key === record[stage.key])?.kind;
  if (stage && record[stage.key] !== undefined && kind !== "open") return null;
  if (SETTLED.includes(String(record.status ?? ""))) return null;
  const days = daysBetween(value, today);
  return days > 0 ? days : null;
}
