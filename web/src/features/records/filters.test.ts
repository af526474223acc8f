import { expect, it } from "vitest";
import type { FieldDef } from "@/shared/api/types";
import { OPERATORS } from "@/shared/conditions";
import {
  allLeaves,
  both,
  conditionOf,
  editable,
  filterOf,
  formOf,
  leafOf,
  MENU_PERIODS,
  nodesOf,
  operatorsOf,
  periodKey,
} from "./filters";

const field = (kind: string) => ({ key: "f", kind, type: kind, config: {} }) as unknown as FieldDef;

it("makes a chip of each condition that must be met, and keeps groups whole", () => {
  const [a, b] = [
    { field: "a", op: "empty" },
    { field: "b", op: "eq", value: 1 },
  ];
  expect(nodesOf(undefined)).toEqual([]);
  expect(nodesOf({})).toEqual([]);
  expect(nodesOf(b)).toEqual([b]);
  expect(nodesOf({ all: [a, { any: [a, b] }] })).toEqual([a, { any: [a, b] }]);
  expect(nodesOf({ any: [a, b] })).toEqual([{ any: [a, b] }]);
  expect(nodesOf({ not: a })).toEqual([{ not: a }]);
});

it("takes what an address holds only when it is a condition", () => {
  for (const bad of [7, "x", [], { all: 1 }, { all: [1] }, { not: "x" }, { field: "a" }, { some: [] }])
    expect(conditionOf(bad)).toEqual({});
  expect(conditionOf({ not: { field: "a", op: "empty" } })).toEqual({ not: { field: "a", op: "empty" } });
});

it("offers only operators that the server knows, none twice in the same words", () => {
  for (const kind of Object.keys(OPERATORS)) {
    const offered = operatorsOf(field(kind));
    expect(offered.length).toBeGreaterThan(0);
    expect(offered.filter((op) => !OPERATORS[kind]?.includes(op))).toEqual([]);
    expect(offered.includes("eq") && offered.includes("in")).toBe(false);
  }
  expect(operatorsOf(field("date"))[0]).toBe("in_period");
  expect(operatorsOf({ ...field("relation"), type: "relation_any" })).toEqual(["empty", "not_empty"]);
});

it("changes a single choice as a list, and leaves alone what no input can hold", () => {
  expect(editable(field("option"), { field: "f", op: "eq", value: "a" })).toEqual({
    field: "f",
    op: "in",
    value: ["a"],
  });
  expect(editable(field("date"), { field: "f", op: "lt", value: { relative: "today" } })).toBeUndefined();
  expect(editable(field("text"), { field: "f", op: "in", value: ["a", "b"] })).toBeUndefined();
  expect(editable(undefined, { field: "account.name", op: "empty" })).toBeUndefined();
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

it("waits for both ends of a range", () => {
  expect(leafOf(field("number"), "between", ["1", null])).toBeNull();
  expect(leafOf(field("number"), "between", [null, "9"])).toBeNull();
  expect(leafOf(field("number"), "between", ["1", "9"])).toEqual({
    field: "f",
    op: "between",
    value: ["1", "9"],
  });
  expect([formOf("between"), formOf("gte"), formOf("not_in_period")]).toEqual(["pair", "one", "period"]);
});

it("tells the periods of the menu apart", () => {
  const keys = MENU_PERIODS.map(periodKey);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toContain("last_n_days:30");
  expect(keys).toContain("this_month");
});
