/** What the filter bar makes of a condition tree: its chips, what may be asked of a field, and with which input. */
import type { FieldDef, Link } from "@/shared/api/types";
import { type Condition, isLeaf, type Leaf, OPERATORS, PERIODS, type Period } from "@/shared/conditions";

/** Whether something out of an address or a saved view is a condition tree at all. */
function isCondition(node: unknown): node is Condition {
  if (!node || typeof node !== "object" || Array.isArray(node)) return false;
  const tree = node as Record<string, unknown>;
  if ("field" in tree) return typeof tree.field === "string" && typeof tree.op === "string";
  if ("not" in tree) return isCondition(tree.not);
  const inner = tree.all ?? tree.any;
  return Array.isArray(inner) ? inner.every(isCondition) : Object.keys(tree).length === 0;
}

/** The tree, or the empty one where there is none. */
export const conditionOf = (filter: unknown): Condition => (isCondition(filter) ? filter : {});

/** The conditions that must all be met, one chip each: leaves can be changed, groups are shown as a sentence. */
export function nodesOf(filter: unknown): Condition[] {
  const tree = conditionOf(filter);
  if (isLeaf(tree)) return [tree];
  if ("all" in tree) return tree.all as Condition[];
  return Object.keys(tree).length ? [tree] : [];
}

export const filterOf = (nodes: Condition[]) => (nodes.length ? { all: nodes } : undefined);

/** Two filters as one: what both demand. */
export function both(left: unknown, right: unknown): unknown {
  const full = [left, right].filter((one) => one && Object.keys(one as object).length > 0);
  return full.length > 1 ? { all: full } : (full[0] ?? undefined);
}

/** All leaves of a tree, whatever stands around them. */
export function allLeaves(node: Condition): Leaf[] {
  if (isLeaf(node)) return [node];
  return Object.values(node).flatMap((inner) => [inner as Condition | Condition[]].flat().flatMap(allLeaves));
}

// Of two operators that say the same, the bar offers the one that takes several values where a list is chosen from,
// and the one that takes one value where it is typed.
const EQUAL = ["eq", "ne"];
const AMONG = ["in", "not_in"];
const CHOSEN = ["option", "relation", "user"];
const LEFT_OUT: Record<string, string[]> = {
  text: AMONG,
  number: AMONG,
  boolean: ["ne"],
  option: EQUAL,
  relation: EQUAL,
  user: EQUAL,
  team: [...EQUAL, ...AMONG],
  region: [...EQUAL, ...AMONG],
};
const FIRST: Record<string, string> = {
  text: "contains",
  number: "gte",
  date: "in_period",
  datetime: "in_period",
  month_day: "in_period",
  region: "under",
};

/** Operators offered for a field, the usual one first. */
export function operatorsOf(field: FieldDef): string[] {
  const kind = field.kind ?? "";
  const known = OPERATORS[field.type === "relation_any" ? "file" : kind] ?? OPERATORS.file ?? [];
  const offered = known.filter((op) => !LEFT_OUT[kind]?.includes(op));
  const first = FIRST[kind];
  return first && offered.includes(first) ? [first, ...offered.filter((op) => op !== first)] : offered;
}

/** What an operator wants: operators of one form may be exchanged and keep the value. */
export function formOf(op: string): "none" | "period" | "pair" | "list" | "one" {
  if (op === "empty" || op === "not_empty") return "none";
  if (op.endsWith("_period")) return "period";
  if (op === "between") return "pair";
  return [...AMONG, "contains_any", "contains_all", "contains_none"].includes(op) ? "list" : "one";
}

/** The leaf as the bar can change it; undefined when it can only be read and taken away. */
export function editable(field: FieldDef | undefined, leaf: Leaf): Leaf | undefined {
  if (!field) return undefined;
  const isSingle = EQUAL.includes(leaf.op) && CHOSEN.includes(field.kind ?? "");
  const op = isSingle ? (leaf.op === "eq" ? "in" : "not_in") : leaf.op;
  const values = [leaf.value].flat();
  const isRelative = values.some((one) => one && typeof one === "object" && "relative" in one);
  if (isRelative || !operatorsOf(field).includes(op)) return undefined;
  return isSingle ? { ...leaf, op, value: values } : leaf;
}

const DAYS = [7, 30, 90];

/** The periods of the menu, as the condition tree writes them. */
export const MENU_PERIODS: Period[] = PERIODS.flatMap((period): Period[] =>
  period.includes("_n_") ? DAYS.map((n) => ({ period, n })) : [{ period }],
);

/** A period as the key of a menu item. */
export const periodKey = (value: Period): string => (value.n ? `${value.period}:${value.n}` : value.period);

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

const isMissing = (value: unknown) => value === null || value === undefined || value === "";

/** A leaf as the condition tree writes it: ids instead of links, a list where the operator wants one. */
export function leafOf(field: FieldDef, op: string, value: unknown): Leaf | null {
  const form = formOf(op);
  if (form === "none") return { field: field.key, op };
  const plain = (one: unknown) =>
    one && typeof one === "object" && "id" in one && "label" in one ? (one as Link).id : one;
  const sent = Array.isArray(value) ? value.map(plain) : plain(value);
  if (Array.isArray(sent) ? sent.length < (form === "pair" ? 2 : 1) || sent.some(isMissing) : isMissing(sent))
    return null;
  return { field: field.key, op, value: form === "list" && !Array.isArray(sent) ? [sent] : sent };
}
