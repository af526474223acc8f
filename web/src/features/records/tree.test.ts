import { describe, expect, it } from "vitest";
import type { Condition, Leaf } from "@/shared/conditions";
import { changed, type Group, groupOf, isGroup, newGroup, treeOf } from "./tree";

const leaf = (field: string): Leaf => ({ field, op: "eq", value: "x" });
const plain = (row: { path: string; op: string; value: unknown }): Leaf | null =>
  row.op ? { field: row.path, op: row.op, value: row.value } : null;
const round = (tree: Condition) => treeOf(groupOf(tree), plain);

describe("the filter builder's tree", () => {
  it("gives back what it was given", () => {
    const trees: Condition[] = [
      { all: [leaf("a"), leaf("b")] },
      { any: [leaf("a"), { all: [leaf("b"), leaf("c")] }] },
      { all: [leaf("a"), { not: { any: [leaf("b"), leaf("c")] } }] },
      { all: [{ not: leaf("a") }, { any: [leaf("b"), { not: leaf("c") }] }] },
      { all: [{ not: { all: [leaf("a"), leaf("b")] } }] },
    ];
    for (const tree of trees) expect(round(tree)).toEqual(tree);
  });
  it("means the same for a single condition and for none", () => {
    expect(round(leaf("a"))).toEqual({ all: [leaf("a")] });
    expect(round({})).toBeUndefined();
  });
  it("leaves out what is not complete", () => {
    const group: Group = groupOf({ all: [leaf("a")] });
    expect(treeOf({ ...group, items: [...group.items, newGroup()] }, plain)).toEqual({ all: [leaf("a")] });
  });
  it("changes and removes items at any depth", () => {
    const group = groupOf({ all: [leaf("a"), { any: [leaf("b"), leaf("c")] }] });
    const inner = group.items[1];
    if (!inner || !isGroup(inner)) throw new Error("no group");
    const id = inner.items[0]?.id ?? 0;
    expect(
      treeOf(
        changed(group, id, () => undefined),
        plain,
      ),
    ).toEqual({ all: [leaf("a"), { any: [leaf("c")] }] });
    expect(
      treeOf(
        changed(group, inner.id, (item) => ({ ...item, way: "none" }) as Group),
        plain,
      ),
    ).toEqual({
      all: [leaf("a"), { not: { any: [leaf("b"), leaf("c")] } }],
    });
  });
});
