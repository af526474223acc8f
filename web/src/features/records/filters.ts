import type { FieldDef } from "@/shared/api/types";

export interface Leaf {
  field: string;
  op: string;
  value?: unknown;
}

/** The flat "all of these" filters that chips show; other trees are kept as they are and shown in words only. */
export function leavesOf(filter: unknown): Leaf[] | null {
  if (!filter || (typeof filter === "object" && Object.keys(filter).length === 0)) return [];
  const tree = filter as { all?: unknown[]; field?: string };
  if (typeof tree.field === "string") return [filter as Leaf];
  if (!Array.isArray(tree.all)) return null;
  const leaves = tree.all as Leaf[];
  return leaves.every((one) => typeof one.field === "string") ? leaves : null;
}

export const filterOf = (leaves: Leaf[]) => (leaves.length ? { all: leaves } : undefined);

/** Operators offered for a field, the usual one first. */
export function operatorsOf(field: FieldDef): string[] {
  switch (field.kind) {
    case "number":
      return ["gte", "lte", "gt", "lt", "eq", "empty", "not_empty"];
    case "boolean":
      return ["eq"];
    case "date":
    case "datetime":
      return ["in_period", "gte", "lte", "eq", "empty", "not_empty"];
    case "option":
    case "relation":
    case "user":
      return ["in", "not_in", "empty", "not_empty"];
    case "options":
    case "relations":
    case "users":
      return ["contains_any", "contains_none", "empty", "not_empty"];
    case "region":
      return ["under", "empty", "not_empty"];
    case "text":
      return ["contains", "eq", "starts_with", "empty", "not_empty"];
    default:
      return ["empty", "not_empty"];
  }
}

export const PERIODS = [
  "today",
  "this_week",
  "this_month",
  "last_month",
  "this_quarter",
  "last_quarter",
  "this_year",
];
