/** The condition tree and what its readers need to know: the browser's twin of src/dealwright/conditions. */
import type { FieldDef, Labels, ObjectDef } from "@/shared/api/types";

const EMPTY = ["empty", "not_empty"];
const ORDER = ["eq", "ne", "gt", "gte", "lt", "lte", "between"];
const ONE = ["eq", "ne", "in", "not_in", ...EMPTY];
const MANY = ["contains_any", "contains_all", "contains_none", ...EMPTY];

/** The operators of each kind of field, as the server takes them. */
export const OPERATORS: Record<string, string[]> = {
  text: ["eq", "ne", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with", ...EMPTY],
  number: [...ORDER, "in", "not_in", ...EMPTY],
  boolean: ["eq", "ne", ...EMPTY],
  date: [...ORDER, "in_period", "not_in_period", ...EMPTY],
  datetime: [...ORDER, "in_period", "not_in_period", ...EMPTY],
  month_day: ["eq", "in_period", ...EMPTY],
  option: ONE,
  options: MANY,
  relation: ONE,
  relations: MANY,
  user: ONE,
  users: MANY,
  team: ONE,
  region: [...ONE, "under"],
  file: EMPTY,
};

/** The operators that an empty value satisfies. */
export const TRUE_WHEN_EMPTY = ["empty", "ne", "not_in", "not_contains", "contains_none", "not_in_period"];

export const PERIODS = [
  "today",
  "yesterday",
  "tomorrow",
  "this_week",
  "last_week",
  "next_week",
  "this_month",
  "last_month",
  "next_month",
  "this_quarter",
  "last_quarter",
  "next_quarter",
  "this_year",
  "last_year",
  "next_year",
  "last_n_days",
  "next_n_days",
];
export const UNITS = ["day", "week", "month", "quarter", "year"] as const;
export const WHO = ["me", "my_team", "my_team_and_below"];

export interface Relative {
  relative: "today" | "now";
  offset?: number;
  unit?: (typeof UNITS)[number];
}
export interface Period {
  period: string;
  n?: number;
}
export interface Leaf {
  field: string;
  op: string;
  value?: unknown;
}
export type Condition =
  | Leaf
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | Record<string, never>;

/** What a condition may ask of a field. */
export interface FieldShape {
  kind: string;
  labels: Labels;
  options?: { key: string; labels: Labels }[];
  target?: string | null;
  unit?: string;
}

/** The field at the end of a path of relation keys; undefined when it is unknown or hidden. */
export type Fields = (path: string[]) => FieldShape | undefined;

/** When and for whom a condition is read. `zone`: the workspace's IANA time zone. */
export interface Context {
  now: Date;
  zone: string;
  fields: Fields;
  userId?: string | null;
  teamUserIds?: string[];
  teamTreeUserIds?: string[];
  teamIds?: string[];
  teamTreeIds?: string[];
  fiscalStartMonth?: number;
}

/** A piece of a condition in words; strong pieces carry the meaning. */
export interface Part {
  text: string;
  strong: boolean;
}

export const isLeaf = (node: Condition): node is Leaf => "field" in node;

const UNIT_OF: Record<string, string> = { percent: "%", duration: "s" };

/** The fields of an object and of those its relations lead to, out of what `GET /objects` says. */
export function fieldsOf(object: ObjectDef, objects: ObjectDef[] = []): Fields {
  return (path) => {
    let here: ObjectDef | undefined = object;
    let found: FieldDef | undefined;
    for (const key of path) {
      found = here?.fields.find((field) => field.key === key);
      if (!found) return undefined;
      const target: string | undefined = found.target;
      here = target ? objects.find((one) => one.key === target) : undefined;
    }
    if (!found?.kind) return undefined;
    const result = (found.config as { result?: string } | undefined)?.result;
    return { ...found, kind: found.kind, unit: UNIT_OF[found.type] ?? (result && UNIT_OF[result]) };
  };
}
