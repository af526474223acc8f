import type { FieldDef, Link } from "@/shared/api/types";

export interface Leaf {
  field: string;
  op: string;
  value?: unknown;
}
export type Tree = Leaf | { all: Tree[] } | { any: Tree[] } | { not: Tree } | Record<string, never>;

export const isLeaf = (node: unknown): node is Leaf =>
  typeof node === "object" && node !== null && typeof (node as Leaf).field === "string";

/** The flat "all of these" filters that chips show; other trees are kept as they are and shown in words only. */
export function leavesOf(filter: unknown): Leaf[] | null {
  if (!filter || (typeof filter === "object" && Object.keys(filter).length === 0)) return [];
  const tree = filter as { all?: unknown[] };
  if (isLeaf(filter)) return [filter];
  if (!Array.isArray(tree.all)) return null;
  return tree.all.every(isLeaf) ? (tree.all as Leaf[]) : null;
}

export const filterOf = (leaves: Leaf[]) => (leaves.length ? { all: leaves } : undefined);

/** Two filters as one: what both demand. */
export function both(left: unknown, right: unknown): unknown {
  const full = [left, right].filter((one) => one && Object.keys(one as object).length > 0);
  return full.length > 1 ? { all: full } : (full[0] ?? undefined);
}

/** All leaves of a tree, whatever stands around them. */
export function allLeaves(node: unknown): Leaf[] {
  if (isLeaf(node)) return [node];
  if (!node || typeof node !== "object") return [];
  return Object.values(node as Record<string, unknown>).flatMap((inner) =>
    Array.isArray(inner) ? inner.flatMap(allLeaves) : allLeaves(inner),
  );
}

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
    case "month_day":
      return ["in_period", "empty", "not_empty"];
    case "option":
    case "user":
      return ["in", "not_in", "empty", "not_empty"];
    case "relation":
      return field.type === "relation" ? ["in", "not_in", "empty", "not_empty"] : ["empty", "not_empty"];
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
  "last_7_days",
  "last_30_days",
  "next_7_days",
  "next_30_days",
];

/** A period of the menu as the condition tree writes it: last_30_days is last_n_days with n 30. */
export function periodOf(key: string): { period: string; n?: number } {
  const found = /^(last|next)_(\d+)_days$/.exec(key);
  return found ? { period: `${found[1]}_n_days`, n: Number(found[2]) } : { period: key };
}

export function periodKey(value: unknown): string | undefined {
  const found = value as { period?: string; n?: number } | null | undefined;
  if (!found?.period) return undefined;
  return found.n ? found.period.replace("_n_", `_${found.n}_`) : found.period;
}

export const WHO = ["me", "my_team", "my_team_and_below"];
export const needsValue = (op: string) => op !== "empty" && op !== "not_empty";
const LISTED = ["in", "not_in", "contains_any", "contains_none", "contains_all"];

/** The field whose input takes an operator's value: several where the operator takes several. */
export function inputField(field: FieldDef): FieldDef {
  const plain = { ...field, required: false, level: "write" as const };
  switch (field.kind) {
    case "option":
      return { ...plain, type: "multi_select" };
    case "relation":
      return { ...plain, type: "relation_many" };
    case "text":
      return { ...plain, type: "text" };
    case "user":
      return { ...plain, type: "users" };
    default:
      return ["formula", "roll_up"].includes(field.type)
        ? { ...plain, type: field.kind === "number" ? "number" : (field.kind ?? "text") }
        : plain;
  }
}

/** A leaf as the condition tree writes it: ids instead of links, a list where the operator wants one. */
export function leafOf(field: FieldDef, op: string, value: unknown): Leaf | null {
  if (!needsValue(op)) return { field: field.key, op };
  const plain = (one: unknown) =>
    one && typeof one === "object" && "id" in one && "label" in one ? (one as Link).id : one;
  const sent = Array.isArray(value) ? value.map(plain) : plain(value);
  if (sent === null || sent === undefined || sent === "" || (Array.isArray(sent) && sent.length === 0))
    return null;
  return { field: field.key, op, value: LISTED.includes(op) && !Array.isArray(sent) ? [sent] : sent };
}

export interface Part {
  text: string;
  strong?: boolean;
}

/** A tree as the parts of a sentence: leaves by `say`, joined by the words for and, or, not. */
export function sentenceOf(
  node: unknown,
  say: (leaf: Leaf) => Part[],
  words: { and: string; or: string; not: string; open: string; close: string },
  top = true,
): Part[] {
  if (isLeaf(node)) return say(node);
  const tree = (node ?? {}) as { all?: unknown[]; any?: unknown[]; not?: unknown };
  if (tree.not) return [{ text: words.not }, ...sentenceOf(tree.not, say, words, false)];
  const inner = tree.all ?? tree.any ?? [];
  const parts = inner.flatMap((one, place) => [
    ...(place ? [{ text: tree.any ? words.or : words.and }] : []),
    ...sentenceOf(one, say, words, false),
  ]);
  return top || inner.length < 2 ? parts : [{ text: words.open }, ...parts, { text: words.close }];
}
