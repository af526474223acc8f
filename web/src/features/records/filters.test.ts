import { expect, it } from "vitest";
import type { FieldDef } from "@/shared/api/types";
import { allLeaves, both, filterOf, leafOf, leavesOf, periodKey, periodOf, sentenceOf } from "./filters";

const field = (kind: string) => ({ key: "f", kind, type: kind, config: {} }) as unknown as FieldDef;

it("shows a single condition and a flat list as chips, and nothing else", () => {
  expect(leavesOf(undefined)).toEqual([]);
  expect(leavesOf({ field: "a", op: "eq", value: 1 })).toEqual([{ field: "a", op: "eq", value: 1 }]);
  expect(leavesOf({ all: [{ field: "a", op: "empty" }] })).toEqual([{ field: "a", op: "empty" }]);
  expect(leavesOf({ any: [{ field: "a", op: "empty" }] })).toBeNull();
});

it("writes no filter at all when the last chip goes", () => {
  expect(filterOf([])).toBeUndefined();
});

it("joins a board's filter with the stage of a column", () => {
  const stage = { field: "stage", op: "eq", value: "lead" };
  expect(both(undefined, stage)).toEqual(stage);
  expect(both({}, stage)).toEqual(stage);
  expect(both({ all: [{ field: "a", op: "empty" }] }, stage)).toEqual({
    all: [{ all: [{ field: "a", op: "empty" }] }, stage],
  });
});

it("finds the leaves of any tree", () => {
  const a = { field: "a", op: "empty" };
  expect(allLeaves({ any: [a, { not: { all: [a] } }] })).toEqual([a, a]);
});

it("sends ids, lists where the operator wants them, and nothing while the value is missing", () => {
  const link = { id: "1", label: "青禾" };
  expect(leafOf(field("relation"), "in", [link])).toEqual({ field: "f", op: "in", value: ["1"] });
  expect(leafOf(field("user"), "in", { who: "me" })).toEqual({
    field: "f",
    op: "in",
    value: [{ who: "me" }],
  });
  expect(leafOf(field("number"), "gte", "50000")).toEqual({ field: "f", op: "gte", value: "50000" });
  expect(leafOf(field("option"), "in", [])).toBeNull();
  expect(leafOf(field("text"), "empty", undefined)).toEqual({ field: "f", op: "empty" });
});

it("names periods with and without a number", () => {
  expect(periodOf("last_30_days")).toEqual({ period: "last_n_days", n: 30 });
  expect(periodOf("this_month")).toEqual({ period: "this_month" });
  expect([{ period: "next_n_days", n: 7 }, { period: "today" }].map(periodKey)).toEqual([
    "next_7_days",
    "today",
  ]);
});

it("reads a tree as a sentence, with brackets only where they are needed", () => {
  const say = (leaf: { field: string }) => [{ text: leaf.field }];
  const words = { and: " and ", or: " or ", not: "not ", open: "(", close: ")" };
  const [a, b] = [
    { field: "a", op: "empty" },
    { field: "b", op: "empty" },
  ];
  const read = (tree: unknown) =>
    sentenceOf(tree, say, words)
      .map((part) => part.text)
      .join("");
  expect(read({ all: [a, { any: [a, b] }] })).toBe("a and (a or b)");
  expect(read({ all: [a, { any: [b] }] })).toBe("a and b");
  expect(read({ not: a })).toBe("not a");
});
