/** The condition tree as a filter builder shows it: groups of three ways, conditions in them, to a bounded depth. */

import type { FieldDef, ObjectDef } from "@/shared/api/types";
import { type Condition, isLeaf, type Leaf } from "@/shared/conditions";

export type Way = "all" | "any" | "none";
export interface Group {
  id: number;
  way: Way;
  items: Item[];
}
/** A condition that is still being made has no leaf yet. */
export interface Row {
  id: number;
  path: string;
  op: string;
  value: unknown;
}
export type Item = Group | Row;
export const DEEPEST = 3;

let last = 0;
const next = () => {
  last += 1;
  return last;
};
export const isGroup = (item: Item): item is Group => "way" in item;
export const newRow = (): Row => ({ id: next(), path: "", op: "", value: null });
export const newGroup = (way: Way = "any"): Group => ({ id: next(), way, items: [newRow()] });

/** A tree as a group; `not` around several conditions is "none of them", around all of them a group of its own. */
export function groupOf(tree: Condition): Group {
  const whole = itemOf(tree);
  return isGroup(whole) && whole.way !== "none" ? whole : { id: next(), way: "all", items: [whole] };
}

function itemOf(node: Condition): Item {
  if (isLeaf(node)) return { id: next(), path: node.field, op: node.op, value: node.value ?? null };
  if ("all" in node) return { id: next(), way: "all", items: (node.all as Condition[]).map(itemOf) };
  if ("any" in node) return { id: next(), way: "any", items: (node.any as Condition[]).map(itemOf) };
  if ("not" in node) {
    const inner = node.not as Condition;
    if (!isLeaf(inner) && "any" in inner)
      return { id: next(), way: "none", items: (inner.any as Condition[]).map(itemOf) };
    return { id: next(), way: "none", items: [itemOf(inner)] };
  }
  return { id: next(), way: "all", items: [] };
}

/** The tree that a group means; conditions that are not complete are left out. `leafOf` says when one is. */
export function treeOf(group: Group, leafOf: (row: Row) => Leaf | null): Condition | undefined {
  const nodes = group.items.flatMap((item): Condition[] => {
    const node = isGroup(item) ? treeOf(item, leafOf) : leafOf(item);
    return node ? [node] : [];
  });
  if (nodes.length === 0) return undefined;
  if (group.way === "all") return { all: nodes };
  if (group.way === "any") return { any: nodes };
  const [only] = nodes;
  return { not: nodes.length === 1 && only ? only : { any: nodes } };
}

/** A group with one of its items, at any depth, changed; taken out when `change` gives nothing. */
export function changed(group: Group, id: number, change: (item: Item) => Item | undefined): Group {
  const items = group.items.flatMap((item) => {
    if (item.id === id) return change(item) ?? [];
    return isGroup(item) ? changed(item, id, change) : item;
  });
  return { ...group, items };
}

/** The field at the end of a path of relations, called by its whole path; undefined when there is none. */
export function fieldAt(object: ObjectDef, objects: ObjectDef[], path: string): FieldDef | undefined {
  let here: ObjectDef | undefined = object;
  let found: FieldDef | undefined;
  for (const key of path.split(".")) {
    found = here?.fields.find((field) => field.key === key);
    const target: string | undefined = found?.target;
    here = target ? objects.find((one) => one.key === target) : undefined;
  }
  return found && { ...found, key: path };
}
